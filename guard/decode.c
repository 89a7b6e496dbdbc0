/*
 * Where encoded parts may be. One pass marks the bytes of a stretch of 64 by class, and shifts of the marks tell whether a run that is
 * worth decoding crosses it; prose has next to none. What does not decode to text is dropped at once.
 */
#include "guard/decode_int.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "guard/guard_int.h"

#define PARTS_MAX 64
#define DECODED_MAX ((size_t)256 << 10)
#define TRIES_MAX 20000 /* candidates that turned out to be none */
#define RUN_LEAST 20 /* letters of base64: fifteen bytes, less than any order or key */
#define PAIRS_LEAST 8 /* of hex */
#define CUTS_MOST 5 /* places in front of base85 that may belong to what stands before: name=" */

struct decode {
	struct guard_scan *scan;
	struct str text;
	size_t parts, decoded, tries;
	/* Everything before it was looked at: by all, for escapes, for percents, for rot13. What fails moves its own only. */
	size_t done, hex_done, percent_done, rot13_done, number_done, dense_done, line_done;
	struct buf *out; /* of the decoder that ran last */
	struct hex_row row; /* that was no text, before hex_done */
};

static bool is_base64(char c)
{
	return (unsigned char)((c | 0x20) - 'a') < 26 || (unsigned char)(c - '0') < 10 ||
	       c == '+' || c == '/' || c == '-' || c == '_';
}

static bool is_hex(char c)
{
	return (unsigned char)(c - '0') < 10 || (unsigned char)((c | 0x20) - 'a') < 6;
}

/* Scans what was decoded if it is text. */
static bool scan_part(struct decode *d, size_t start, size_t end, const char *encoding)
{
	size_t most = DECODED_MAX - d->decoded;
	d->out->len = MIN(d->out->len, most);
	if (!decode_is_text(d->out))
		return false;
	d->parts++;
	d->decoded += d->out->len;
	guard_scan_part(d->scan, buf_str(d->out), start, end, encoding);
	return true;
}

/* What starts with bytes that are no text is not decoded to its end. */
#define PROBE 32
#define HEX_PROBE 96

static bool try_base64(struct decode *d, size_t at)
{
	struct str head = str_sub(d->text, 0, at + PROBE);
	if (!decode_base64_probe(d->text, at))
		return false;
	buf_reset(d->out);
	decode_base64(head, at, d->out);
	if (d->out->len < RUN_LEAST / 2 || !decode_is_text(d->out))
		return false;
	buf_reset(d->out);
	size_t end = decode_base64(d->text, at, d->out);
	if (end - at < RUN_LEAST)
		return false;
	d->done = end;
	return scan_part(d, at, end, "base64");
}

/*
 * Whether what begins here, within what was decoded and was no text, cannot be text either: its first bytes tell. A long row of hex
 * would be decoded from each of its groups to its end.
 */
static bool is_no_text(struct decode *d, size_t at)
{
	if (at >= d->hex_done)
		return false;
	if (d->row.pairs && d->row.pairs <= DECODED_MAX - d->decoded &&
	    decode_hex_row_is_odd(&d->row, d->text, at))
		return true;
	buf_reset(d->out);
	decode_hex(str_sub(d->text, 0, at + HEX_PROBE), at, d->out);
	size_t bad = d->out->len;
	return !str_is_utf8(buf_str(d->out), &bad) && bad < PROBE && bad + 4 <= d->out->len &&
	       !memchr(d->out->data, 0, d->out->len);
}

#define ROW_LEAST 256 /* bytes of hex worth to be remembered */

static bool try_hex(struct decode *d, size_t at)
{
	if (is_no_text(d, at))
		return false;
	buf_reset(d->out);
	size_t end = decode_hex(d->text, at, d->out);
	d->hex_done = MAX(end, at + 1);
	if (d->out->len < PAIRS_LEAST || !scan_part(d, at, end, "hex")) {
		if (end - at >= ROW_LEAST)
			decode_hex_row(d->text, at, guard_scan_arena(d->scan), &d->row);
		return false;
	}
	d->done = end;
	return true;
}

/* Letters of one case with a digit among the first: of 150 rows of 24 random signs one has none, names of code nearly all. */
static bool may_be_base32(struct str run)
{
	size_t upper = 0, lower = 0, digits = 0, most = MIN(run.len, (size_t)24);
	for (size_t i = 0; i < most; i++) {
		unsigned char c = (unsigned char)run.p[i];
		digits += (unsigned char)(c - '0') < 10;
		upper += (unsigned char)(c - 'A') < 26;
		lower += (unsigned char)(c - 'a') < 26;
	}
	return digits && (!upper || !lower) && digits + upper + lower == most;
}

/* A run that is neither hex nor base64. */
static void try_other_run(struct decode *d, size_t at, size_t end)
{
	size_t part;
	while (at < end && strchr("+/-_", d->text.p[at]))
		at++;
	if (end - at < RUN_LEAST)
		return;
	if (may_be_base32(str_sub(d->text, at, end)) &&
	    (part = decode_base32(d->text, at, d->out)) > at) {
		d->done = MAX(part, end);
		scan_part(d, at, part, "base32");
		return;
	}
	if (at >= d->number_done && (unsigned char)(d->text.p[at] - '0') < 10) {
		part = decode_numbers(d->text, at, d->out);
		d->number_done = part;
		if (d->out->len) {
			scan_part(d, at, part, "numbers");
			return;
		}
	}
	buf_reset(d->out);
	if (decode_joined(d->text, at, end, d->out) > at)
		scan_part(d, at, end, "joined");
}

/* A run of the letters of base64: hex, base64, or base64 behind a separator that belongs to what stands before. */
static void try_run(struct decode *d, size_t at)
{
	size_t start = at, end = at;
	while (start > d->done && is_base64(d->text.p[start - 1]))
		start--;
	while (end < d->text.len && is_base64(d->text.p[end]))
		end++;
	size_t hex =
		start +
		(end - start > 2 && d->text.p[start] == '0' && d->text.p[start + 1] == 'x' ? 2 : 0);
	size_t digits = hex;
	while (hex < end && is_hex(d->text.p[hex]))
		hex++;
	d->done = end;
	if (hex == end && end - digits >= 2 * PAIRS_LEAST && try_hex(d, digits))
		return;
	size_t run = start;
	for (unsigned cuts = 0; cuts < 4 && end - start >= RUN_LEAST && d->done == end; cuts++) {
		if (try_base64(d, start))
			return;
		while (start < end && !strchr("+/-_", d->text.p[start]))
			start++;
		start++;
	}
	try_other_run(d, run, end);
}

static void try_percent(struct decode *d, size_t at)
{
	buf_reset(d->out);
	size_t start, end = decode_percent(d->text, at, &start, d->out);
	d->percent_done = MAX(end, at + 1);
	if (d->out->len + 6 <= end - start && scan_part(d, start, end, "url"))
		d->done = MAX(d->done, end);
}

static void try_entities(struct decode *d, size_t at)
{
	buf_reset(d->out);
	size_t end = decode_entities(d->text, at, d->out);
	d->hex_done = MAX(end, at + 1);
	if (d->out->len >= PAIRS_LEAST && scan_part(d, at, end, "html"))
		d->done = MAX(d->done, end);
}

static void try_rot13(struct decode *d, size_t at)
{
	buf_reset(d->out);
	size_t start, end = decode_rot13(d->text, at, &start, d->out);
	d->rot13_done = MAX(end, at + 1);
	unsigned before = decode_english(str_sub(d->text, start, end));
	if (decode_english(buf_str(d->out)) >= 2 + 2 * before)
		scan_part(d, start, end, "rot13");
}

static bool is_number(char c)
{
	return (unsigned char)(c - '0') < 10 || (c && strchr(" ,.-/\n", c));
}

/* The stretch of 64 bytes at `at` is digits, dots and dashes for the greater part; what they say may begin before it. */
static void try_numbers(struct decode *d, size_t at)
{
	size_t stop = MIN(d->text.len, at + 64), start = stop, longest = 0, end;
	for (size_t i = at, run = 0; i < stop; i++) {
		run = is_number(d->text.p[i]) ? run + 1 : 0;
		start = run > longest ? i + 1 - run : start;
		longest = MAX(longest, run);
	}
	size_t first = MAX(d->number_done, at > 64 ? at - 64 : 0);
	while (start <= at && start > first && is_number(d->text.p[start - 1]))
		start--;
	while (start < stop && strchr(" ,/\n", d->text.p[start]) && d->text.p[start])
		start++;
	d->number_done = at + 16;
	if (start >= stop)
		return;
	bool morse = d->text.p[start] == '.' || d->text.p[start] == '-';
	end = morse ? decode_morse(d->text, start, d->out) : decode_numbers(d->text, start, d->out);
	d->number_done = MAX(end, d->number_done);
	if (d->out->len)
		scan_part(d, start, end, morse ? "morse" : "numbers");
}

/* Many signs without a blank. */
static void try_dense(struct decode *d, size_t at)
{
	size_t start = at + 32, end;
	while (start > d->dense_done && at < start + 64 && d->text.p[start - 1] > ' ')
		start--;
	for (unsigned cuts = 0; cuts < CUTS_MOST; cuts++) {
		if ((end = decode_base85(d->text, start, d->out)) > start) {
			d->dense_done = end;
			scan_part(d, start, end, "base85");
			return;
		}
		while (start < at + 32 && !strchr("\"'=(:>", d->text.p[start]))
			start++;
		start++;
	}
	/* It would have begun where the signs begin. */
	for (end = at + 32; end < d->text.len && end - at < 4096 && d->text.p[end] > ' ';)
		end++;
	d->dense_done = end;
}

/* Whether the escape at `at` is one of four and more within a few words. */
static bool is_dotted_with(struct str text, size_t at)
{
	unsigned count = 0;
	size_t end = MIN(text.len, at + 64);
	for (size_t i = at; i + 2 < end; i++)
		count += text.p[i] == text.p[at] &&
			 (text.p[i] == '\\' ? strchr("ux0123", text.p[i + 1]) != NULL
					    : is_hex(text.p[i + 1]) && is_hex(text.p[i + 2]));
	return count >= 4 && (text.p[at] == '\\' || text.p[at] == '=');
}

static void try_line(struct decode *d, size_t at, bool quoted)
{
	size_t start, end;
	buf_reset(d->out);
	end = quoted ? decode_quoted(d->text, at, &start, d->out)
		     : decode_escapes(d->text, at, &start, d->out);
	d->line_done = MAX(end, at + 1);
	if (d->out->len + 6 <= end - start)
		scan_part(d, start, end, quoted ? "quoted-printable" : "escapes");
}

/* ---- the pass ------------------------------------------------------------------------------------------------ */

/* A bit for each of 64 bytes: what starts there. */
struct marks {
	uint64_t base64; /* a letter of its alphabet */
	uint64_t pairs; /* five pairs of hex digits, a sign after each */
	uint64_t percent; /* "%69", "=69" */
	uint64_t escape, entity; /* "\\x" "\\u" "\\151" "0x", "&#" */
	uint64_t
		rotated; /* letters that rot13 makes of frequent ones, where frequent ones are few */
	bool numbers, dense; /* digits or dots and dashes, or no blank: at the first byte */
};

/* What the bytes are; frequent and rare as of English, o t i and their images b g v. */
struct classes {
	uint64_t base64, hex, percent, backslash, zero, x, u, amp, hash, frequent, rare;
	uint64_t digit, blank;
};

#ifdef __SSE2__
static inline __m128i between(__m128i v, char low, char high)
{
	return _mm_and_si128(_mm_cmpgt_epi8(v, _mm_set1_epi8((char)(low - 1))),
			     _mm_cmplt_epi8(v, _mm_set1_epi8((char)(high + 1))));
}

static inline __m128i equal(__m128i v, char c)
{
	return _mm_cmpeq_epi8(v, _mm_set1_epi8(c));
}

static inline __m128i any3(__m128i v, char a, char b, char c)
{
	return _mm_or_si128(_mm_or_si128(equal(v, a), equal(v, b)), equal(v, c));
}

static inline uint64_t bits(__m128i v, unsigned shift)
{
	return (uint64_t)(unsigned)_mm_movemask_epi8(v) << shift;
}

static inline __attribute__((always_inline)) void classify(const char *p, struct classes *c)
{
	*c = (struct classes){0};
	for (unsigned i = 0; i < 64; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
		__m128i low = _mm_or_si128(v, _mm_set1_epi8(0x20));
		__m128i digit = between(v, '0', '9');
		__m128i sign = _mm_or_si128(any3(v, '+', '-', '/'), equal(v, '_'));
		__m128i letter = _mm_or_si128(between(low, 'a', 'z'), digit);
		c->base64 |= bits(_mm_or_si128(letter, sign), i);
		c->hex |= bits(_mm_or_si128(between(low, 'a', 'f'), digit), i);
		c->percent |= bits(_mm_or_si128(equal(v, '%'), equal(v, '=')), i);
		c->backslash |= bits(equal(v, '\\'), i);
		c->zero |= bits(equal(v, '0'), i);
		c->x |= bits(equal(low, 'x'), i);
		c->u |= bits(equal(low, 'u'), i);
		c->amp |= bits(equal(v, '&'), i);
		c->hash |= bits(equal(v, '#'), i);
		c->frequent |= bits(any3(low, 'o', 't', 'i'), i);
		c->rare |= bits(any3(low, 'b', 'g', 'v'), i);
		c->digit |= bits(digit, i);
		c->blank |= bits(_mm_cmplt_epi8(v, _mm_set1_epi8('!')), i);
	}
}
#else
static inline __attribute__((always_inline)) void classify(const char *p, struct classes *c)
{
	*c = (struct classes){0};
	for (unsigned i = 0; i < 64; i++) {
		uint64_t bit = (uint64_t)1 << i;
		char low = (char)(p[i] | 0x20);
		c->base64 |= is_base64(p[i]) ? bit : 0;
		c->hex |= is_hex(p[i]) ? bit : 0;
		c->percent |= p[i] == '%' || p[i] == '=' ? bit : 0;
		c->backslash |= p[i] == '\\' ? bit : 0;
		c->zero |= p[i] == '0' ? bit : 0;
		c->x |= low == 'x' ? bit : 0;
		c->u |= low == 'u' ? bit : 0;
		c->amp |= p[i] == '&' ? bit : 0;
		c->hash |= p[i] == '#' ? bit : 0;
		c->frequent |= low == 'o' || low == 't' || low == 'i' ? bit : 0;
		c->rare |= low == 'b' || low == 'g' || low == 'v' ? bit : 0;
		c->digit |= (unsigned char)(p[i] - '0') < 10 ? bit : 0;
		c->blank |= (signed char)p[i] < '!' ? bit : 0;
	}
}
#endif

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2,popcnt,bmi,bmi2")))

/* The same, 32 bytes at a time. */
AVX2 static inline __m256i between32(__m256i v, char low, char high)
{
	return _mm256_and_si256(_mm256_cmpgt_epi8(v, _mm256_set1_epi8((char)(low - 1))),
				_mm256_cmpgt_epi8(_mm256_set1_epi8((char)(high + 1)), v));
}

AVX2 static inline __m256i equal32(__m256i v, char c)
{
	return _mm256_cmpeq_epi8(v, _mm256_set1_epi8(c));
}

AVX2 static inline __m256i any32(__m256i v, char a, char b, char c)
{
	return _mm256_or_si256(_mm256_or_si256(equal32(v, a), equal32(v, b)), equal32(v, c));
}

AVX2 static inline uint64_t bits32(__m256i v, unsigned shift)
{
	return (uint64_t)(unsigned)_mm256_movemask_epi8(v) << shift;
}

AVX2 static inline void classify_avx2(const char *p, struct classes *c)
{
	*c = (struct classes){0};
	for (unsigned i = 0; i < 64; i += 32) {
		__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(p + i));
		__m256i low = _mm256_or_si256(v, _mm256_set1_epi8(0x20));
		__m256i digit = between32(v, '0', '9');
		__m256i sign = _mm256_or_si256(any32(v, '+', '-', '/'), equal32(v, '_'));
		__m256i letter = _mm256_or_si256(between32(low, 'a', 'z'), digit);
		c->base64 |= bits32(_mm256_or_si256(letter, sign), i);
		c->hex |= bits32(_mm256_or_si256(between32(low, 'a', 'f'), digit), i);
		c->percent |= bits32(_mm256_or_si256(equal32(v, '%'), equal32(v, '=')), i);
		c->backslash |= bits32(equal32(v, '\\'), i);
		c->zero |= bits32(equal32(v, '0'), i);
		c->x |= bits32(equal32(low, 'x'), i);
		c->u |= bits32(equal32(low, 'u'), i);
		c->amp |= bits32(equal32(v, '&'), i);
		c->hash |= bits32(equal32(v, '#'), i);
		c->frequent |= bits32(any32(low, 'o', 't', 'i'), i);
		c->rare |= bits32(any32(low, 'b', 'g', 'v'), i);
		c->digit |= bits32(digit, i);
		c->blank |= bits32(_mm256_cmpgt_epi8(_mm256_set1_epi8('!'), v), i);
	}
}
#endif

#define STRIDE 48 /* of the 64 bytes seen at once: what starts later is seen whole in the next */

static inline __attribute__((always_inline)) uint64_t rotated(const struct classes *c)
{
	uint64_t found = 0;
	for (unsigned half = 0; half < 64; half += 32) {
		uint64_t mask = (uint64_t)0xFFFFFFFF << half;
		int many = __builtin_popcountll(c->rare & mask);
		int few = __builtin_popcountll(c->frequent & mask);
		if (many >= 4 && many > few + 1)
			found |= c->rare & mask;
	}
	return found;
}

/* Blanks, and beside them next to nothing but signs: Morse code, rulers, and the hyphens of base64 with nothing else of it. */
static inline __attribute__((always_inline)) bool few_letters(const struct classes *c)
{
	uint64_t shown = ~c->blank;
	return UNLIKELY(!(c->hex & shown)) && __builtin_popcountll(c->base64) >= 8 &&
	       __builtin_popcountll(c->blank) >= 8;
}

/* Bit i: sixteen marked bytes start here; twenty are told apart later. */
static inline __attribute__((always_inline)) uint64_t runs_of_16(uint64_t m)
{
	m &= m >> 1;
	m &= m >> 2;
	m &= m >> 4;
	return m & m >> 8;
}

static inline __attribute__((always_inline)) void mark(const struct classes *c, struct marks *m)
{
	uint64_t pair = c->hex & c->hex >> 1 & ~(c->hex >> 2), two = pair & pair >> 3;
	m->base64 = c->base64;
	m->pairs = two & two >> 6 & pair >> 12;
	m->percent = c->percent & c->hex >> 1 & c->hex >> 2;
	m->escape = (c->backslash &
		     ((c->x | c->u) >> 1 | (c->hex >> 1 & c->hex >> 2 & c->hex >> 3))) |
		    (c->zero & c->x >> 1);
	m->entity = c->amp & c->hash >> 1;
	m->rotated = rotated(c);
	/* Of base85 every fourth sign and more is none of base64. */
	m->dense = (!(uint32_t)c->blank || !(c->blank >> 32)) &&
		   __builtin_popcountll(c->base64 | c->blank) < 54;
	m->numbers = __builtin_popcountll(c->digit) >= 24 || few_letters(c);
}

static bool may_try(struct decode *d, size_t at, size_t done)
{
	return at >= done && d->parts < PARTS_MAX && d->decoded < DECODED_MAX &&
	       d->tries++ < TRIES_MAX;
}

static void try_at(struct decode *d, const struct marks *m, uint64_t bit, size_t at)
{
	if (at < d->done)
		return;
	if (m->percent & bit && d->text.p[at] == '%' && may_try(d, at, d->percent_done))
		try_percent(d, at);
	if (m->entity & bit && may_try(d, at, d->hex_done))
		try_entities(d, at);
	if ((m->escape | m->pairs) & bit && may_try(d, at, d->hex_done))
		try_hex(d, at);
	if ((m->percent | m->escape) & bit && at >= d->done && is_dotted_with(d->text, at) &&
	    may_try(d, at, d->line_done))
		try_line(d, at, d->text.p[at] == '=');
	if (m->rotated & bit && may_try(d, at, d->rot13_done))
		try_rot13(d, at);
}

static __attribute__((noinline)) void try_marks(struct decode *d, const struct marks *m,
						uint64_t runs, uint64_t rest, size_t base)
{
	for (; runs; runs &= runs - 1) {
		size_t at = base + (size_t)__builtin_ctzll(runs);
		if (may_try(d, at, d->done))
			try_run(d, at);
	}
	for (; rest; rest &= rest - 1)
		try_at(d, m, rest & -rest, base + (size_t)__builtin_ctzll(rest));
}

/* What the classes of 64 bytes at `at` call for. */
static inline __attribute__((always_inline)) void look(struct decode *d, const struct classes *c,
						       size_t at)
{
	struct marks m;
	mark(c, &m);
	uint64_t runs = runs_of_16(m.base64);
	uint64_t rest = m.percent | m.escape | m.entity | m.pairs | m.rotated;
	if (UNLIKELY(m.numbers) && may_try(d, at, d->number_done))
		try_numbers(d, at);
	if (UNLIKELY(m.dense) && may_try(d, at, d->dense_done))
		try_dense(d, at);
	if (UNLIKELY(runs | rest))
		try_marks(d, &m, runs, rest, at);
}

#if defined(__x86_64__)
AVX2 static size_t strides_avx2(struct decode *d, struct str text)
{
	struct classes c;
	size_t at = 0;
	for (; text.len - at >= 64; at += STRIDE) {
		classify_avx2(text.p + at, &c);
		look(d, &c, at);
	}
	return at;
}
#endif

/* Whole strides; returns where the rest begins. */
static size_t strides(struct decode *d, struct str text)
{
	struct classes c;
	size_t at = 0;
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2"))
		return strides_avx2(d, text);
#endif
	for (; text.len - at >= 64; at += STRIDE) {
		classify(text.p + at, &c);
		look(d, &c, at);
	}
	return at;
}

void guard_decode(struct guard_scan *s, struct str text)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(DECODED_MAX);
	struct decode d = {.scan = s, .text = text, .out = &out};
	size_t at = strides(&d, text);
	char tail[64] = {0};
	struct classes c;
	if (text.len > at)
		memcpy(tail, text.p + at, text.len - at);
	classify(tail, &c);
	look(&d, &c, at);
}
