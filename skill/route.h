/*
 * Routes: which skill answers. Compiled once per revision from all command triggers into an immutable table, and swapped atomically. A lookup finds
 * candidates by their rarest literal word in a hash, then confirms with at most a few expressions; the naive loop over 10,000 expressions is
 * a thousand times slower.
 *
 * A target is a list of (version, weight, mode): one stable version at weight 1 in the plain case, a canary beside it, a shadow.
 */
#ifndef SKILL_ROUTE_H
#define SKILL_ROUTE_H

#include "base/arena.h"
#include "base/crypto.h"
#include "skill/finding.h"
#include "skill/trigger.h"

enum route_mode { ROUTE_LIVE, ROUTE_SHADOW };

struct route_version {
	struct digest content;
	struct digest runtime;
	uint32_t weight_millionths; /* live ones of a route sum to 1,000,000 */
	enum route_mode mode;
};

struct route {
	struct str domain, skill;
	enum trigger_kind kind; /* COMMAND or ALERT; explicit names need no route */
	struct str pattern; /* the trigger's text */
	struct str path; /* of its SKILL.md, with line and column, for findings */
	uint32_t line, column;
	struct route_version *versions;
	size_t version_count;
};

/* A command pattern in parts; words are lower-cased. At most 32 words, 8 placeholders; a pattern of placeholders alone is refused. */
struct pattern;
NODISCARD int pattern_parse(struct arena *a, struct str text, struct pattern **ret,
			    struct err *err);
/* A text that both match, into out, or false. For "order status {id}" and "order {what} 17": "order status 17". */
bool pattern_collide(const struct pattern *a, const struct pattern *b, struct buf *ret_witness);
/* True when every text that b matches is matched by a. */
bool pattern_covers(const struct pattern *a, const struct pattern *b);

struct route_table; /* immutable; reference counted */
struct route_table_stats {
	size_t routes, expressions_compiled, expressions_reused;
};

/*
 * Copies what it needs. Compiled parts of previous (may be NULL) whose pattern is unchanged are shared, so that swapping one route of 10,000 compiles one.
 * Expressions JIT-compile at first use. Errors: ERR_INVALID for a pattern that does not parse (admission has refused it before).
 */
NODISCARD int route_table_build(const struct route *routes, size_t count,
				const struct route_table *previous, struct route_table **ret,
				struct route_table_stats *ret_stats, struct err *err);
/* The same with one route added, replaced or (route NULL) removed: shares all else. */
NODISCARD int route_table_change(const struct route_table *old, struct str domain, struct str skill,
				 const struct route *routes, size_t count, struct route_table **ret,
				 struct err *err);
struct route_table *route_table_ref(struct route_table *t);
void route_table_unref(struct route_table *t);
void route_table_unrefp(struct route_table **t);

struct route_match {
	const struct route *route; /* points into the table */
	struct {
		struct str name, value;
	} params[8]; /* values point into the text */
	size_t param_count;
	unsigned tried; /* expressions tried */
};
/* The most specific command (most literal words, then longest, then by name); false when none. text at most 4 KiB. */
bool route_lookup(const struct route_table *t, struct str text, struct route_match *ret);
bool route_lookup_alert(const struct route_table *t, struct str alert, struct route_match *ret);
const struct route *route_of_skill(const struct route_table *t, struct str domain,
				   struct str skill); /* first route or NULL */
/* Picks a live version by weight; the same session always gets the same one. */
const struct route_version *route_pick(const struct route *r, struct str session);
size_t route_table_count(const struct route_table *t);

#endif
