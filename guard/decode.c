/*
 * Where encoded parts may be. One pass marks the bytes of a stretch of 64 by class, and shifts of the marks tell whether a run that is
 * worth decoding crosses it; prose has next to none. What is marked is tried: decode_try.c.
 */
#include "guard/decode_try.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

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

static inline __attribute__((always_inline)) void mark(const struct classes *c,
						       struct decode_marks *m)
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

/* What the classes of 64 bytes at `at` call for. */
static inline __attribute__((always_inline)) void look(struct decode *d, const struct classes *c,
						       size_t at)
{
	struct decode_marks m;
	mark(c, &m);
	uint64_t runs = runs_of_16(m.base64);
	uint64_t rest = m.percent | m.escape | m.entity | m.pairs | m.rotated;
	if (UNLIKELY(m.numbers))
		decode_try_numbers(d, at);
	if (UNLIKELY(m.dense))
		decode_try_dense(d, at);
	if (UNLIKELY(runs | rest))
		decode_try_marks(d, &m, runs, rest, at);
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
