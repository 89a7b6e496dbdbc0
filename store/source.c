#include "store/source.h"

#include <assert.h>

#include "base/mem.h"
#include "store/meta.h"
#include "store/txn_int.h"

void source_read(struct row *c, struct arena *a, void *into)
{
	struct store_source *ret = into;
	ret->name = row_copy(c, a);
	ret->kind = row_copy(c, a);
	ret->url = row_copy(c, a);
	ret->ref = row_copy(c, a);
	ret->path = row_copy(c, a);
	ret->spec_json = row_copy(c, a);
	ret->platform = row_bool(c);
	ret->declared = row_bool(c);
	ret->suspended = row_bool(c);
	ret->observed_revision = row_copy(c, a);
	ret->released_revision = row_copy(c, a);
	ret->observed_tree = row_tree(c);
	ret->observed_ms = row_time(c);
	ret->request_token = row_i64(c);
	ret->handled_token = row_i64(c);
	ret->failures = (int)row_i64(c);
	ret->next_try_ms = row_time(c);
	ret->conditions_json = row_copy(c, a);
	ret->refused_json = row_copy(c, a);
	ret->rev = row_i64(c);
	ret->created_ms = row_time(c);
}

static void read_sources(const struct rows *rows, struct arena *a, struct store_source **ret,
			 size_t *ret_count)
{
	rows_list(rows, &(struct row_list){a, source_read, sizeof(**ret), ret, ret_count});
}

static void bind_name(struct bind *b, struct str name)
{
	bind_text_or_null(b, name);
}

int store_source_list(struct store *s, struct arena *a, struct store_source **ret,
		      size_t *ret_count, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_source_list);
	bind_null(&b);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int r = wire_query(s, &b, &rows, err);
	if (r >= 0)
		read_sources(&rows, a, ret, ret_count);
	return r;
}

int store_source_find(struct store *s, struct arena *a, struct str name, struct store_source **ret,
		      struct err *err)
{
	assert(name.len);
	CLEANUP(bind_release) struct bind b = BIND(&sql_source_list);
	bind_name(&b, name);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int r = wire_query(s, &b, &rows, err);
	if (r < 0)
		return r;
	size_t count;
	struct store_source *list;
	read_sources(&rows, a, &list, &count);
	*ret = count ? list : NULL;
	return 0;
}

static int load_in(struct store_txn *t, struct arena *a, struct str name, struct store_source **ret,
		   size_t *ret_count, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_source_list);
	bind_name(&b, name);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int r = txn_query(t, &b, &rows, err);
	if (r >= 0)
		read_sources(&rows, a, ret, ret_count);
	return r;
}

/* a as stored, b as declared. */
static bool same_declaration(const struct store_source *a, const struct store_source *b)
{
	struct str spec = b->spec_json.len ? b->spec_json : STR("{}");
	return a->declared && str_eq(a->kind, b->kind) && str_eq(a->url, b->url) &&
	       str_eq(a->ref, b->ref) && str_eq(a->path, b->path) && str_eq(a->spec_json, spec) &&
	       a->platform == b->platform;
}

static void put(struct store_txn *t, const struct store_source *w, bool there)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_source_put);
	observed_forget(store_txn_store(t));
	bind_text(&b, w->name);
	bind_text(&b, w->kind);
	bind_text(&b, w->url);
	bind_text(&b, w->ref);
	bind_text(&b, w->path);
	bind_text(&b, w->spec_json);
	bind_bool(&b, w->platform);
	txn_late(t, &b);
	store_txn_change(t, "Source", STR_NULL, w->name, there ? STORE_UPDATE : STORE_CREATE,
			 STR_NULL);
}

static const struct store_source *find(const struct store_source *list, size_t count,
				       struct str name)
{
	for (size_t i = 0; i < count; i++) {
		if (str_eq(list[i].name, name))
			return &list[i];
	}
	return NULL;
}

int store_source_declare(struct store_txn *t, const struct store_source *list, size_t count,
			 struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(BUF_MAX);
	struct store_source *have = NULL;
	size_t have_count = 0, gone = 0;
	int r = load_in(t, a, STR_NULL, &have, &have_count, err);
	if (r < 0)
		return r;
	/* Those that go first: at most one source may set the platform, also between two statements. */
	CLEANUP(bind_release) struct bind b = BIND(&sql_source_undeclare);
	bind_array(&b);
	for (size_t i = 0; i < have_count; i++) {
		const struct store_source *h = &have[i], *w = find(list, count, h->name);
		bool drops_platform = w && h->platform && !w->platform;
		if (!str_eqz(h->kind, "git") || !h->declared || (w && !drops_platform))
			continue;
		bind_text(&b, h->name);
		if (!w)
			store_txn_change(t, "Source", STR_NULL, h->name, STORE_UPDATE,
					 STR("{\"declared\":false}"));
		gone++;
	}
	bind_array_end(&b);
	for (size_t i = 0; i < count; i++) {
		const struct store_source *h = find(have, have_count, list[i].name);
		if (h && !str_eq(h->kind, list[i].kind)) {
			err_set(err, ERR_CONFLICT,
				"\"%.*s\" is already the name of a source of kind %.*s",
				STR_ARG(list[i].name), STR_ARG(h->kind));
			return err_remedy(err, "give the source another name");
		}
	}
	if (gone)
		txn_late(t, &b);
	for (size_t i = 0; i < count; i++) {
		const struct store_source *h = find(have, have_count, list[i].name);
		if (!h || !same_declaration(h, &list[i]))
			put(t, &list[i], h != NULL);
	}
	return 0;
}

int store_source_apply_set(struct store_txn *t, struct str name, struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(BUF_MAX);
	struct store_source *have = NULL;
	size_t count = 0;
	int r = load_in(t, a, name, &have, &count, err);
	if (r < 0)
		return r;
	if (count && str_eqz(have->kind, "apply"))
		return 0;
	if (count) {
		err_set(err, ERR_CONFLICT, "\"%.*s\" is a Git source", STR_ARG(name));
		return err_remedy(err, "give the apply set another name");
	}
	struct store_source w = {.name = name, .kind = STR("apply")};
	put(t, &w, false);
	return 0;
}

int store_source_try(struct store_txn *t, struct str source, struct str revision, int64_t token,
		     int *ret_tries, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_source_try);
	bind_text(&b, source);
	bind_text(&b, revision);
	bind_i64(&b, token);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int r = txn_query(t, &b, &rows, err);
	if (r < 0)
		return r;
	if (!rows.count)
		return err_set(err, ERR_NOT_FOUND, "there is no source \"%.*s\"", STR_ARG(source));
	struct row c = row_of(&rows, 0);
	*ret_tries = (int)row_i64(&c);
	return 0;
}

int store_source_try_over(struct store_txn *t, struct str source, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_source_try_over);
	bind_text(&b, source);
	return txn_send(t, &b, err);
}

int store_source_request(struct store *s, struct str source, int64_t *ret_token, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_source_request);
	bind_text(&b, source);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	struct row c;
	int r = wire_one(s, &b, &rows, &c, err, "there is no source \"%.*s\"", STR_ARG(source));
	if (r < 0)
		return r;
	*ret_token = row_i64(&c);
	return 0;
}

static void read_owner(struct row *c, struct arena *a, void *ret)
{
	struct domain_owner *e = ret;
	e->domain = row_copy(c, a);
	e->source = row_copy(c, a);
}

void owners_read(const struct rows *rows, struct arena *a, struct domain_owner **ret,
		 size_t *ret_count)
{
	rows_list(rows, &(struct row_list){a, read_owner, sizeof(**ret), ret, ret_count});
}

int store_domain_owners(struct store *s, struct arena *a, struct domain_owner **ret,
			size_t *ret_count, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_domain_owners);
	bind_null(&b);
	return wire_list(s, &b, &(struct row_list){a, read_owner, sizeof(**ret), ret, ret_count},
			 err);
}

int store_domain_owner(struct store *s, struct arena *a, struct str domain, struct str *ret_source,
		       struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_domain_owners);
	bind_name(&b, domain);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int r = wire_query(s, &b, &rows, err);
	if (r < 0)
		return r;
	*ret_source = STR_NULL;
	if (rows.count) {
		struct row c = row_of(&rows, 0);
		row_skip(&c);
		*ret_source = row_copy(&c, a);
	}
	return 0;
}

int store_domain_transfer(struct store_txn *t, struct str domain, struct str source,
			  struct err *err)
{
	(void)err;
	CLEANUP(bind_release) struct bind b = BIND(&sql_domain_transfer);
	bind_text(&b, domain);
	bind_text(&b, source);
	txn_late(t, &b);
	store_object_touch(t, "Domain", STR_NULL, domain);
	CLEANUP(buf_release) struct buf text = BUF_INIT(4096);
	struct json j;
	json_init(&j, &text);
	json_object(&j);
	json_str(&j, "source", source);
	json_end(&j);
	store_txn_change(t, "Domain", domain, domain, STORE_UPDATE, buf_str(&text));
	return 0;
}

int store_tick(struct store *s, struct store_tick *t, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_tick);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	struct row c;
	struct store_tick now = {0};
	bind_i64(&b, t->incarnation);
	bind_i64(&b, t->rev);
	int r = wire_one(s, &b, &rows, &c, err, NULL);
	if (r < 0)
		return r;
	now.incarnation = row_i64(&c);
	now.rev = row_i64(&c);
	now.open_wishes = row_i64(&c);
	now.open_requests = row_i64(&c);
	now.next_expiry_ms = row_time(&c);
	now.now_ms = row_time(&c);
	if (now.incarnation == t->incarnation && now.rev == t->rev)
		now.next_expiry_ms = t->next_expiry_ms;
	*t = now;
	return 0;
}
