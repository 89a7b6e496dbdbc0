/* The deployed state, now or as of a revision. */
#include "base/mem.h"
#include "store/release.h"
#include "store/wire_int.h"

static void copy_name(struct str s, char *out, size_t size)
{
	snprintf(out, size, "%.*s", STR_ARG(s));
}

static void bind_at(struct bind *b, int64_t at)
{
	bind_i64_or_null(b, at);
}

static int load_skills(struct store *s, int64_t at, struct deployed *d, struct err *err)
{
	CLEANUP(bind_release)
	struct bind b = BIND(at ? &sql_deployed_skills_at : &sql_deployed_skills);
	if (at)
		bind_i64(&b, at);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int r = wire_query(s, &b, &rows, err);
	if (r < 0)
		return r;
	d->skills = arena_array(d->arena, (size_t)rows.count + 1, sizeof(*d->skills));
	d->skill_count = (size_t)rows.count;
	struct str domain = STR_NULL;
	for (int i = 0; i < rows.count; i++) {
		struct row c = row_of(&rows, i);
		struct deployed_skill *k = &d->skills[i];
		/* Rows of a domain are together: its name is kept once. */
		struct str name = row_text(&c);
		if (!str_eq(name, domain))
			domain = arena_str(d->arena, name);
		k->domain = domain;
		k->name = row_copy(&c, d->arena);
		k->tree = row_tree(&c);
		k->content = row_digest(&c);
		k->runtime = row_digest(&c);
		k->context = row_digest(&c);
	}
	return 0;
}

static int load_domains(struct store *s, int64_t at, struct deployed *d, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_deployed_domains);
	bind_at(&b, at);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int r = wire_query(s, &b, &rows, err);
	if (r < 0)
		return r;
	d->domains = arena_array(d->arena, (size_t)rows.count + 1, sizeof(*d->domains));
	d->domain_count = (size_t)rows.count;
	for (int i = 0; i < rows.count; i++) {
		struct row c = row_of(&rows, i);
		struct deployed_domain *o = &d->domains[i];
		o->name = row_copy(&c, d->arena);
		copy_name(row_text(&c), o->source.name, sizeof(o->source.name));
		copy_name(row_text(&c), o->source.revision, sizeof(o->source.revision));
		o->tree = row_tree(&c);
		/* A release with something held back has no tree. */
		o->partial = o->tree.len == 0;
		o->candidate = row_digest(&c);
		o->policy = row_digest(&c);
	}
	return 0;
}

int store_platform_load(struct store *s, struct arena *a, int64_t at, struct release_platform **ret,
			struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_platform_at);
	bind_at(&b, at);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int r = wire_query(s, &b, &rows, err);
	if (r < 0)
		return r;
	*ret = NULL;
	if (!rows.count)
		return 0;
	struct release_platform *p = arena_alloc(a, sizeof(*p));
	struct row c = row_of(&rows, 0);
	copy_name(row_text(&c), p->source.name, sizeof(p->source.name));
	copy_name(row_text(&c), p->source.revision, sizeof(p->source.revision));
	p->digest = row_digest(&c);
	p->firm = row_digest(&c);
	p->config_json = row_copy(&c, a);
	*ret = p;
	return 0;
}

int store_deployed_load(struct store *s, int64_t at, struct deployed **ret, struct err *err)
{
	struct arena *a = arena_new(BUF_MAX);
	CLEANUP(store_deployed_freep) struct deployed *d = arena_alloc(a, sizeof(*d));
	d->arena = a;
	int r = load_skills(s, at, d, err);
	if (r >= 0)
		r = load_domains(s, at, d, err);
	struct release_platform *p = NULL;
	if (r >= 0)
		r = store_platform_load(s, a, at, &p, err);
	if (r < 0)
		return r;
	if (p) {
		d->platform_source = p->source;
		d->platform_digest = p->digest;
	}
	*ret = TAKE_PTR(d);
	return 0;
}

void store_deployed_free(struct deployed *d)
{
	if (d)
		arena_free(d->arena);
}

void store_deployed_freep(struct deployed **d)
{
	store_deployed_free(*d);
}
