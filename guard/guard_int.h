/*
 * Inside the guard: what the engine (scan, table), the normaliser, the decoders, the detectors and the validators
 * agree on.
 */
#ifndef GUARD_GUARD_INT_H
#define GUARD_GUARD_INT_H

#include "guard/guard.h"

/* ---- validators: pure, look at one match --------------------------------------------------------------- */

/*
 * True when the match, at [start, end) of text, can be what the pattern says (a check digit, a checksum, an entropy). May lower or raise *confidence.
 */
typedef bool (*guard_validator)(struct str text, size_t start, size_t end, unsigned *confidence);
/* By the name used in the table ("luhn", "iban", "verhoeff", "entropy", …), or NULL. validate.c has the table. */
guard_validator guard_validator_find(const char *name);

/* ---- views: the text as patterns see it ---------------------------------------------------------------- */

/*
 * A rewritten text that knows where each of its bytes came from. A run maps its bytes one to one, unless width says that
 * all of them stand for so many bytes of the original (one rune, one entity). Most texts need a run a paragraph.
 */
struct guard_run {
	uint32_t at; /* where it starts in the view, rising; ends where the next starts */
	uint32_t origin; /* where in the original */
	uint32_t width; /* 0: one to one */
};
struct guard_view {
	struct str text;
	const struct guard_run *runs; /* NULL: the offsets of the original */
	size_t run_count;
	bool altered; /* more than case and white space: it may hold words that the original does not */
};
/*
 * The folded view: compatibility forms, fullwidth, mathematical letters and look-alikes of words in mixed scripts to
 * ASCII, invisible runes dropped, runs of white space to one space, letters to lower case, HTML entities decoded. Lives
 * in a. Text without anything to fold but case and white space is folded just the same. normalise.c.
 */
void guard_fold(struct str text, struct arena *a, struct guard_view *ret);
/* The original bytes that [start, end) of a view stands for. */
void guard_view_span(const struct guard_view *v, size_t start, size_t end, size_t *ret_start,
		     size_t *ret_end);
/* Where a byte of the original stands in a view that is not altered; rising with it. */
size_t guard_view_at(const struct guard_view *v, size_t origin);

/* ---- a scan, as detectors see it ----------------------------------------------------------------------- */

struct guard_scan; /* opaque here; scan.c */

/* One row of the table, compiled. table.c */
struct guard_pattern;

/* Reports bytes [start, end) of the text the detector was given; confidence 0: the rule's own. */
void guard_report(struct guard_scan *s, const struct guard_pattern *p, size_t start, size_t end,
		  unsigned confidence);

/*
 * A structural detector: what no expression says well (invisible runes, bidi controls, mixed scripts, delimiters).
 * Looks at the whole original text once; must be linear. non_ascii tells whether any byte is ≥ 0x80, so that most return at once.
 */
typedef void (*guard_detector)(struct guard_scan *s, const struct guard_pattern *p, struct str text,
			       bool non_ascii);
/* By the name used in the table, or NULL. detect.c has the table. */
guard_detector guard_detector_find(const char *name);

/*
 * Finds encoded parts (base64, base64url, hex, percent, rot13) of text and has each decoded one scanned again under the same rules;
 * bounded: depth 2, 256 KiB decoded per text, 64 parts. Only a part whose decoded form has a finding is reported. decode.c
 */
void guard_decode(struct guard_scan *s, struct str text);
/* The engine's side of it: scans a decoded part; findings inside are reported over [start, end) with this encoding. Depth is the engine's. */
void guard_scan_part(struct guard_scan *s, struct str decoded, size_t start, size_t end,
		     const char *encoding);
struct arena *guard_scan_arena(struct guard_scan *s);

/* What folds to a blank among ASCII. */
static inline bool guard_is_white(char c)
{
	return c == ' ' || (unsigned char)(c - '\t') < 5;
}

#endif
