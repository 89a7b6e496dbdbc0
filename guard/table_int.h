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
	struct str back;
	int64_t back_max, near_within;
	struct str expression, validator, detector;
};

struct guard_pattern {
	struct guard_rule rule; /* first: guard_pattern_rule() */
	struct guard_row row;
	const struct doc_node *node; /* of the row */
	uint32_t index; /* in the table */
	bool folded, nocase;
	uint8_t digits_least, digits_most; /* least 0: led from literals */
	uint8_t first_least, first_most; /* digits of the first group */
	bool has_back;
	uint8_t back[32]; /* bytes to step back over */
	guard_validator validator;
	guard_detector detector;
	bool near_start[256]; /* bytes that a word of row.near begins with, either case */
	/* Filled when first needed. */
	struct regex *regex;
	int span_group;
	uint8_t first[32]; /* bytes a match can begin with */
};

/* What a tag of the literal sets stands for: from + the patterns of one literal. */
struct guard_lead {
	uint32_t *patterns; /* indexes */
	uint32_t count, cap;
};
/* Tags past the leads: what the engine itself looks for. */
#define LEAD_ENTITY 0xFFFFFFF0u
#define LEAD_ALLOW 0xFFFFFFF1u
/* A word of phrases of folded rules, by its index in words: where a phrase stands, the text around it wants folding. */
#define LEAD_WORD 0x80000000u

struct guard_word {
	struct guard_phrase {
		struct str text; /* lower case, single blanks */
		size_t at; /* where the word stands in it */
	} * phrases;
	size_t len;
	uint32_t count, cap;
};

struct guard_rules {
	struct arena *arena;
	const char *name;
	struct guard_pattern **patterns;
	size_t count;
	struct guard_lead *leads;
	size_t lead_count;
	struct guard_word *words;
	size_t word_count;
	struct literal_set *original; /* every literal, and what marks text that wants folding */
	struct literal_set *view; /* the literals of folded rules alone */
	struct guard_pattern *digits[GUARD_DIGITS_MAX];
	size_t digit_count;
	uint64_t digit_groups[33]; /* which of digits[] take a first group of so many digits */
	uint64_t digit_runs[GUARD_RUN_MAX +
			    1]; /* which of them take a run of so many digits in all */
	struct guard_pattern **detectors;
	size_t detector_count;
};

/* Compiles p's expression if it is not yet. Errors: ERR_INVALID. */
NODISCARD int guard_pattern_ready(struct guard_pattern *p, struct err *err);
/* The part of a pattern that the table's format promises, checked. table_check.c */
NODISCARD int guard_row_check(const char *name, const struct guard_row *row,
			      const struct doc_node *node, struct err *err);
/* Leads, literal sets and digits of the patterns. table_lead.c */
void guard_rules_index(struct guard_rules *r);
/* The class of a character class without brackets, "A-Za-z0-9._%+-". */
NODISCARD int guard_class_parse(struct str text, uint8_t ret[32], struct err *err);

static inline bool guard_class_has(const uint8_t set[32], char c)
{
	return set[(uint8_t)c >> 3] >> ((uint8_t)c & 7) & 1;
}

/* guard/patterns.yaml, as it was when this was built. */
extern const char guard_table_text[];
extern const size_t guard_table_size;

#endif
