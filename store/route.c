/* Routes: which versions answer, and by which triggers. */
#include <assert.h>

#include "store/change.h"
#include "store/rollout_int.h"

static const char *const trigger_names[] = {"command", "cron", "alert", "always", NULL};
static const char *const mode_names[] = {"live", "shadow", NULL};

int store_route_weights(struct store_txn *t, struct str domain, struct str skill,
			const struct route_version *v, size_t count, struct err *err)
{
	int64_t live = 0;
	for (size_t i = 0; i < count; i++)
		live += v[i].mode == ROUTE_LIVE ? v[i].weight_millionths : 0;
	if (live != 1000000)
		return err_set(err, ERR_INVALID,
			       "live weights of %.*s/%.*s sum to %lld, not to 1000000",
			       STR_ARG(domain), STR_ARG(skill), (long long)live);
	CLEANUP(bind_release) struct bind b = BIND(&sql_route_versions_set);
	BIND_COLUMN(&b, count, bind_text, domain);
	BIND_COLUMN(&b, count, bind_text, skill);
	BIND_COLUMN(&b, count, bind_digest, &v[i].content);
	BIND_COLUMN(&b, count, bind_digest, &v[i].runtime);
	BIND_COLUMN(&b, count, bind_i32, v[i].weight_millionths);
	BIND_COLUMN(&b, count, bind_textz, mode_names[v[i].mode]);
	txn_late(t, &b);
	store_txn_change(t, "Route", domain, skill, STORE_UPDATE, STR_NULL);
	return 0;
}

struct skill_versions {
	struct str domain, skill;
	struct route_version *versions;
	size_t count;
};

static void bind_scope(struct bind *b, int64_t at, struct str domain, struct str skill)
{
	bind_i64_or_null(b, at);
	bind_text_or_null(b, domain);
	bind_text_or_null(b, skill);
}

/* Versions of all skills, those of a skill together; rows come in the order of skills. */
static int load_versions(struct store *s, struct arena *a, int64_t at, struct str domain,
			 struct str skill, struct skill_versions **ret, size_t *ret_count,
			 struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_route_version_load);
	bind_scope(&b, at, domain, skill);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int r = wire_query(s, &b, &rows, err);
	if (r < 0)
		return r;
	struct skill_versions *list = arena_array(a, (size_t)rows.count + 1, sizeof(*list)),
			      *last = NULL;
	struct route_version *versions = arena_array(a, (size_t)rows.count + 1, sizeof(*versions));
	size_t count = 0;
	for (int i = 0; i < rows.count; i++) {
		struct row c = row_of(&rows, i);
		struct str d = row_text(&c), k = row_text(&c);
		if (!last || !str_eq(last->domain, d) || !str_eq(last->skill, k)) {
			last = &list[count++];
			*last = (struct skill_versions){arena_str(a, d), arena_str(a, k),
							&versions[i], 0};
		}
		struct route_version *v = &versions[i];
		v->content = row_digest(&c);
		v->runtime = row_digest(&c);
		v->weight_millionths = (uint32_t)row_i64(&c);
		v->mode = (enum route_mode)row_choice(&c, mode_names);
		last->count++;
	}
	*ret = list;
	*ret_count = count;
	return 0;
}

static int compare(const struct skill_versions *v, struct str domain, struct str skill)
{
	int r = str_cmp(v->domain, domain);
	return r ? r : str_cmp(v->skill, skill);
}

static int load_routes(struct store *s, struct arena *a, int64_t at, struct str domain,
		       struct str skill, struct route **ret, size_t *ret_count, struct err *err)
{
	struct skill_versions *versions = NULL;
	size_t version_count = 0, v = 0;
	int r = load_versions(s, a, at, domain, skill, &versions, &version_count, err);
	if (r < 0)
		return r;
	CLEANUP(bind_release) struct bind b = BIND(&sql_route_load);
	bind_scope(&b, at, domain, skill);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	r = wire_query(s, &b, &rows, err);
	if (r < 0)
		return r;
	struct route *list = arena_array(a, (size_t)rows.count + 1, sizeof(*list));
	size_t count = 0;
	/* Both lists are in the order of skills: they are merged. */
	for (int i = 0; i < rows.count; i++) {
		struct row c = row_of(&rows, i);
		struct str d = row_text(&c), k = row_text(&c);
		while (v < version_count && compare(&versions[v], d, k) < 0)
			v++;
		if (v == version_count || compare(&versions[v], d, k) != 0)
			continue; /* written between our two looks; the next load has it */
		struct route *o = &list[count++];
		o->domain = versions[v].domain;
		o->skill = versions[v].skill;
		o->kind = (enum trigger_kind)row_choice(&c, trigger_names);
		o->pattern = row_copy(&c, a);
		o->path = row_copy(&c, a);
		o->line = (uint32_t)row_i64(&c);
		o->column = (uint32_t)row_i64(&c);
		o->versions = versions[v].versions;
		o->version_count = versions[v].count;
	}
	*ret = list;
	*ret_count = count;
	return 0;
}

int store_route_load(struct store *s, struct arena *a, int64_t at, struct route **ret,
		     size_t *ret_count, int64_t *ret_rev, struct err *err)
{
	/* Read before the routes: whoever compares with it later looks once too often rather than once too seldom. */
	struct store_head head;
	int r = store_head(s, &head, err);
	if (r < 0)
		return r;
	if (ret_rev)
		*ret_rev = at ? at : head.at.rev;
	return load_routes(s, a, at, STR_NULL, STR_NULL, ret, ret_count, err);
}

int store_route_of(struct store *s, struct arena *a, struct str domain, struct str skill,
		   struct route **ret, size_t *ret_count, struct err *err)
{
	return load_routes(s, a, 0, domain, skill, ret, ret_count, err);
}

int store_route_versions(struct store *s, struct arena *a, struct str domain, struct str skill,
			 struct route_version **ret, size_t *ret_count, struct err *err)
{
	struct skill_versions *list = NULL;
	size_t count = 0;
	int r = load_versions(s, a, 0, domain, skill, &list, &count, err);
	if (r < 0)
		return r;
	*ret = count ? list->versions : NULL;
	*ret_count = count ? list->count : 0;
	return 0;
}
