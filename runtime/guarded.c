#include "runtime/guarded.h"

#include "base/json.h"
#include "base/map.h"

#define DOCUMENT_MAX ((size_t)64 << 20)
#define PATH_MAX_BYTES 512

static const struct doc_limits limits = {DOCUMENT_MAX, 64, 200000, GUARD_TEXT_MAX};

/* One value of the document in the text that is looked at: "name: value", a line each. */
struct value {
	const struct doc_node *node;
	size_t start, end; /* of the value in the text */
	const char *path;
};

struct look {
	const struct run_guard *g;
	struct arena *arena;
	struct buf text;
	struct value *values; /* in the order of the text */
	size_t count, cap;
	struct map redacted; /* node pointer bytes → struct str * */
	struct guard_findings found;
};

void run_guard_init(struct run_guard *g, const struct config *effective, bool fail_open)
{
	*g = (struct run_guard){.rules = guard_rules_builtin(), .vault = guard_vault_new()};
	g->policy.mode[GUARD_PII] = (enum guard_mode)effective->guard.pii;
	g->policy.mode[GUARD_SECRET] = (enum guard_mode)effective->guard.secrets;
	g->policy.mode[GUARD_INJECTION] = (enum guard_mode)effective->guard.injection;
	g->policy.fail_open = fail_open;
}

void run_guard_release(struct run_guard *g)
{
	guard_vault_free(g->vault);
	*g = (struct run_guard){0};
}

void guarded_init(struct guarded *g)
{
	buf_init(&g->json, DOCUMENT_MAX * 2);
	buf_init(&g->said, BUF_MAX);
}

void guarded_release(struct guarded *g)
{
	buf_release(&g->json);
	buf_release(&g->said);
}

/* --- the document as text --------------------------------------------------------------------------------- */

static void add_value(struct look *l, const struct doc_node *n, const char *path, struct str key)
{
	buf_add_str(&l->text, key);
	buf_addz(&l->text, key.len ? ": " : "");
	ARENA_GROW(l->arena, l->values, l->count, l->cap);
	l->values[l->count++] = (struct value){n, l->text.len, l->text.len + n->text.len, path};
	buf_add_str(&l->text, n->text);
	buf_add_char(&l->text, '\n');
}

static void flatten(struct look *l, const struct doc_node *n, const char *path, struct str key)
{
	if (n->type == DOC_MAP) {
		for (size_t i = 0; i < n->map.count; i++) {
			const struct doc_pair *p = &n->map.pairs[i];
			const char *below = arena_printf(
				l->arena, "%.*s%s%.*s", PATH_MAX_BYTES, path, *path ? "." : "",
				(int)MIN(p->key.len, (size_t)64), p->key.p);
			flatten(l, p->value, below, p->key);
		}
	} else if (n->type == DOC_LIST) {
		for (size_t i = 0; i < n->list.count; i++)
			flatten(l, n->list.items[i],
				arena_printf(l->arena, "%.*s[%zu]", PATH_MAX_BYTES, path, i), key);
	} else if (n->type == DOC_STRING || n->type == DOC_INT || n->type == DOC_FLOAT) {
		add_value(l, n, path, key);
	}
}

static bool is_named(const char *const *members, struct str key)
{
	if (!members)
		return true;
	for (; *members; members++)
		if (str_eqz(key, *members))
			return true;
	return false;
}

static void flatten_members(struct look *l, const struct doc_node *root, const char *const *members)
{
	for (size_t i = 0; root->type == DOC_MAP && i < root->map.count; i++) {
		const struct doc_pair *p = &root->map.pairs[i];
		if (is_named(members, p->key))
			flatten(l, p->value, arena_strndup(l->arena, p->key.p, p->key.len), p->key);
	}
}

/* --- what was found ------------------------------------------------------------------------------------------- */

static const struct value *value_at(const struct look *l, size_t at)
{
	size_t lo = 0, hi = l->count;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (l->values[mid].end <= at)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < l->count ? &l->values[lo] : NULL;
}

/* The strictest finding of the highest mode, for the words of a refusal. */
static const struct guard_finding *blocking(const struct look *l)
{
	for (size_t i = 0; i < l->found.count; i++)
		if (guard_policy_mode(&l->g->policy, &l->found.items[i]) == GUARD_BLOCK)
			return &l->found.items[i];
	return NULL;
}

static void say(const struct look *l, const char *what, const char *fault, struct buf *out)
{
	static const char *const modes[] = {"off", "warn", "redact", "block"};
	struct json j;
	size_t told = 0;
	for (size_t i = 0; i < l->found.count; i++)
		told += guard_policy_mode(&l->g->policy, &l->found.items[i]) != GUARD_OFF;
	if (!told && !fault)
		return;
	json_init(&j, out);
	json_object(&j);
	json_strz(&j, "what", what);
	json_array_in(&j, "findings");
	for (size_t i = 0; i < l->found.count; i++) {
		const struct guard_finding *f = &l->found.items[i];
		enum guard_mode mode = guard_policy_mode(&l->g->policy, f);
		const struct value *v = value_at(l, f->start);
		if (mode == GUARD_OFF)
			continue;
		json_object(&j);
		json_strz(&j, "rule", f->rule->id);
		json_strz(&j, "path", v ? v->path : "");
		json_strz(&j, "mode", modes[mode]);
		json_end(&j);
	}
	json_end(&j);
	if (fault)
		json_strz(&j, "fault", fault);
	json_end(&j);
}

/* --- redacting -------------------------------------------------------------------------------------------------- */

/* The findings of one value, cut to it, as guard_redact() takes them. */
static void redact_value(struct look *l, const struct value *v)
{
	struct guard_findings cut = {0};
	CLEANUP(buf_release) struct buf out = BUF_INIT(DOCUMENT_MAX);
	cut.items = arena_array(l->arena, l->found.count + 1, sizeof(*cut.items));
	for (size_t i = 0; i < l->found.count; i++) {
		struct guard_finding f = l->found.items[i];
		if (f.end <= v->start || f.start >= v->end ||
		    guard_policy_mode(&l->g->policy, &f) != GUARD_REDACT)
			continue;
		f.start = MAX(f.start, v->start) - v->start;
		f.end = MIN(f.end, v->end) - v->start;
		cut.items[cut.count++] = f;
	}
	if (!cut.count)
		return;
	guard_redact(l->g->vault, &l->g->policy, v->node->text, &cut, &out);
	struct str *kept = arena_alloc(l->arena, sizeof(*kept));
	const struct doc_node **key = arena_alloc(l->arena, sizeof(*key));
	*kept = arena_str(l->arena, buf_str(&out));
	*key = v->node;
	map_set(&l->redacted, str_make((const char *)key, sizeof(*key)), kept);
}

static void write_node(const struct look *l, struct json *j, const struct doc_node *n)
{
	const struct str *redacted = map_find(&l->redacted, str_make((const char *)&n, sizeof(n)));
	if (redacted) {
		json_add_str(j, *redacted);
	} else if (n->type == DOC_MAP) {
		json_object(j);
		for (size_t i = 0; i < n->map.count; i++) {
			json_key_str(j, n->map.pairs[i].key);
			write_node(l, j, n->map.pairs[i].value);
		}
		json_end(j);
	} else if (n->type == DOC_LIST) {
		json_array(j);
		for (size_t i = 0; i < n->list.count; i++)
			write_node(l, j, n->list.items[i]);
		json_end(j);
	} else {
		CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
		doc_write_json(&text, n, 0, false);
		json_add_raw(j, buf_str(&text));
	}
}

static void redact(struct look *l, const struct doc_node *root, struct buf *out)
{
	struct json j;
	size_t wanted = 0;
	for (size_t i = 0; i < l->found.count; i++)
		wanted += guard_policy_mode(&l->g->policy, &l->found.items[i]) == GUARD_REDACT;
	for (size_t i = 0; wanted && i < l->count; i++)
		redact_value(l, &l->values[i]);
	if (!l->redacted.live)
		return;
	json_init(&j, out);
	write_node(l, &j, root);
}

/* --- one document ---------------------------------------------------------------------------------------------------- */

static int refuse(const struct look *l, const char *what, const struct guard_finding *f,
		  struct err *err)
{
	const struct value *v = value_at(l, f->start);
	err_set(err, ERR_DENIED, "the guard refuses %s: %s%s%s (guard rule %s)", what,
		f->rule->says, v ? " in " : "", v ? v->path : "", f->rule->id);
	return err_remedy(err, "leave it out, or have guard.%s of the skill say redact or warn",
			  f->rule->category == GUARD_SECRET
				  ? "secrets"
				  : guard_category_name(f->rule->category));
}

static int judge(struct look *l, const char *what, const struct doc_node *root, struct guarded *ret,
		 struct err *err)
{
	struct err fault = ERR_INIT;
	const struct guard_options options = {.no_allow = true, .budget_ms = l->g->budget_ms};
	int rc = guard_scan(l->g->rules, &options, buf_str(&l->text), l->arena, &l->found, &fault);
	say(l, what, rc < 0 ? fault.msg : NULL, &ret->said);
	const struct guard_finding *f = blocking(l);
	if (f)
		return refuse(l, what, f, err);
	if (rc < 0 && !l->g->policy.fail_open) {
		err_set(err, ERR_TOO_LARGE, "%s could not be looked through: %s", what, fault.msg);
		return err_remedy(err, "make it smaller");
	}
	redact(l, root, &ret->json);
	return buf_check(&ret->json, what, err);
}

int runtime_guard(const struct run_guard *g, const char *what, struct str json,
		  const char *const *members, struct guarded *ret, struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(DOCUMENT_MAX * 8);
	struct look l = {.g = g, .arena = a, .redacted = MAP_INIT};
	const struct doc_node *root = NULL;
	if (!g || !g->rules)
		return 0;
	int rc = doc_parse_json(a, json, &limits, what, &root, err);
	if (rc < 0)
		return rc;
	buf_init(&l.text, DOCUMENT_MAX * 2);
	flatten_members(&l, root, members);
	rc = buf_check(&l.text, what, err);
	if (rc == 0)
		rc = judge(&l, what, root, ret, err);
	buf_release(&l.text);
	map_release(&l.redacted);
	return rc;
}
