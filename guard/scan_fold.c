/*
 * Which parts of a text are folded. Folding costs more than searching, and of most texts nothing wants it: the words of
 * folded rules are searched for in the original, either case, and only a window around a hit is folded. What could hide a
 * word from that search (anything past ASCII but plain punctuation, character references) is folded where it stands.
 */
#include <stdlib.h>

#include "guard/fold.h"
#include "guard/scan_int.h"

#define BEFORE 192 /* bytes of a window before a hit, white space beyond the ordinary not counted */
#define AFTER 320
#define STRETCH 4096 /* the most that white space stretches it */
#define WINDOW_MAX ((size_t)256 << 10) /* folded at a time */
#define OVERLAP ((size_t)1024) /* of two such windows */

/* Blanks, line ends and controls: eight bytes at a time, those without a high bit that are no more than a blank. */
static size_t count_spaces(struct str text, size_t from, size_t to)
{
	const uint64_t high = 0x8080808080808080u;
	size_t n = 0;
	for (uint64_t w; to - from >= 8; from += 8) {
		memcpy(&w, text.p + from, sizeof(w));
		uint64_t more = ((w & ~high) + 0x5F5F5F5F5F5F5F5Fu) | w;
		n += (size_t)__builtin_popcountll(~more & high);
	}
	for (; from < to; from++)
		n += (unsigned char)text.p[from] <= ' ';
	return n;
}

/* Where the window before `at` begins: text that is mostly white space is gone through further. */
static size_t before(struct str text, size_t at)
{
	size_t start = at > BEFORE ? at - BEFORE : 0;
	while (start > 0 && at - start < STRETCH &&
	       count_spaces(text, start, MIN(start + BEFORE, at)) > BEFORE / 2)
		start = start > BEFORE ? start - BEFORE : 0;
	return start;
}

static size_t after(struct str text, size_t at)
{
	size_t end = text.len - at > AFTER ? at + AFTER : text.len;
	while (end < text.len && end - at < STRETCH &&
	       count_spaces(text, MAX(end - BEFORE, at), end) > BEFORE / 2)
		end = text.len - end > BEFORE ? end + BEFORE : text.len;
	return end;
}

static void want_fold_of(struct guard_scan *s, size_t start, size_t end)
{
	struct frame *f = s->frame;
	struct str text = f->text;
	struct window *last = f->window_count ? &f->windows[f->window_count - 1] : NULL;
	/* Hits come nearly in order: what begins in the last window only lengthens it. */
	if (last && start >= last->start && start <= last->end) {
		if (end + AFTER / 2 > last->end)
			last->end = after(text, end);
		return;
	}
	ARENA_GROW(s->scratch, f->windows, f->window_count, f->window_cap);
	f->windows[f->window_count++] = (struct window){before(text, start), after(text, end)};
}

void guard_scan_want_fold(struct guard_scan *s, size_t at)
{
	want_fold_of(s, at, at);
}

#define HITS_MAX ((size_t)1 << 18)

void guard_scan_folded_hit(struct guard_scan *s, uint32_t lead, size_t at)
{
	struct frame *f = s->frame;
	if (f->hit_count == HITS_MAX) {
		f->hits_lost = true;
		guard_scan_want_fold(s, at);
		return;
	}
	ARENA_GROW(s->scratch, f->hits, f->hit_count, f->hit_cap);
	f->hits[f->hit_count++] = (struct folded_hit){(uint32_t)at, lead, 0};
}

/* --- what is past ASCII ----------------------------------------------------------------------------------- */

/* Bytes of the plain rune at p (dashes, quotes, ellipsis, ideographs), which stands for no letter of ours; 0: another. */
static unsigned plain_rune(const char *p, size_t left)
{
	const uint8_t *b = (const uint8_t *)p;
	if (left >= 3 && b[0] == 0xE2 && b[1] == 0x80)
		return (b[2] >= 0x93 && b[2] <= 0x9E) || b[2] == 0xA2 || b[2] == 0xA6 ? 3 : 0;
	if (left >= 3 && b[0] == 0xE2 && (b[1] == 0x86 || b[1] == 0x94 || b[1] == 0x95))
		return 3; /* arrows, boxes */
	if (left >= 3 && b[0] >= 0xE4 && b[0] <= 0xE9)
		return 3; /* ideographs */
	if (left >= 3 && (b[0] == 0xEB || b[0] == 0xEC))
		return 3; /* Hangul */
	if (left >= 2 && b[0] >= 0xD8 && b[0] <= 0xDA)
		return 2; /* Arabic */
	return 0;
}

static size_t next_rune(struct str text, size_t at)
{
	while (at + 8 <= text.len) {
		uint64_t w;
		memcpy(&w, text.p + at, sizeof(w));
		if ((w &= 0x8080808080808080u))
			return at + ((unsigned)__builtin_ctzll(w) >> 3);
		at += 8;
	}
	while (at < text.len && !((uint8_t)text.p[at] & 0x80))
		at++;
	return at;
}

bool guard_scan_mark_runes(struct guard_scan *s)
{
	struct str text = s->frame->text;
	size_t at = next_rune(text, 0);
	bool any = at < text.len;
	while (at < text.len && guard_scan_go_on(s, 1)) {
		unsigned plain = plain_rune(text.p + at, text.len - at);
		size_t end = at + (plain ? plain : 1);
		while (!plain && end < text.len && ((uint8_t)text.p[end] & 0x80))
			end++;
		if (!plain)
			want_fold_of(s, at, end);
		at = next_rune(text, end);
	}
	return any;
}

/* --- disguises in ASCII ------------------------------------------------------------------------------------ */

static void on_disguise(void *state, size_t start, size_t end)
{
	want_fold_of(state, start, end);
}

void guard_scan_mark_disguises(struct guard_scan *s)
{
	fold_disguises(s->frame->text, on_disguise, s);
}

/* --- folding ------------------------------------------------------------------------------------------------ */

static int by_start(const void *a, const void *b)
{
	const struct window *x = a, *y = b;
	return (x->start > y->start) - (x->start < y->start);
}

static size_t merge(struct window *w, size_t count)
{
	size_t kept = 0;
	if (count)
		qsort(w, count, sizeof(*w), by_start);
	for (size_t i = 1; i < count; i++) {
		if (w[i].start <= w[kept].end)
			w[kept].end = MAX(w[kept].end, w[i].end);
		else
			w[++kept] = w[i];
	}
	return count ? kept + 1 : 0;
}

static int by_at(const void *a, const void *b)
{
	const struct folded_hit *x = a, *y = b;
	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return (x->lead > y->lead) - (x->lead < y->lead);
}

/* The first hit at or after `at`. */
static size_t hit_from(const struct frame *f, size_t at)
{
	size_t low = 0, high = f->hit_count;
	while (low < high) {
		size_t mid = (low + high) / 2;
		if (f->hits[mid].at < at)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void fold_window(struct guard_scan *s, size_t start, size_t end)
{
	struct frame *f = s->frame;
	struct guard_view view = {.text = STR_NULL};
	arena_reset(s->fold);
	guard_fold(str_make(f->text.p + start, end - start), s->fold, &view);
	if (view.altered || f->hits_lost) {
		guard_scan_window(s, &view, start, NULL, 0);
		return;
	}
	size_t first = hit_from(f, start), last = hit_from(f, end);
	if (last > first)
		guard_scan_window(s, &view, start, &f->hits[first], last - first);
}

/* The patterns of the hit's lead that have what they need around it. */
static uint32_t wanted(struct guard_scan *s, const struct folded_hit *h)
{
	const struct guard_lead *lead = &s->rules->leads[h->lead];
	uint32_t rules = 0;
	for (uint32_t i = 0; i < lead->count && i < 32; i++)
		if (guard_scan_has_needs(s, s->rules->patterns[lead->patterns[i]], h->at))
			rules |= (uint32_t)1 << i;
	return lead->count > 32 ? UINT32_MAX : rules;
}

/* Hits around which a rule has what it needs; they want folding. */
static void sift_hits(struct guard_scan *s)
{
	struct frame *f = s->frame;
	size_t kept = 0, windows = f->window_count;
	if (f->hit_count > 1)
		qsort(f->hits, f->hit_count, sizeof(*f->hits), by_at);
	guard_needs_ready(s->rules);
	for (size_t i = 0; i < windows; i++)
		guard_scan_hide(s, f->windows[i].start, f->windows[i].end);
	for (size_t i = 0; i < f->hit_count && guard_scan_go_on(s, 1); i++)
		if ((f->hits[i].rules = wanted(s, &f->hits[i])) != 0) {
			guard_scan_want_fold(s, f->hits[i].at);
			f->hits[kept++] = f->hits[i];
		}
	f->hit_count = kept;
}

void guard_scan_windows(struct guard_scan *s)
{
	struct frame *f = s->frame;
	f->window_count = merge(f->windows, f->window_count);
	if (f->hit_count)
		sift_hits(s);
	struct window *w = f->windows;
	size_t count = merge(w, f->window_count);
	for (size_t i = 0; i < count; i++)
		for (size_t from = w[i].start; from < w[i].end && guard_scan_go_on(s, 8);) {
			size_t to = MIN(w[i].end, from + WINDOW_MAX);
			fold_window(s, from, to);
			from = to < w[i].end ? to - OVERLAP : to;
		}
}
