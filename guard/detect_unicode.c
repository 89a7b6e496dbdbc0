/* What Unicode hides: runes that show nothing, text that reads in another order than it is stored, letters of two scripts in a word. */
#include "guard/detect_int.h"
#include "guard/fold.h"

#define NEAR 64 /* bytes between two of a kind that are one finding */

/* A finding that grows while more of its kind is near. */
struct cluster {
	struct guard_scan *scan;
	const struct guard_pattern *pattern;
	size_t start, end;
	unsigned weight, least; /* reported from this weight on */
};

static void flush(struct cluster *c)
{
	if (c->weight >= c->least && c->end > c->start)
		guard_report(c->scan, c->pattern, c->start, c->end, 0);
	c->start = c->end = 0;
	c->weight = 0;
}

static void add(struct cluster *c, size_t start, size_t end, unsigned weight)
{
	if (c->end && start > c->end + NEAR)
		flush(c);
	if (!c->end)
		c->start = start;
	c->end = end;
	c->weight += weight;
}

/* The next byte beyond ASCII, or text.len. */
static size_t next_wide(struct str text, size_t at)
{
	for (uint64_t eight; text.len - at >= 8; at += 8) {
		memcpy(&eight, text.p + at, 8);
		if (eight & 0x8080808080808080u)
			break;
	}
	while (at < text.len && !(text.p[at] & 0x80))
		at++;
	return at;
}

static bool is_ascii_letter(uint32_t rune)
{
	return (rune | 0x20) - 'a' < 26;
}

/* Emoji and what makes them up, as far as joiners stand between such. */
static bool is_emoji(uint32_t rune)
{
	return (rune >= 0x1F000 && rune < 0x1FB00) || (rune >= 0x2190 && rune < 0x2C00) ||
	       rune == 0xFE0F || rune == 0x20E3 || rune == 0xA9 || rune == 0xAE || rune == 0x2122 ||
	       rune == 0x3030;
}

/* Scripts that are written with joiners, and those that break lines at zero-width spaces. */
static bool joins(uint32_t rune)
{
	return (rune >= 0x590 && rune < 0x1000) || (rune >= 0x1000 && rune < 0x1100) ||
	       (rune >= 0x1780 && rune < 0x18B0) || (rune >= 0x1900 && rune < 0x1C50) ||
	       (rune >= 0xA800 && rune < 0xAC00) || (rune >= 0xFB1D && rune < 0xFE00) ||
	       (rune >= 0xFE70 && rune < 0xFEFF) || (rune >= 0x3040 && rune < 0xA000) ||
	       (rune >= 0x11000 && rune < 0x12000) || (rune >= 0x1E900 && rune < 0x1F000);
}

/* Shows nothing and joins or parts nothing that Latin needs; the soft hyphen, marks and selectors are others' business. */
static bool is_invisible(uint32_t r)
{
	return (r >= 0x200B && r <= 0x200D) || (r >= 0x2060 && r <= 0x2065) || r == 0xFEFF ||
	       r == 0x34F || r == 0x115F || r == 0x1160 || r == 0x3164 || r == 0xFFA0 ||
	       r == 0x180E || r == 0x2800 || r == 0x17B4 || r == 0x17B5 ||
	       (r >= 0x206A && r <= 0x206F) || (r >= 0x1D173 && r <= 0x1D17A);
}

/* What an invisible run between two runes weighs; 2 is a finding. */
static unsigned weigh(uint32_t before, uint32_t after, uint32_t first, size_t count)
{
	if (count == 1 && (joins(before) || joins(after)))
		return 0;
	if (count == 1 && first == 0x200D && is_emoji(before) && is_emoji(after))
		return 0;
	if (count >= 3)
		return 2;
	bool splits = is_ascii_letter(before) && is_ascii_letter(after);
	if (!splits)
		return count >= 2 && !joins(before) && !joins(after) ? 1 : 0;
	return first == 0x200C || first == 0x200D || first == 0x34F ? 1 : 2;
}

void detect_invisible(struct guard_scan *s, const struct guard_pattern *p, struct str text,
		      bool non_ascii)
{
	struct cluster c = {s, p, 0, 0, 0, 2};
	if (!non_ascii)
		return;
	for (size_t at = 0; (at = next_wide(text, at)) < text.len;) {
		size_t start = at;
		uint32_t before = at ? (unsigned char)text.p[at - 1] : 0;
		/* Runes one after another, so that what stands before is known. */
		while (at < text.len && text.p[at] & 0x80) {
			size_t rune_at = at, count = 0;
			uint32_t rune = str_next_rune(text, &at), first = rune;
			if (!is_invisible(rune) || (rune == 0xFEFF && rune_at == 0)) {
				before = rune;
				continue;
			}
			start = rune_at;
			size_t end = at;
			for (; is_invisible(rune); count++) {
				end = at;
				rune = at < text.len ? str_next_rune(text, &at) : 0;
			}
			unsigned weight = weigh(before, rune, first, count);
			if (weight)
				add(&c, start, end, weight);
			at = end;
			before = first;
		}
	}
	flush(&c);
}

/* Lead byte of planes 14's runes: F3 A0. */
static size_t next_plane14(struct str text, size_t at)
{
	while (at + 1 < text.len) {
		const char *hit = memchr(text.p + at, 0xF3, text.len - at);
		if (!hit)
			return text.len;
		at = (size_t)(hit - text.p);
		if (at + 3 < text.len && (unsigned char)text.p[at + 1] == 0xA0)
			return at;
		at++;
	}
	return text.len;
}

/* Tag characters spell ASCII that nobody sees; only flags of regions are written with them. */
void detect_tags(struct guard_scan *s, const struct guard_pattern *p, struct str text,
		 bool non_ascii)
{
	struct cluster c = {s, p, 0, 0, 0, 1};
	if (!non_ascii)
		return;
	for (size_t at = 0; (at = next_plane14(text, at)) < text.len;) {
		size_t start = at, end = at, count = 0, pos = at;
		bool flag = at >= 4 && memcmp(text.p + at - 4, "\xF0\x9F\x8F\xB4", 4) == 0;
		uint32_t rune = 0, last = 0;
		while (pos < text.len && (rune = str_next_rune(text, &pos)) >= 0xE0000 &&
		       rune < 0xE0080) {
			end = pos;
			last = rune;
			count++;
		}
		if (count && !(flag && count <= 7 && last == 0xE007F))
			add(&c, start, end, 1);
		at = MAX(end, at + 1);
	}
	flush(&c);
}

static bool is_selector(uint32_t rune)
{
	return (rune >= 0xFE00 && rune <= 0xFE0F) || (rune >= 0xE0100 && rune <= 0xE01EF);
}

/* A variation selector follows what it varies, alone; bytes are smuggled in rows of them, or one behind each letter. */
void detect_selectors(struct guard_scan *s, const struct guard_pattern *p, struct str text,
		      bool non_ascii)
{
	struct cluster c = {s, p, 0, 0, 0, 2};
	if (!non_ascii)
		return;
	for (size_t at = 0; (at = next_wide(text, at)) < text.len;) {
		unsigned char lead = (unsigned char)text.p[at];
		if (lead != 0xEF && lead != 0xF3) {
			at++;
			continue;
		}
		size_t start = at, end = at, count = 0, pos = at;
		bool supplement = false;
		uint32_t rune;
		while (pos < text.len && is_selector(rune = str_next_rune(text, &pos))) {
			supplement |= rune >= 0xE0100;
			end = pos;
			count++;
		}
		bool letter = start > 0 && is_ascii_letter((unsigned char)text.p[start - 1]);
		if (count >= 3 || (count == 2 && supplement))
			add(&c, start, end, 2);
		else if (count && letter)
			add(&c, start, end, 1);
		at = MAX(end, at + 1);
	}
	flush(&c);
}

/* ---- the order of reading ------------------------------------------------------------------------------------ */

static bool is_right_to_left(uint32_t r)
{
	return (r >= 0x590 && r < 0x900) || (r >= 0xFB1D && r < 0xFE00) ||
	       (r >= 0xFE70 && r < 0xFEFF) || (r >= 0x10800 && r < 0x11000) ||
	       (r >= 0x1E800 && r < 0x1F000);
}

/* Where what opens at `at` ends (its closer, or the line), and whether letters in it read from right to left. */
static size_t bidi_end(struct str text, size_t at, bool *ret_rtl)
{
	*ret_rtl = false;
	size_t pos = at;
	while (pos < text.len && text.p[pos] != '\n' && pos - at < 4096) {
		uint32_t rune = str_next_rune(text, &pos);
		if (rune == 0x202C || rune == 0x2069)
			return pos;
		*ret_rtl = *ret_rtl || is_right_to_left(rune);
	}
	return pos;
}

/*
 * Overrides have no place in any text; embeddings and isolates that turn the direction of letters that do not need it neither.
 * Marks, and isolates from left to right (around names, numbers), are ordinary.
 */
void detect_bidi(struct guard_scan *s, const struct guard_pattern *p, struct str text,
		 bool non_ascii)
{
	struct cluster c = {s, p, 0, 0, 0, 1};
	if (!non_ascii)
		return;
	for (size_t at = 0; at < text.len;) {
		const char *hit = memchr(text.p + at, 0xE2, text.len - at);
		if (!hit)
			break;
		size_t start = (size_t)(hit - text.p), pos = start;
		uint32_t rune = str_next_rune(text, &pos);
		at = pos;
		bool turns = rune == 0x202B || rune == 0x2067,
		     overrides = rune == 0x202D || rune == 0x202E;
		if (!turns && !overrides)
			continue;
		bool rtl;
		size_t end = bidi_end(text, pos, &rtl);
		if (overrides || !rtl)
			add(&c, start, end, 1);
		at = end;
	}
	flush(&c);
}

/* ---- letters of two scripts ------------------------------------------------------------------------------------ */

/*
 * Not every mixture is a forgery: symbols with an index (αmax), units (μm), genes (IκB), and Russian endings after a name (USBшный,
 * SMSа) are written like that.
 */
static bool is_forged(const struct fold_word *w, bool greek)
{
	if (!fold_word_is_mixed(w) || w->other || w->latin + w->alike < 3)
		return false;
	if (greek && w->capitals)
		return false;
	return w->changes >= 2 || !w->latin_first;
}

void detect_mixed_script(struct guard_scan *s, const struct guard_pattern *p, struct str text,
			 bool non_ascii)
{
	struct cluster c = {s, p, 0, 0, 0, 1};
	if (!non_ascii)
		return;
	for (size_t at = 0; (at = next_wide(text, at)) < text.len;) {
		size_t start = at;
		char to;
		uint32_t rune = str_next_rune(text, &at);
		if (rune < 0x370 || fold_rune(rune, &to) != FOLD_ALIKE)
			continue;
		struct fold_word w;
		fold_word_at(text, start, &w);
		if (is_forged(&w, rune < 0x400))
			add(&c, w.start, w.end, 1);
		at = MAX(at, w.end);
	}
	flush(&c);
}
