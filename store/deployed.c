/* The deployed state, now or as of a revision. */
#include "base/mem.h"
#include "store/release.h"
#include "store/hold.h"
#include "store/source.h"
#include "store/txn_int.h"

static void copy_name(struct str s, char *out, size_t size)
{
	snprintf(out, size, "%.*s", STR_ARG(s));
}

static void bind_at(struct bind *b, int64_t at)
{
	bind_i64_or_null(b, at);
}

static void read_skills(const struct rows *rows, struct deployed *d)
{
	d->skills = arena_array(d->arena, (size_t)rows->count + 1, sizeof(*d->skills));
	d->skill_count = (size_t)rows->count;
	struct str domain = STR_NULL;
	for (int i = 0; i < rows->count; i++) {
		struct row c = row_of(rows, i);
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
}

static void read_domains(const struct rows *rows, struct deployed *d)
{
	d->domains = arena_array(d->arena, (size_t)rows->count + 1, sizeof(*d->domains));
	d->domain_count = (size_t)rows->count;
	for (int i = 0; i < rows->count; i++) {
		struct row c = row_of(rows, i);
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
}

/* NULL when there is none. */
static struct release_platform *read_platform(const struct rows *rows, struct arena *a)
{
	if (!rows->count)
		return NULL;
	struct release_platform *p = arena_alloc(a, sizeof(*p));
	struct row c = row_of(rows, 0);
	copy_name(row_text(&c), p->source.name, sizeof(p->source.name));
	copy_name(row_text(&c), p->source.revision, sizeof(p->source.revision));
	p->digest = row_digest(&c);
	p->firm = row_digest(&c);
	p->config_json = row_copy(&c, a);
	return p;
}

int store_platform_load(struct store *s, struct arena *a, int64_t at, struct release_platform **ret,
			struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_platform_at);
	bind_at(&b, at);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int r = wire_query(s, &b, &rows, err);
	if (r >= 0)
		*ret = read_platform(&rows, a);
	return r;
}

/* --- in one flight ------------------------------------------------------------------------------------------------ */

enum look { SKILLS, DOMAINS, PLATFORM, OWNERS, OVERLAYS, FIRM, LOOKS };

/* The first `count` of them; rows has room for all. */
static int look(struct store *s, int64_t at, enum look count, struct rows *rows, struct err *err)
{
	CLEANUP(bind_release)
	struct bind skills = BIND(at ? &sql_deployed_skills_at : &sql_deployed_skills);
	CLEANUP(bind_release) struct bind domains = BIND(&sql_deployed_domains);
	CLEANUP(bind_release) struct bind platform = BIND(&sql_platform_at);
	CLEANUP(bind_release) struct bind owners = BIND(&sql_domain_owners);
	CLEANUP(bind_release) struct bind overlays = BIND(&sql_overlay_list);
	CLEANUP(bind_release) struct bind firm = BIND(&sql_firm_text);
	const struct bind *const all[LOOKS] = {&skills, &domains,  &platform,
					       &owners, &overlays, &firm};
	if (at)
		bind_i64(&skills, at);
	bind_at(&domains, at);
	bind_at(&platform, at);
	bind_null(&owners);
	return wire_queries(s, all, rows, count, err);
}

static struct deployed *read_deployed(const struct rows *rows, const struct release_platform *p)
{
	struct arena *a = arena_new(BUF_MAX);
	struct deployed *d = arena_alloc(a, sizeof(*d));
	d->arena = a;
	read_skills(&rows[SKILLS], d);
	read_domains(&rows[DOMAINS], d);
	if (p) {
		d->platform_source = p->source;
		d->platform_digest = p->digest;
	}
	return d;
}

static void release_looks(struct rows (*rows)[LOOKS])
{
	for (size_t i = 0; i < LOOKS; i++)
		rows_release(&(*rows)[i]);
}

int store_deployed_load(struct store *s, int64_t at, struct deployed **ret, struct err *err)
{
	CLEANUP(release_looks) struct rows rows[LOOKS] = {0};
	CLEANUP(arena_freep) struct arena *a = arena_new(BUF_MAX);
	int r = look(s, at, OWNERS, rows, err);
	if (r >= 0)
		*ret = read_deployed(rows, read_platform(&rows[PLATFORM], a));
	return r;
}

int store_led_load(struct store *s, struct arena *a, struct store_led *ret, struct err *err)
{
	CLEANUP(release_looks) struct rows rows[LOOKS] = {0};
	struct store_led led = {0};
	char hex[DIGEST_HEX + 1];
	int r = look(s, 0, LOOKS, rows, err);
	if (r < 0)
		return r;
	led.platform = read_platform(&rows[PLATFORM], a);
	if (rows[FIRM].count) {
		struct row c = row_of(&rows[FIRM], 0);
		led.firm_text = row_copy(&c, a);
	} else if (led.platform && !digest_is_zero(&led.platform->firm)) {
		return err_set(err, ERR_NOT_FOUND, "blob %s is not stored",
			       digest_hex(&led.platform->firm, hex));
	}
	owners_read(&rows[OWNERS], a, &led.owners, &led.owner_count);
	overlays_read(&rows[OVERLAYS], a, &led.overlays, &led.overlay_count);
	led.deployed = read_deployed(rows, led.platform);
	*ret = led;
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
