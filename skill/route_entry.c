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

int route_entry_new(const struct route *r, struct route_entry **ret, struct err *err)
{
	bool command = r->kind == TRIGGER_COMMAND;
	size_t versions = r->version_count * sizeof(*r->versions);
	size_t words = r->domain.len + r->skill.len + r->path.len + 2 * r->pattern.len + 5;
	CLEANUP_FREE struct route_entry *e = mem_alloc(sizeof(*e) + versions + words);
	char *at = (char *)(e + 1) + versions;

	e->refs = 1;
	e->route = *r;
	e->route.versions = (struct route_version *)(e + 1);
	if (versions)
		memcpy(e->route.versions, r->versions, versions);
	e->route.domain = copy(&at, r->domain);
	e->route.skill = copy(&at, r->skill);
	e->route.path = copy(&at, r->path);
	e->route.pattern = copy(&at, r->pattern);
	if (command) {
		char *text = at - r->pattern.len - 1;
		struct err why = ERR_INIT;
		int rc = pattern_init(&e->pattern, r->pattern, text, at, &why);
		if (rc < 0) {
			err_at(err, rc, e->route.path.p, r->line, r->column, "%s", why.msg);
			err_remedy(err, "%s", why.remedy);
			return rc;
		}
	}
	*ret = TAKE_PTR(e);
	return 0;
}

void route_entry_unref(struct route_entry *e)
{
	if (e && --e->refs == 0)
		free(e);
}

static bool version_is(const struct route_version *a, const struct route_version *b)
{
	return digest_equal(&a->content, &b->content) && digest_equal(&a->runtime, &b->runtime) &&
	       a->weight_millionths == b->weight_millionths && a->mode == b->mode;
}

bool route_entry_is(const struct route_entry *e, const struct route *r)
{
	const struct route *o = &e->route;
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

int route_entry_order(const struct route_entry *a, const struct route_entry *b)
{
	int c = str_cmp(a->route.domain, b->route.domain);
	if (!c)
		c = str_cmp(a->route.skill, b->route.skill);
	if (!c)
		c = (int)a->route.kind - (int)b->route.kind;
	return c ? c : str_cmp(a->route.pattern, b->route.pattern);
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
