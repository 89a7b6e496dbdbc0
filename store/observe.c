/* What one look at a source came to: written only when it differs from what is there. */
#include "base/doc.h"
#include "base/mem.h"
#include "store/source.h"
#include "store/txn_int.h"
#include "store/wire_int.h"

static const struct doc_node *old_condition(const struct doc_node *list, const char *type)
{
	for (size_t i = 0; list && list->type == DOC_LIST && i < list->list.count; i++) {
		if (str_eqz(doc_text(list->list.items[i], "type"), type))
			return list->list.items[i];
	}
	return NULL;
}

static const char *status_text(enum condition_status s)
{
	return s == COND_TRUE ? "True" : s == COND_FALSE ? "False" : "Unknown";
}

/* A condition keeps its time of transition while its status is the same. */
static void write_conditions(struct buf *out, const struct store_observation *o,
			     const struct doc_node *old, int64_t now_ms)
{
	struct json j;
	json_init(&j, out);
	json_array(&j);
	for (size_t i = 0; i < o->condition_count; i++) {
		struct condition c = o->conditions[i];
		const struct doc_node *was = old_condition(old, c.type);
		int64_t at = 0;
		if (!was || !str_eqz(doc_text(was, "status"), status_text(c.status)) ||
		    clock_parse(doc_text(was, "lastTransitionTime"), &at, NULL) < 0)
			at = now_ms;
		c.transition_ms = at;
		condition_json(&j, &c);
	}
	json_end(&j);
}

static struct str refused_of(const struct store_observation *o)
{
	return o->refused_json.len ? o->refused_json : STR("[]");
}

static bool same(const struct store_source *s, const struct store_observation *o,
		 struct str conditions)
{
	bool revision = !o->revision.len || (str_eq(s->observed_revision, o->revision) &&
					     tree_id_equal(&s->observed_tree, &o->tree) &&
					     str_eq(s->refused_json, refused_of(o)));
	bool released = !o->released || str_eq(s->released_revision, o->revision);
	return revision && released && s->handled_token >= o->handled_token &&
	       s->failures == o->failures && (o->retry_in_ms > 0) == (s->next_try_ms != 0) &&
	       str_eq(s->conditions_json, conditions);
}

/* The entry of a list of refusals about a domain; NULL: it is not refused. */
static const struct doc_node *refusal(const struct doc_node *list, struct str domain)
{
	for (size_t i = 0; list && list->type == DOC_LIST && i < list->list.count; i++)
		if (str_eq(doc_text(list->list.items[i], "domain"), domain))
			return list->list.items[i];
	return NULL;
}

static bool same_refusal(const struct doc_node *a, const struct doc_node *b)
{
	static const char *const keys[] = {"candidate", "policy", "surface"};
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (!str_eq(doc_text(a, keys[i]), doc_text(b, keys[i])))
			return false;
	return true;
}

static void tell_domain(struct store_txn *t, const struct store_observation *o,
			const struct doc_node *one, const struct doc_node *others, struct str words)
{
	struct str domain = doc_text(one, "domain");
	const struct doc_node *other = refusal(others, domain);
	if (other && same_refusal(other, one))
		return;
	store_txn_change(t, "Domain", domain, domain, STORE_UPDATE, words);
	for (size_t i = 0; o->have && i < o->have->skill_count; i++)
		if (str_eq(o->have->skills[i].domain, domain))
			store_txn_change(t, "Skill", domain, o->have->skills[i].name, STORE_UPDATE,
					 words);
}

/*
 * A refusal that begins, changes or ends shows in the conditions of its domain and of the domain's skills, though nothing of them changes:
 * who watches them is told all the same.
 */
static void tell_domains(struct store_txn *t, const struct store_observation *o, struct str before)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(BUF_MAX);
	const struct doc_node *old = NULL, *now = NULL;
	if (!o->revision.len ||
	    doc_parse_json(a, before, &doc_limits_json, "refused", &old, NULL) < 0 ||
	    doc_parse_json(a, refused_of(o), &doc_limits_json, "refused", &now, NULL) < 0)
		return;
	for (size_t i = 0; now->type == DOC_LIST && i < now->list.count; i++)
		tell_domain(t, o, now->list.items[i], old, STR("{\"refused\":true}"));
	for (size_t i = 0; old->type == DOC_LIST && i < old->list.count; i++)
		if (!refusal(now, doc_text(old->list.items[i], "domain")))
			tell_domain(t, o, old->list.items[i], now, STR("{\"refused\":false}"));
}

static void put(struct store_txn *t, const struct store_observation *o, struct str refused,
		struct str conditions)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_source_observe);
	bind_text(&b, o->source);
	bind_text(&b, o->revision);
	bind_tree(&b, &o->tree);
	bind_bool(&b, o->released);
	bind_i64(&b, o->handled_token);
	bind_i32(&b, o->failures);
	bind_i64(&b, o->retry_in_ms);
	bind_text(&b, conditions);
	bind_text(&b, refused_of(o));
	txn_late(t, &b);
	CLEANUP(buf_release) struct buf text = BUF_INIT(4096);
	struct json j;
	json_init(&j, &text);
	json_object(&j);
	json_str(&j, "revision", o->revision);
	json_bool(&j, "released", o->released);
	json_int(&j, "failures", o->failures);
	json_end(&j);
	store_txn_change(t, "Source", STR_NULL, o->source, STORE_UPDATE, buf_str(&text));
	tell_domains(t, o, refused);
}

/* --- what is known of the rows ------------------------------------------------------------------------------- */

/*
 * Only the holder of sync's lease writes what is compared here, so that under one epoch its own last look is the row: one round trip less
 * in every release.
 */
struct observed {
	struct observed *next;
	int64_t epoch;
	struct arena *arena;
	struct store_source row;
};

void observed_forget(struct store *s)
{
	while (s->observed) {
		struct observed *next = s->observed->next;
		arena_free(s->observed->arena);
		free(s->observed);
		s->observed = next;
	}
}

static struct observed *known(struct store *s, struct str name, int64_t epoch)
{
	for (struct observed *k = s->observed; k; k = k->next)
		if (k->epoch == epoch && str_eq(k->row.name, name))
			return k;
	return NULL;
}

static int read_row(struct store_txn *t, struct str name, struct observed *ret, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_source_list);
	bind_text(&b, name);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int r = txn_query(t, &b, &rows, err);
	if (r < 0)
		return r;
	if (!rows.count)
		return err_set(err, ERR_NOT_FOUND, "there is no source \"%.*s\"", STR_ARG(name));
	struct row c = row_of(&rows, 0);
	source_read(&c, ret->arena, &ret->row);
	return 0;
}

static void remember(struct store *s, const struct store_source *was, int64_t epoch,
		     const struct store_observation *o, struct str conditions)
{
	struct observed *k = mem_zalloc(sizeof(*k));
	struct arena *a = arena_new(BUF_MAX);
	bool reached = o->revision.len > 0;
	struct str refused = reached ? refused_of(o) : was->refused_json;
	*k = (struct observed){.epoch = epoch, .arena = a};
	k->row.name = arena_str(a, was->name);
	k->row.observed_revision = arena_str(a, reached ? o->revision : was->observed_revision);
	k->row.observed_tree = reached ? o->tree : was->observed_tree;
	k->row.released_revision = arena_str(a, o->released ? o->revision : was->released_revision);
	k->row.handled_token = MAX(was->handled_token, o->handled_token);
	k->row.failures = o->failures;
	k->row.next_try_ms = o->retry_in_ms > 0;
	k->row.conditions_json = arena_str(a, conditions);
	k->row.refused_json = arena_str(a, refused);
	for (struct observed **at = &s->observed; *at; at = &(*at)->next)
		if (str_eq((*at)->row.name, was->name)) {
			struct observed *gone = *at;
			*at = gone->next;
			arena_free(gone->arena);
			free(gone);
			break;
		}
	k->next = s->observed;
	s->observed = k;
}

int store_source_observe(struct store_txn *t, const struct store_observation *o, struct err *err)
{
	struct store *s = store_txn_store(t);
	int64_t epoch = txn_lease(t) ? txn_lease(t)->epoch : 0;
	CLEANUP(arena_freep) struct arena *a = arena_new(BUF_MAX);
	struct observed fresh = {.arena = a};
	const struct observed *before = epoch ? known(s, o->source, epoch) : NULL;
	int r = before ? 0 : read_row(t, o->source, &fresh, err);
	if (r < 0)
		return r;
	before = before ? before : &fresh;
	const struct doc_node *old = NULL;
	if (doc_parse_json(a, before->row.conditions_json, &doc_limits_json, "conditions", &old,
			   NULL) < 0)
		old = NULL;
	CLEANUP(buf_release) struct buf conditions = BUF_INIT(256 * 1024);
	write_conditions(&conditions, o, old, clock_wall(store_clock(s)));
	r = buf_check(&conditions, "the source's conditions", err);
	if (r < 0 || same(&before->row, o, buf_str(&conditions)))
		return r;
	put(t, o, before->row.refused_json, buf_str(&conditions));
	if (epoch)
		remember(s, &before->row, epoch, o, buf_str(&conditions));
	return 0;
}
