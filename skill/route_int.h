/*
 * What the files of patterns and routes share.
 */
#ifndef SKILL_ROUTE_INT_H
#define SKILL_ROUTE_INT_H

#include <stdalign.h>

#include "skill/route.h"

/*
 * A pattern in one piece without pointers, small enough that most fit into a cache line beside the little that a route adds: with many routes,
 * each line is one that the processor has to wait for.
 */
struct pattern {
	uint32_t word_bits; /* bit i: part i is a word, else a placeholder's name */
	uint8_t count; /* parts: words and placeholders */
	uint8_t words;
	bool open; /* ends in a placeholder, which takes all words that are left */
	uint16_t ends
		[]; /* of each part in the bytes that follow: words in lower case, names as written */
};

/* Room for any pattern. */
struct pattern_room {
	alignas(struct pattern) char bytes[sizeof(struct pattern) +
					   PATTERN_WORDS_MAX * sizeof(uint16_t) +
					   PATTERN_BYTES_MAX];
};

/* Parses; *ret stands in room, in its first pattern_bytes(). Errors: those of pattern_parse(). */
NODISCARD int pattern_read(struct pattern_room *room, struct str text, const struct pattern **ret,
			   struct err *err);
size_t pattern_bytes(const struct pattern *p);

/* A word, or the name of a placeholder. */
static inline struct str pattern_part(const struct pattern *p, unsigned i)
{
	unsigned from = i ? p->ends[i - 1] : 0;
	return str_make((const char *)(p->ends + p->count) + from, p->ends[i] - from);
}

static inline bool pattern_is_word(const struct pattern *p, unsigned i)
{
	return p->word_bits >> i & 1;
}

struct text_part {
	uint16_t start, len;
};

/* A text in words: at most one more than a pattern can have are told apart. */
struct text_words {
	struct str text;
	char folded[ROUTE_TEXT_MAX];
	unsigned count; /* up to PATTERN_WORDS_MAX + 1, which means "that many or more" */
	size_t end; /* of the last word of the text */
	struct text_part parts[PATTERN_WORDS_MAX + 1];
};

/* False when the text is too long. */
bool text_split(struct text_words *ret, struct str text);
bool pattern_fits(const struct pattern *p, const struct text_words *t);

enum route_by { ROUTE_BY_TEXT, ROUTE_BY_SKILL, ROUTE_BY_COUNT };

/* What a lookup does not compare. */
struct route_rest {
	unsigned refs;
	uint64_t keys[ROUTE_BY_COUNT]; /* by text: of a command or an alert, else 0 */
	struct route route; /* points into the same block */
};

/* One block of memory, from the beginning of a cache line. */
struct route_entry {
	struct route_rest *rest; /* in the same block */
	struct pattern pattern; /* of commands; others have one without parts */
};

static inline bool route_entry_is_command(const struct route_entry *e)
{
	return e->pattern.count > 0;
}

/* Gives; one reference. Errors as pattern_parse(), with the place. */
NODISCARD int route_entry_new(const struct route *r, struct route_entry **ret, struct err *err);
void route_entry_unref(struct route_entry *e);
bool route_entry_is(const struct route_entry *e, const struct route *r);
/* Which of two that have the same key stands first. */
int route_entry_order(const struct route_entry *a, const struct route_entry *b);

/*
 * A persistent map from keys to entries: 32 branches of 32 pages of sorted entries, shared between versions and copied where one differs. What
 * only one version holds is changed in place. A page keeps 32 bits of each key side by side, so that a lookup reads no entry but its own.
 */
struct route_page {
	unsigned refs;
	uint32_t count, cap;
	struct route_entry **entries; /* in the same block; one reference each */
	uint32_t prints[];
};

struct route_branch {
	unsigned refs;
	struct route_page *pages[32];
};

struct route_map {
	enum route_by by;
	struct route_branch *branches[32];
	size_t copied_bytes;
};

void route_map_share(struct route_map *to, const struct route_map *from);
void route_map_release(struct route_map *m);
void route_map_add(struct route_map *m, struct route_entry *e); /* takes a reference */
/* Drops the reference; the entry must be there. */
void route_map_remove(struct route_map *m, const struct route_entry *e);
/*
 * The entries that may have this key, which the caller has to look at: those that have it, in their order, and next to never another. The first one, and
 * how many.
 */
struct route_entry *const *route_map_find(const struct route_map *m, uint64_t key,
					  size_t *ret_count);

/* Patterns with words in the same places. */
struct route_shape {
	uint32_t word_bits;
	uint8_t count, words;
	bool open;
	uint64_t salt;
	size_t routes;
};

struct route_table {
	unsigned refs;
	size_t count, compiled, reused;
	struct route_map texts,
		skills; /* patterns and alerts by what they match; all by their skill */
	/*
	 * Closed shapes by count, then from the most words; open ones after them, from the most words, then parts. closed_at[n] is the
	 * first of count n, closed_at[PATTERN_WORDS_MAX + 1] the first open one.
	 */
	struct route_shape *shapes;
	size_t shape_count, shape_cap;
	size_t closed_at[PATTERN_WORDS_MAX + 2];
};

/* Keys. Tags keep their uses apart. */
uint64_t route_word_hash(struct str folded, unsigned place);
uint64_t route_shape_salt(uint32_t word_bits, unsigned count, bool open);
uint64_t route_pattern_key(const struct pattern *p);
uint64_t route_alert_key(struct str alert);
uint64_t route_skill_key(struct str domain, struct str skill);

#endif
