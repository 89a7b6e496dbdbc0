/*
 * Kinds without entries of their own in the log: a change of a skill makes, changes and ends several of its routes at once, and puts or clears quarantines
 * of its contents. What of them is to be told of an entry is asked of the store by its revision, when the first watcher needs it.
 */
#include "agent/gateway/gateway.h"
#include "base/mem.h"
#include "store/object.h"

bool gw_hub_has_parts(const struct kind *kind)
{
	return strcmp(kind->name, "Route") == 0 || strcmp(kind->name, "Quarantine") == 0;
}

static bool tells_of(const struct hub_entry *e, const char *what)
{
	return str_find(e->change.object, str_of(what), 0) >= 0;
}

/* Where a rollout stands decides about routes only when a version begins or ceases to answer. */
bool gw_hub_is_of_parts(const struct hub_entry *e, const struct kind *kind)
{
	bool skill = str_eqz(e->change.kind, "Skill");
	if (strcmp(kind->name, "Quarantine") == 0)
		return skill && tells_of(e, "\"quarantine\"");
	return str_eqz(e->change.kind, "Route") ||
	       (skill &&
		(tells_of(e, "\"rollout\":\"stable\"") || tells_of(e, "\"rollout\":\"draining\"") ||
		 tells_of(e, "\"rollout\":\"ended\"")));
}

/* One line each: 'm', 'c' or 'g', the name, a tab, and the object's text. */
static void write_parts(struct buf *out, const struct object_part *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		buf_add_char(out, "mcg"[list[i].what]);
		buf_add_str(out, list[i].name);
		buf_add_char(out, '\t');
		buf_add_str(out, list[i].json);
		buf_add_char(out, '\n');
	}
}

int gw_hub_load_parts(struct gateway *g, const struct kind *kind, struct str domain,
		      struct str skill, int64_t rev, struct hub_object *ret, struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)64 << 20);
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	const struct part_query q = {
		.kind = kind->name, .domain = domain, .skill = skill, .rev = rev};
	struct object_part *list = NULL;
	size_t count = 0;
	int rc = gw_store_as(g, "*", err);
	if (rc == 0)
		rc = store_object_parts(g->store, a, &q, &list, &count, err);
	if (rc < 0)
		return rc;
	write_parts(&text, list, count);
	ret->state = HUB_THERE;
	ret->json = mem_strndup(buf_cstr(&text), text.len);
	ret->json_len = text.len;
	return 0;
}

bool gw_hub_part(const struct hub_object *parts, size_t *at, struct hub_part *ret)
{
	struct str rest = str_make(parts->json, parts->json_len);
	if (*at >= rest.len)
		return false;
	size_t end = (size_t)str_find_byte(rest, '\n', *at);
	size_t tab = (size_t)str_find_byte(rest, '\t', *at);
	*ret = (struct hub_part){.gone = rest.p[*at] == 'g',
				 .made = rest.p[*at] == 'm',
				 .name = str_sub(rest, *at + 1, tab),
				 .json = str_sub(rest, tab + 1, end)};
	*at = end + 1;
	return true;
}
