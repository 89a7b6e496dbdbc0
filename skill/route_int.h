/*
 * What the files of patterns and routes share.
 */
#ifndef SKILL_ROUTE_INT_H
#define SKILL_ROUTE_INT_H

#include "skill/route.h"

struct pattern_part {
	uint16_t start, len; /* in text and in folded */
};

struct pattern {
	const char *text; /* as written */
	const char *folded; /* in lower case; same length */
	uint16_t len;
	uint8_t count; /* parts: words and placeholders */
	uint8_t words;
	bool open; /* ends in a placeholder, which takes all words that are left */
	uint32_t word_bits; /* bit i: part i is a word, else a placeholder's name */
	struct pattern_part parts[PATTERN_WORDS_MAX];
};

/* Parses into *ret; text and folded are storage for text.len bytes each, kept by *ret. */
NODISCARD int pattern_init(struct pattern *ret, struct str text, char *text_copy, char *folded,
			   struct err *err);

static inline struct str pattern_word(const struct pattern *p, unsigned i)
{
	return str_make(p->folded + p->parts[i].start, p->parts[i].len);
}

static inline struct str pattern_name(const struct pattern *p, unsigned i)
{
	return str_make(p->text + p->parts[i].start, p->parts[i].len);
}

static inline bool pattern_is_word(const struct pattern *p, unsigned i)
{
	return p->word_bits >> i & 1;
}

/* A text in words: at most one more than a pattern can have are told apart. */
struct text_words {
	struct str text;
	char folded[ROUTE_TEXT_MAX];
	unsigned count; /* up to PATTERN_WORDS_MAX + 1, which means "that many or more" */
	size_t end; /* of the last word of the text */
	struct pattern_part parts[PATTERN_WORDS_MAX + 1];
};

/* False when the text is too long. */
bool text_split(struct text_words *ret, struct str text);
bool pattern_fits(const struct pattern *p, const struct text_words *t);

struct route_entry {
	unsigned refs;
	struct route route; /* points into the same block */
	struct pattern pattern; /* of commands */
};

/* Gives; one reference. Errors as pattern_parse(), with the place. */
NODISCARD int route_entry_new(const struct route *r, struct route_entry **ret, struct err *err);
void route_entry_unref(struct route_entry *e);
bool route_entry_is(const struct route_entry *e, const struct route *r);
/* Which of two that have the same key stands first. */
int route_entry_order(const struct route_entry *a, const struct route_entry *b);

/*
 * A persistent map from 64-bit keys to entries: 64 branches of 64 pages of sorted slots, shared between versions and copied where one differs. What
 * only one version holds is changed in place.
 */
struct route_slot {
	uint64_t key;
	struct route_entry *entry; /* one reference */
};

struct route_page {
	unsigned refs;
	uint32_t count, cap;
	struct route_slot slots[];
};

struct route_branch {
	unsigned refs;
	struct route_page *pages[64];
};

struct route_map {
	struct route_branch *branches[64];
	size_t copied_bytes;
};

void route_map_share(struct route_map *to, const struct route_map *from);
void route_map_release(struct route_map *m);
void route_map_add(struct route_map *m, uint64_t key,
		   struct route_entry *e); /* takes a reference */
/* Drops the reference; the slot must be there. */
void route_map_remove(struct route_map *m, uint64_t key, const struct route_entry *e);
/* The slots with this key, first one and their count; NULL when there is none. */
const struct route_slot *route_map_find(const struct route_map *m, uint64_t key, size_t *ret_count);

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
	struct route_map map;
	/*
	 * Closed shapes by count, then from the most words; open ones after them, from the most words, then parts. closed_at[n] is the
	 * first of count n, closed_at[PATTERN_WORDS_MAX + 1] the first open one.
	 */
	struct route_shape *shapes;
	size_t shape_count, shape_cap;
	size_t closed_at[PATTERN_WORDS_MAX + 2];
};

/* Keys. Tags keep the three uses apart. */
uint64_t route_word_hash(struct str folded, unsigned place);
uint64_t route_shape_salt(uint32_t word_bits, unsigned count, bool open);
uint64_t route_pattern_key(const struct pattern *p);
uint64_t route_alert_key(struct str alert);
uint64_t route_skill_key(struct str domain, struct str skill);

#endif
