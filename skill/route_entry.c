#include <stdalign.h>

#include "base/mem.h"
#include "skill/route_int.h"

static struct str copy(char **at, struct str s)
{
	char *to = *at;
	if (s.len)
		memcpy(to, s.p, s.len);
	to[s.len] = '\0';
	*at += s.len + 1;
	return str_make(to, s.len);
}

static int read_pattern(const struct route *r, struct pattern_room *room,
			const struct pattern **ret, struct err *err)
{
	static const struct pattern none;
	struct err why = ERR_INIT;
	*ret = &none;
	int rc = r->kind == TRIGGER_COMMAND ? pattern_read(room, r->pattern, ret, &why) : 0;
	if (rc < 0) {
		err_at(err, rc, r->path.p, r->line, r->column, "%s", why.msg);
		err_remedy(err, "%s", why.remedy);
	}
	return rc;
}

/* The route with all it points to; bytes after rest are its room. */
static void keep_route(struct route_rest *rest, const struct route *r)
{
	struct route *to = &rest->route;
	size_t versions = r->version_count * sizeof(*r->versions);
	char *at = (char *)(rest + 1) + versions;
	*to = *r;
	to->versions = (struct route_version *)(rest + 1);
	if (versions)
		memcpy(to->versions, r->versions, versions);
	to->domain = copy(&at, r->domain);
	to->skill = copy(&at, r->skill);
	to->path = copy(&at, r->path);
	to->pattern = copy(&at, r->pattern);
}

int route_entry_new(const struct route *r, struct route_entry **ret, struct err *err)
{
	struct pattern_room room;
	const struct pattern *pattern;
	int rc = read_pattern(r, &room, &pattern, err);
	if (rc < 0)
		return rc;
	size_t head = offsetof(struct route_entry, pattern) + pattern_bytes(pattern);
	size_t words = r->domain.len + r->skill.len + r->path.len + r->pattern.len + 4;
	head = (head + alignof(struct route_rest) - 1) & ~(alignof(struct route_rest) - 1);
	struct route_entry *e = mem_lines(head + sizeof(*e->rest) +
					  r->version_count * sizeof(*r->versions) + words);
	memcpy(&e->pattern, pattern, pattern_bytes(pattern));
	e->rest = (struct route_rest *)((char *)e + head);
	*e->rest = (struct route_rest){.refs = 1};
	keep_route(e->rest, r);
	e->rest->keys[ROUTE_BY_SKILL] = route_skill_key(r->domain, r->skill);
	if (r->kind == TRIGGER_COMMAND)
		e->rest->keys[ROUTE_BY_TEXT] = route_pattern_key(pattern);
	else if (r->kind == TRIGGER_ALERT)
		e->rest->keys[ROUTE_BY_TEXT] = route_alert_key(r->pattern);
	*ret = e;
	return 0;
}

void route_entry_unref(struct route_entry *e)
{
	if (e && --e->rest->refs == 0)
		free(e);
}

static bool version_is(const struct route_version *a, const struct route_version *b)
{
	return digest_equal(&a->content, &b->content) && digest_equal(&a->runtime, &b->runtime) &&
	       a->weight_millionths == b->weight_millionths && a->mode == b->mode;
}

bool route_entry_is(const struct route_entry *e, const struct route *r)
{
	const struct route *o = &e->rest->route;
	if (o->kind != r->kind || o->line != r->line || o->column != r->column ||
	    o->version_count != r->version_count || !str_eq(o->domain, r->domain) ||
	    !str_eq(o->skill, r->skill) || !str_eq(o->pattern, r->pattern) ||
	    !str_eq(o->path, r->path))
		return false;
	for (size_t i = 0; i < r->version_count; i++) {
		if (!version_is(&o->versions[i], &r->versions[i]))
			return false;
	}
	return true;
}

int route_entry_order(const struct route_entry *e, const struct route_entry *f)
{
	const struct route *a = &e->rest->route, *b = &f->rest->route;
	int c = str_cmp(a->domain, b->domain);
	if (!c)
		c = str_cmp(a->skill, b->skill);
	if (!c)
		c = (int)a->kind - (int)b->kind;
	return c ? c : str_cmp(a->pattern, b->pattern);
}

const struct route_version *route_pick(const struct route *r, struct str session)
{
	CLEANUP(buf_release) struct buf key = BUF_INIT(BUF_MAX);
	uint64_t draw = 0;
	if (session.len) {
		/* Of the skill as well, or one session would be among the first of every canary. */
		buf_addf(&key, "%.*s/%.*s", STR_ARG(r->domain), STR_ARG(r->skill));
		buf_add_char(&key, '\0');
		buf_add_str(&key, session);
		struct digest d = digest_tagged("aspora.pick.v1", buf_str(&key));
		for (size_t i = 0; i < sizeof(draw); i++)
			draw = draw << 8 | d.bytes[i]; /* the same on every machine */
	} else {
		crypto_random(&draw, sizeof(draw));
	}
	const struct route_version *first = NULL;
	uint64_t point = draw % 1000000, sum = 0;
	/* From the last version, which is the candidate: its share begins at 0 and grows upwards. */
	for (size_t i = r->version_count; i-- > 0;) {
		const struct route_version *v = &r->versions[i];
		if (v->mode != ROUTE_LIVE || !v->weight_millionths)
			continue;
		first = v;
		sum += v->weight_millionths;
		if (point < sum)
			return v;
	}
	return first;
}
