/*
 * Inside a scan. A frame is one text being looked at: the text given, a folded window of it, or a part that was decoded.
 */
#ifndef GUARD_SCAN_INT_H
#define GUARD_SCAN_INT_H

#include "guard/table_int.h"

/* A part to be folded. */
struct window {
	size_t start, end;
};

/* A literal of a folded rule that stands in the original. */
struct folded_hit {
	uint32_t at, lead;
	uint32_t rules; /* bit i: the lead's pattern i is to be tried; those past 31 are too */
};

struct frame {
	struct str text;
	struct frame
		*outer; /* whose bytes the spans of this one are mapped to; NULL: the text given */
	const struct guard_view *view; /* of a folded window */
	size_t base; /* where the window begins in outer */
	const char *encoding; /* of a decoded part: all of it is [base, end) of outer */
	size_t end;
	unsigned depth; /* decoded so many times */
	struct guard_seen *seen; /* by pattern: what was tried last */
	struct window *windows;
	size_t window_count, window_cap;
	struct folded_hit *hits; /* that lie in the windows */
	size_t hit_count, hit_cap;
	bool hits_lost; /* too many: the windows are searched again */
	struct guard_block *blocks; /* of the words in it */
	size_t block_count;
};

/* Where a pattern was tried last and how far it came, so that no place is tried twice. */
struct guard_seen {
	size_t at; /* + 1 */
	size_t matched; /* end of the last match */
	size_t covered; /* no match of a pattern with a lead begins before */
	size_t failed; /* tries since the last match */
	/* No match of what must be ahead begins in [ahead_from, ahead_at), one does at ahead_at; SIZE_MAX: none. */
	size_t ahead_from, ahead_at;
};

struct guard_scan {
	const struct guard_rules *rules;
	struct guard_options opt;
	struct str text; /* the one given */
	struct arena *out; /* the caller's */
	struct arena *scratch; /* until the end of the scan */
	struct arena *fold; /* until the end of a window */
	struct frame *frame; /* being looked at */
	struct guard_findings *found;
	int64_t deadline_ms;
	uint64_t steps;
	int failed; /* the code; what follows is skipped */
	struct err *err;
	struct guard_seen *view_seen; /* of the window that is looked at */
	size_t *allows; /* where guard:allow stands */
	size_t allow_count, allow_cap;
};

/* False when the scan is over: a limit was hit. Looks at the clock now and then. */
bool guard_scan_go_on(struct guard_scan *s, unsigned steps);

/* Tries a pattern that a hit at `at` of the frame's text leads to. scan_match.c */
bool guard_scan_try(struct guard_scan *s, const struct guard_pattern *p, size_t at);
/* The patterns led from digits, over the frame's text. scan_digits.c */
void guard_scan_digits(struct guard_scan *s);
/* Asks for the text around `at` of the frame to be folded. scan_fold.c */
void guard_scan_want_fold(struct guard_scan *s, size_t at);
/* A literal of folded rules stands at `at`, plainly or with other white space: asks for folding, and remembers it. */
void guard_scan_folded_hit(struct guard_scan *s, uint32_t lead, size_t at);
/* Phrases whose words more than a blank or a line's end sets apart. scan_phrase.c */
void guard_scan_phrases(struct guard_scan *s);
/* Whether what p needs stands around a hit in the frame's text. scan_needs.c */
bool guard_scan_has_needs(struct guard_scan *s, const struct guard_pattern *p, size_t hit);
/* Bytes [start, end) of the frame's text may hold any word. */
void guard_scan_hide(struct guard_scan *s, size_t start, size_t end);
/* Marks what is not ASCII, then folds all windows and looks at them. True when there is any byte past ASCII. */
bool guard_scan_mark_runes(struct guard_scan *s);
/* What hides words in plain ASCII: letters set apart, digits for letters, words cut in two. */
void guard_scan_mark_disguises(struct guard_scan *s);
void guard_scan_windows(struct guard_scan *s);
/* Looks at one of them; hits are the literals in it, NULL: they are to be searched for. scan.c */
void guard_scan_window(struct guard_scan *s, const struct guard_view *view, size_t base,
		       const struct folded_hit *hits, size_t count);
/* Order, overlaps, guard:allow. scan_finish.c */
void guard_scan_finish(struct guard_scan *s);

#endif
