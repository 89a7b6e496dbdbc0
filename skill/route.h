/*
 * Routes: which skill answers. Compiled from all triggers into an immutable table, and swapped atomically: a change gives a new table that
 * shares all but a few hundred bytes with the old one, and readers of the old one are not disturbed.
 *
 * A command pattern is words and {placeholders}: "order status {order_id}". A text matches when its words, in order, are the
 * pattern's: a placeholder stands for one word, the last one, when it ends the pattern, for all words that are left (at least one).
 * Words are separated by ASCII white space, however much, and compared without regard to ASCII case; all other bytes must be equal,
 * so that text of any script works but "É" is not "é".
 *
 * Lookup. All patterns with words in the same places are of one shape, and a text has one possible key for each shape: the hash of its
 * words in those places. So a lookup costs one probe for each shape that a text of its length can have, most specific
 * first, and compares only patterns whose words are all there; the number of patterns does not matter. (The naive loop over
 * 10,000 expressions does 500 lookups a second.) Hashes are keyed per process: nobody can choose words that collide.
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
	/*
	 * Commands and alerts are looked up by text and name; routes of the other kinds are found by their skill only. A skill without triggers has
	 * one of kind TRIGGER_ALWAYS with an empty pattern, so that its versions are found.
	 */
	enum trigger_kind kind;
	struct str pattern; /* the trigger's text */
	struct str path; /* of its SKILL.md, with line and column, for findings */
	uint32_t line, column;
	struct route_version *versions;
	size_t version_count;
};

/*
 * A command pattern in parts. At most 512 bytes, 32 words and placeholders, of them 8 placeholders, each with its own name of letters, digits and
 * underscores. A placeholder is a whole word; a pattern of placeholders alone would match everything and is refused. text is copied. Errors:
 * ERR_INVALID, ERR_TOO_LARGE, with what to write.
 */
#define PATTERN_BYTES_MAX 512
#define PATTERN_WORDS_MAX 32
#define PATTERN_PARAMS_MAX 8
#define ROUTE_TEXT_MAX 4096

struct pattern;
NODISCARD int pattern_parse(struct arena *a, struct str text, struct pattern **ret,
			    struct err *err);
bool pattern_matches(const struct pattern *p, struct str text);
/* A text that both match, into out, or false. For "order status {id}" and "order {what} 17": "order status 17". */
bool pattern_collide(const struct pattern *a, const struct pattern *b, struct buf *ret_witness);
/* True when every text that b matches is matched by a. */
bool pattern_covers(const struct pattern *a, const struct pattern *b);
/*
 * Which of two that match the same text answers: negative a, positive b. More words first; then the longer, then the one that
 * does not end in a placeholder. 0: the table goes by the skill's name.
 */
int pattern_order(const struct pattern *a, const struct pattern *b);
/*
 * True when b can never answer because a does: both match the same texts, and so one of them is lost. (A pattern that merely covers
 * another has fewer words and comes after it: nothing else makes a pattern unreachable.)
 */
bool pattern_same(const struct pattern *a, const struct pattern *b);

struct route_table; /* immutable; reference counted */
struct route_table_stats {
	size_t routes;
	size_t compiled, reused; /* routes made new, and taken over from `previous` as they were */
	size_t shapes;
	size_t bytes; /* made or copied for this table, rather than shared with another */
};

/*
 * Copies what it needs. Routes that stand in previous (may be NULL) just so are shared with it. Errors: ERR_INVALID or ERR_TOO_LARGE, with the place,
 * for a pattern that does not parse (admission has refused it before). ret_stats may be NULL. Gives.
 */
NODISCARD int route_table_build(const struct route *routes, size_t count,
				const struct route_table *previous, struct route_table **ret,
				struct route_table_stats *ret_stats, struct err *err);
/*
 * The same table but for one skill, which has now these routes (count 0: none; each must be of this skill). Shares all else: the cost
 * does not grow with the table. Gives.
 */
NODISCARD int route_table_change(const struct route_table *old, struct str domain, struct str skill,
				 const struct route *routes, size_t count, struct route_table **ret,
				 struct err *err);
void route_table_stats(const struct route_table *t, struct route_table_stats *ret);
struct route_table *route_table_ref(struct route_table *t);
void route_table_unref(struct route_table *t);
void route_table_unrefp(struct route_table **t);

struct route_match {
	const struct route *route; /* points into the table */
	struct {
		struct str name, value;
	} params[8]; /* values point into the text */
	size_t param_count;
	unsigned tried; /* patterns compared */
	unsigned probed; /* shapes probed */
};
/* The most specific command (pattern_order(), then by domain and skill); false when none, or when text is over ROUTE_TEXT_MAX. */
bool route_lookup(const struct route_table *t, struct str text, struct route_match *ret);
/* By exact name; the first by domain and skill when several listen. */
bool route_lookup_alert(const struct route_table *t, struct str alert, struct route_match *ret);
const struct route *route_of_skill(const struct route_table *t, struct str domain,
				   struct str skill); /* first route or NULL */
/* Calls fn for each route of a skill, in the order of kind, then pattern. */
typedef void (*route_fn)(void *state, const struct route *r);
void route_each_of_skill(const struct route_table *t, struct str domain, struct str skill,
			 route_fn fn, void *state);
/*
 * Picks a live version by weight; the same session always gets the same one, on every machine, and a weight that grows takes sessions
 * over but gives none back. An empty session is a random one. NULL when no version is live.
 */
const struct route_version *route_pick(const struct route *r, struct str session);
size_t route_table_count(const struct route_table *t);

#endif
