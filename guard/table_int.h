/*
 * The rules as the engine has them: rows of the table, compiled, and the literals that lead to them.
 *
 * Expressions are compiled when they are first needed: most scans need few of them.
 */
#ifndef GUARD_TABLE_INT_H
#define GUARD_TABLE_INT_H

#include "base/field.h"
#include "base/regex.h"
#include "guard/guard_int.h"
#include "guard/literal.h"
#include "guard/needs.h"

#define GUARD_PATTERNS_MAX 1024
#define GUARD_DIGITS_MAX 64 /* patterns led from a run of digits */
#define GUARD_RUN_MAX 48 /* digits of a run that are counted */

/* A row as it stands in the file; field.h fills it. */
struct guard_row {
	struct str id, type, says, remedy;
	int category, view;
	int64_t confidence;
	struct field_strings literals, near, examples, match, reject;
	bool nocase;
	const struct doc_node *digits, *first;
	struct field_strings groups;
	struct str after;
	struct str back;
	int64_t back_max, near_within;
	struct str expression, ahead, validator, detector;
};

#define GUARD_SHAPES_MAX 6
#define GUARD_SHAPE_GROUPS 4

/* How many digits the first groups of a row have. */
struct guard_shape {
	uint8_t count, least[GUARD_SHAPE_GROUPS], most[GUARD_SHAPE_GROUPS];
};

struct guard_pattern {
	struct guard_rule rule;
	struct guard_row row;
	const struct doc_node *node; /* of the row */
	uint32_t index; /* in the table */
	bool folded, nocase;
	uint8_t digits_least, digits_most; /* least 0: led from literals */
	uint8_t first_least, first_most; /* digits of the first group */
	uint8_t shape_count; /* 0: any */
	struct guard_shape shapes[GUARD_SHAPES_MAX];
	bool has_back;
	uint8_t back[32]; /* bytes to step back over */
	guard_validator validator;
	guard_detector detector;
	bool near_start[256]; /* bytes that a word of row.near begins with, either case */
	/* Filled when first needed. */
	struct regex *regex;
	int span_group;
	uint8_t first[32]; /* bytes a match can begin with */
	uint8_t not_behind[32]; /* bytes that no match can begin behind; there may be more */
	size_t lead; /* its group "span" may begin so many bytes later, at each of which it is tried */
	/* Filled by guard_needs_ready(). */
	size_t body; /* where in the expression the group begins, when a known word begins where it does; then that is compiled; else 0 */
	uint8_t starts; /* the set of such words */
	struct regex *ahead; /* of the row's; compiled when first needed */
	size_t longest; /* the most bytes of a match */
	uint8_t needs[NEEDS_SETS], need_count;
	uint16_t need_reach[NEEDS_SETS]; /* bytes from where it is tried */
};

/* What a tag of the literal sets stands for: from + the patterns of one literal. */
struct guard_lead {
	uint32_t *patterns; /* indexes */
	uint32_t count, cap;
};
/* Tags past the leads: what the engine itself looks for. */
#define LEAD_ENTITY 0xFFFFFFF0u
#define LEAD_ALLOW 0xFFFFFFF1u
/* + the lead of a literal of folded rules: where it stands in the original, the text around it wants folding. */
#define LEAD_FOLDED 0x80000000u

/*
 * White space folds, so a phrase is searched for with single blanks, and once more wherever white space is anything but one blank or
 * line's end: by the letters on both sides. scan_phrase.c
 */
struct guard_gap {
	uint32_t key; /* up to two bytes before the blank, up to two after it */
	uint16_t next; /* gap of the same head; GAP_NONE */
	uint16_t before; /* bytes of the phrase before the blank */
	struct str phrase;
	uint32_t lead;
};
#define GAP_NONE 0xFFFF
#define GAP_HEADS 2048
struct guard_gaps {
	struct guard_gap *items;
	size_t count, cap;
	uint16_t heads[GAP_HEADS];
	uint64_t known[GAP_HEADS / 8]; /* bits of hashes of the keys */
	bool before[256], after[256]; /* the bytes beside a blank, either case */
};

/*
 * Bit i of each stands for the rule digits[i]: what a row of digits leaves to be tried is what they all have. begins[] is what the byte before
 * it, or else before[] what the one before that, must be in.
 */
struct guard_digits {
	uint64_t before[256], begins[256]; /* the byte before */
	uint64_t after_digit[256]; /* the byte before, when it has a digit before it */
	uint64_t after[256]; /* the byte after the first group */
	uint64_t groups[33]; /* digits of the first group */
	uint64_t runs[GUARD_RUN_MAX + 1]; /* digits in all */
	uint64_t shaped; /* rules that say more of the groups */
	bool ready;
};

struct guard_needs {
	struct needs_table *table;
	struct needs_table
		*starts; /* words that patterns with a body begin with, in the folded view */
	bool ready;
};

struct guard_rules {
	struct arena *arena;
	const char *name;
	struct guard_pattern **patterns;
	size_t count;
	struct guard_lead *leads;
	size_t lead_count;
	struct guard_gaps gaps; /* of the phrases of folded rules */
	struct guard_needs *needs; /* filled when first needed */
	struct literal_set *original; /* every literal, and what marks text that wants folding */
	struct literal_set *view; /* the literals of folded rules alone */
	struct guard_pattern *digits[GUARD_DIGITS_MAX];
	size_t digit_count;
	struct guard_digits *digit_tables; /* filled when first needed */
	struct guard_pattern **detectors;
	size_t detector_count;
};

/* The bytes of the lead of p, and where the body behind it begins; 0: it has none. */
size_t guard_pattern_lead(const struct guard_pattern *p, size_t *ret_body);
/* Compiles p's expression if it is not yet. Errors: ERR_INVALID. */
NODISCARD int guard_pattern_ready(struct guard_pattern *p, struct err *err);
/* The same for what must follow. Errors: ERR_INVALID. */
NODISCARD int guard_pattern_ahead_ready(struct guard_pattern *p, struct err *err);
/* The part of a pattern that the table's format promises, checked. table_check.c */
NODISCARD int guard_row_check(const char *name, const struct guard_row *row,
			      const struct doc_node *node, struct err *err);
/* Appends an expression that matches just as the given one does, and fails sooner. expression.c */
void guard_expression_rewrite(struct str expression, bool nocase, struct buf *out);
/* Finds out what the folded rules need, if that is not known yet. table_lead.c */
void guard_needs_ready(const struct guard_rules *r);
/* groups and after of a row. table_digits.c */
NODISCARD int guard_pattern_shapes(const char *name, struct guard_pattern *p, struct err *err);
/*
 * A lookbehind at the start of e that forbids bytes of a class, "(?<![A-Za-z])" or, after a digit, "(?<!\d[ -])"; e goes on after
 * it. False when there is none, or one that is not understood.
 */
bool guard_lookbehind(struct str *e, bool *ret_digit, uint8_t ret[32]);
/* Fills the tables of the rules led from digits if they are not yet. Errors: ERR_INVALID. */
NODISCARD int guard_digits_ready(const struct guard_rules *r, struct err *err);
/* Leads, literal sets and digits of the patterns. table_lead.c */
void guard_rules_index(struct guard_rules *r);
/* The class of a character class without brackets, "A-Za-z0-9._%+-". */
NODISCARD int guard_class_parse(struct str text, uint8_t ret[32], struct err *err);

/* The key of a gap of at most so many bytes before it and after it. */
static inline uint32_t guard_gap_key(const char *before, unsigned n, const char *after, unsigned m)
{
	uint32_t key = n > 1 ? (uint8_t)before[-2] | 0x20u : 0;
	key = key << 8 | (uint8_t)before[-1] | 0x20u;
	key = key << 8 | (uint8_t)after[0] | 0x20u;
	return key << 8 | (m > 1 ? (uint8_t)after[1] | 0x20u : 0);
}

static inline uint32_t guard_gap_hash(uint32_t key)
{
	return (key * 0x9E3779B1u) >> 18;
}

static inline bool guard_class_has(const uint8_t set[32], char c)
{
	return set[(uint8_t)c >> 3] >> ((uint8_t)c & 7) & 1;
}

/* guard/patterns.yaml, as it was when this was built. */
extern const char guard_table_text[];
extern const size_t guard_table_size;

#endif
