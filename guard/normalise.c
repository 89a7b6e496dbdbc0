/*
 * The folded view. Nearly all text is ASCII, so that is done sixteen bytes at a time: lower case, white space to blanks. What needs
 * a closer look (a second white space, '&', '*', a hyphen at the end of a line, controls, anything beyond ASCII) stops the stride.
 */
#include "guard/fold.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "guard/guard_int.h"

struct fold {
	struct str in;
	struct arena *arena;
	char *out; /* in.len + 16 bytes: nothing folds to more bytes than it had */
	size_t len;
	struct guard_run *runs;
	size_t run_count, run_cap;
	size_t word_end; /* up to here what is known of the word holds */
	bool word_mixed, altered;
};

static bool is_letter(char c)
{
	return (unsigned char)((c | 0x20) - 'a') < 26;
}

/* What is written next comes from origin on; in one piece of so many bytes, or (0) byte for byte. */
static void run_from(struct fold *f, size_t origin, size_t width)
{
	if (!f->run_count && !width && origin == f->len)
		return;
	if (f->run_count) {
		struct guard_run *last = &f->runs[f->run_count - 1];
		if (!width && !last->width && last->origin + (f->len - last->at) == origin)
			return;
		if (last->at == f->len)
			f->run_count--;
	}
	if (!f->run_count && f->len) {
		ARENA_GROW(f->arena, f->runs, f->run_count, f->run_cap);
		f->runs[f->run_count++] = (struct guard_run){0};
	}
	ARENA_GROW(f->arena, f->runs, f->run_count, f->run_cap);
	f->runs[f->run_count++] = (struct guard_run){(uint32_t)f->len, (uint32_t)origin,
						     (uint32_t)width};
}

/* Writes what `width` bytes at origin stand for. */
static void put(struct fold *f, size_t origin, size_t width, const char *p, size_t len)
{
	if (!len)
		return;
	run_from(f, origin, len == width ? 0 : width);
	memcpy(f->out + f->len, p, len);
	f->len += len;
}

static void put_blank(struct fold *f, size_t origin, size_t width)
{
	if (!f->len || f->out[f->len - 1] != ' ')
		put(f, origin, width, " ", 1);
}

/* Where the letters around *at* end, and whether any of them is ASCII; by bytes, for all of another script count. */
static size_t letters_end(struct str in, size_t at, bool *ret_ascii)
{
	size_t end = at, start = at;
	*ret_ascii = false;
	while (end < in.len && end - at < 256 && (in.p[end] & 0x80 || is_letter(in.p[end])))
		*ret_ascii |= !(in.p[end++] & 0x80);
	while (start > 0 && at - start < 256 && !*ret_ascii &&
	       (in.p[start - 1] & 0x80 || is_letter(in.p[start - 1])))
		*ret_ascii = !(in.p[--start] & 0x80);
	return end;
}

/* A look-alike is Latin in a word that mixes, and in a word of look-alikes only that follows Latin. */
static bool in_mixed_word(struct fold *f, size_t at)
{
	if (at < f->word_end)
		return f->word_mixed;
	struct fold_word w;
	bool ascii, after_latin;
	f->word_end = letters_end(f->in, at, &ascii);
	f->word_mixed = false;
	after_latin = f->len > 1 && f->out[f->len - 1] == ' ' && is_letter(f->out[f->len - 2]);
	if (!ascii && !after_latin)
		return false;
	fold_word_at(f->in, at, &w);
	f->word_mixed = fold_word_is_mixed(&w) ||
			(w.alike > 1 && !w.latin && !w.other && after_latin);
	f->word_end = w.end;
	return f->word_mixed;
}

/* One rune, read at origin from width bytes of the text (itself, or an entity). */
static void put_rune(struct fold *f, uint32_t rune, size_t origin, size_t width, bool entity)
{
	char to = 0, bytes[4];
	if (rune < 0x80) {
		to = (char)rune;
		if (guard_is_white(to))
			put_blank(f, origin, width);
		else if (rune >= 0x20 && rune != 0x7F) {
			to = (char)(is_letter(to) ? to | 0x20 : to);
			put(f, origin, width, &to, 1);
		}
		return;
	}
	switch (fold_rune(rune, &to)) {
	case FOLD_DROP:
		return;
	case FOLD_PLAIN:
		if (to == ' ')
			put_blank(f, origin, width);
		else
			put(f, origin, width, &to, 1);
		return;
	case FOLD_LONG: {
		const char *z = fold_rune_long(rune);
		run_from(f, origin, width);
		memcpy(f->out + f->len, z, strlen(z));
		f->len += strlen(z);
		return;
	}
	case FOLD_MARK:
		if (f->len && (unsigned char)f->out[f->len - 1] < 0x80)
			return;
		break;
	case FOLD_ALIKE:
		if (!entity && in_mixed_word(f, origin)) {
			put(f, origin, width, &to, 1);
			return;
		}
		break;
	case FOLD_OTHER:
		break;
	}
	put(f, origin, width, bytes, rune_encode(rune_lower(rune), bytes));
}

/* "instruc-\ntions": takes the hyphen back. At the white space; returns where the word goes on. */
static size_t join_hyphen(struct fold *f, size_t at, size_t next)
{
	struct str in = f->in;
	bool inside = at >= 2 && in.p[at - 1] == '-' && is_letter(in.p[at - 2]) && next < in.len &&
		      is_letter(in.p[next]) && f->len >= 2 && f->out[f->len - 1] == '-';
	if (!inside)
		return at;
	f->altered = true;
	f->len--;
	if (f->run_count && f->runs[f->run_count - 1].at > f->len)
		f->run_count--;
	return next;
}

static size_t skip_white(struct str in, size_t at)
{
	while (at < in.len && guard_is_white(in.p[at]))
		at++;
	return at;
}

/* Markdown's stars inside of a word. */
static size_t stars(struct fold *f, size_t at)
{
	size_t end = at;
	while (end < f->in.len && f->in.p[end] == '*')
		end++;
	bool inside = at > 0 && is_letter(f->in.p[at - 1]) && end < f->in.len &&
		      is_letter(f->in.p[end]);
	f->altered |= inside;
	if (!inside)
		put(f, at, end - at, f->in.p + at, end - at);
	return end;
}

/* What stopped the stride, at *at*. Returns where to go on; moves by a byte at least. */
static size_t closer_look(struct fold *f, size_t at)
{
	char c = f->in.p[at];
	uint32_t rune;
	if (guard_is_white(c)) {
		size_t end = skip_white(f->in, at);
		if (memchr(f->in.p + at, '\n', end - at) && join_hyphen(f, at, end) == end)
			return end;
		put_blank(f, at, 1);
		return end;
	}
	if (c == '*')
		return stars(f, at);
	if (c == '&') {
		size_t len = fold_entity(f->in, at, &rune);
		if (!len) {
			put(f, at, 1, "&", 1);
			return at + 1;
		}
		f->altered = true;
		put_rune(f, rune, at, len, true);
		return at + len;
	}
	if ((unsigned char)c < 0x80) {
		f->altered = true;
		put_rune(f, (unsigned char)c, at, 1, false);
		return at + 1;
	}
	size_t pos = at;
	rune = str_next_rune(f->in, &pos);
	size_t before = f->len, width = pos - at;
	if (rune == 0xFFFD)
		put(f, at, width, f->in.p + at, width);
	else
		put_rune(f, rune, at, width, false);
	f->altered |= f->len - before != width || memcmp(f->out + before, f->in.p + at, width) != 0;
	return pos;
}

/* Bytes that need no closer look, one by one. */
static size_t plain_bytes(struct fold *f, size_t at, size_t to)
{
	for (; at < to; at++) {
		unsigned char c = (unsigned char)f->in.p[at];
		bool white = guard_is_white((char)c);
		char last = f->len ? f->out[f->len - 1] : 'x';
		if ((c < 0x20 && !white) || c >= 0x7F || c == '&' || c == '*' ||
		    (white && (last == ' ' || (c == '\n' && last == '-'))))
			break;
		f->out[f->len++] = (char)(white ? ' ' : is_letter((char)c) ? c | 0x20 : c);
	}
	return at;
}

#ifdef __SSE2__
static inline unsigned equal(__m128i v, char c)
{
	return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(c)));
}

static inline __m128i between(__m128i v, char low, char high)
{
	return _mm_and_si128(_mm_cmpgt_epi8(v, _mm_set1_epi8((char)(low - 1))),
			     _mm_cmplt_epi8(v, _mm_set1_epi8((char)(high + 1))));
}

/* Sixteen bytes to out, and which of them need a closer look. */
static inline unsigned fold_block(const char *p, char *out, char last)
{
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i blank = _mm_set1_epi8(' ');
	__m128i white = _mm_or_si128(_mm_cmpeq_epi8(v, blank), between(v, '\t', '\r'));
	__m128i low = _mm_or_si128(v, _mm_and_si128(between(v, 'A', 'Z'), blank));
	_mm_storeu_si128((__m128i *)(void *)out,
			 _mm_or_si128(_mm_andnot_si128(white, low), _mm_and_si128(white, blank)));
	unsigned whites = (unsigned)_mm_movemask_epi8(white);
	/* Signed: what is beyond ASCII is below the blank too. */
	unsigned odd = (unsigned)_mm_movemask_epi8(_mm_cmplt_epi8(v, blank)) & ~whites;
	odd |= equal(v, 0x7F) | equal(v, '&') | equal(v, '*');
	odd |= whites & (whites << 1 | (last == ' '));
	return odd | (equal(v, '\n') & (equal(v, '-') << 1 | (last == '-')));
}

static size_t plain(struct fold *f, size_t at, size_t to)
{
	run_from(f, at, 0);
	while (to - at >= 16) {
		char last = f->len ? f->out[f->len - 1] : 'x';
		unsigned odd = fold_block(f->in.p + at, f->out + f->len, last);
		size_t n = odd ? (size_t)__builtin_ctz(odd) : 16;
		f->len += n;
		at += n;
		if (odd)
			return at;
	}
	return plain_bytes(f, at, to);
}
#else
static size_t plain(struct fold *f, size_t at, size_t to)
{
	run_from(f, at, 0);
	return plain_bytes(f, at, to);
}
#endif

static void fold_range(struct fold *f, size_t at, size_t to)
{
	while (at < to) {
		/* Text of other scripts comes rune after rune; a stride for each would be wasted. */
		if ((unsigned char)f->in.p[at] < 0x80)
			at = plain(f, at, to);
		if (at < to)
			at = closer_look(f, at);
	}
}

#define SPACED_MAX 1024

/* Letters set apart: the separator goes, a wider gap becomes a blank. Without wider gaps known words are told apart. */
static void fold_spaced(struct fold *f, size_t start, size_t end)
{
	char letters[SPACED_MAX];
	size_t origin[SPACED_MAX], n = 0;
	bool gaps = false;
	char separator = f->in.p[start + 1];
	for (size_t i = start; i < end && n + 1 < SPACED_MAX; i++) {
		char c = f->in.p[i];
		bool wide = i > start && !is_letter(f->in.p[i - 1]);
		if (is_letter(c)) {
			letters[n] = (char)(c | 0x20);
			origin[n++] = i;
		} else if ((wide || c != separator) && n && letters[n - 1] != ' ') {
			letters[n] = ' ';
			origin[n++] = i;
			gaps = true;
		}
	}
	for (size_t i = 0, word; i < n; i += word) {
		word = gaps ? 0 : fold_known_prefix(str_make(letters + i, n - i));
		if (word > 1 && i && f->out[f->len - 1] != ' ')
			put(f, origin[i] - 1, 1, " ", 1);
		bool known = word > 1;
		word = known ? word : 1;
		for (size_t k = i; k < i + word; k++)
			put(f, origin[k], 1, &letters[k], 1);
		if (known && i + word < n)
			put(f, origin[i + word] - 1, 1, " ", 1);
	}
}

void guard_fold(struct str text, struct arena *a, struct guard_view *ret)
{
	struct fold f = {.in = text, .arena = a};
	f.out = arena_alloc(a, text.len + 16);
	size_t at = 0, start, end;
	while (fold_spaced_find(text, at, &start, &end)) {
		fold_range(&f, at, start);
		fold_spaced(&f, start, end);
		f.altered = true;
		at = end;
	}
	fold_range(&f, at, text.len);
	f.altered |= fold_leet(f.out, f.len);
	*ret = (struct guard_view){str_make(f.out, f.len), f.runs, f.run_count, f.altered};
}

size_t guard_view_at(const struct guard_view *v, size_t origin)
{
	size_t low = 0, high = v->run_count;
	if (!v->runs)
		return origin;
	while (low + 1 < high) {
		size_t mid = (low + high) / 2;
		if (v->runs[mid].origin <= origin)
			low = mid;
		else
			high = mid;
	}
	const struct guard_run *r = &v->runs[low];
	size_t end = low + 1 < v->run_count ? r[1].at : v->text.len;
	return MIN(r->at + (origin - r->origin), end);
}

static const struct guard_run *run_at(const struct guard_view *v, size_t at)
{
	size_t low = 0, high = v->run_count;
	while (low + 1 < high) {
		size_t mid = (low + high) / 2;
		if (v->runs[mid].at <= at)
			low = mid;
		else
			high = mid;
	}
	return &v->runs[low];
}

void guard_view_span(const struct guard_view *v, size_t start, size_t end, size_t *ret_start,
		     size_t *ret_end)
{
	*ret_start = start;
	*ret_end = end;
	if (!v->runs)
		return;
	const struct guard_run *r = run_at(v, start);
	*ret_start = r->origin + (r->width ? 0 : start - r->at);
	if (end <= start) {
		*ret_end = *ret_start;
		return;
	}
	r = run_at(v, end - 1);
	*ret_end = r->origin + (r->width ? r->width : end - r->at);
}
