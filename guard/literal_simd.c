/*
 * The filters of the literal search that look at 16 and at 32 places at once. Compiled for every x86-64 and chosen at run
 * time; elsewhere they are not there.
 */
#include "guard/literal_int.h"

#if defined(__x86_64__)
#include <immintrin.h>

bool literal_engine_available(enum literal_engine e)
{
	switch (e) {
	case LITERAL_AVX2:
		return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
	case LITERAL_SSSE3:
		return __builtin_cpu_supports("ssse3");
	default:
		return true;
	}
}

/* The places from `base` on where a long literal may have a window, and those where a short one may be. */
static inline __attribute__((always_inline)) bool
try_places(const struct literal_hits *h, size_t base, uint32_t longs, uint32_t shorts)
{
	for (uint32_t left = longs | shorts; left; left &= left - 1) {
		size_t at = base + (unsigned)__builtin_ctz(left);
		if (UNLIKELY(shorts & left & -left) && !literal_confirm_short(h, at))
			return false;
		if (longs & left & -left && !literal_confirm_long(h, at))
			return false;
	}
	return true;
}

/* Places of 16 that no group of the eight in a half of the tables fits have 0. */
__attribute__((target("ssse3"))) static inline __m128i fits16(const uint8_t (*low)[16],
							      const uint8_t (*high)[16],
							      const __m128i *low_half,
							      const __m128i *high_half)
{
	__m128i fits = _mm_set1_epi8(-1);
#pragma GCC unroll 4
	for (int i = 0; i < LITERAL_SHORT; i++) {
		__m128i l = _mm_loadu_si128((const __m128i *)(const void *)low[i]);
		__m128i u = _mm_loadu_si128((const __m128i *)(const void *)high[i]);
		fits = _mm_and_si128(fits, _mm_shuffle_epi8(l, low_half[i]));
		fits = _mm_and_si128(fits, _mm_shuffle_epi8(u, high_half[i]));
	}
	return fits;
}

__attribute__((target("ssse3"))) size_t literal_filter_ssse3(const struct literal_hits *h,
							     size_t from, size_t to)
{
	const struct literal_set *s = h->set;
	const __m128i nibble = _mm_set1_epi8(15), zero = _mm_setzero_si128();
	for (; from + 16 <= to && from + 19 <= h->text.len; from += 16) {
		const char *p = h->text.p + from;
		__m128i low[LITERAL_SHORT], high[LITERAL_SHORT];
#pragma GCC unroll 4
		for (int i = 0; i < LITERAL_SHORT; i++) {
			__m128i b = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
			low[i] = _mm_and_si128(b, nibble);
			high[i] = _mm_and_si128(_mm_srli_epi16(b, 4), nibble);
		}
		__m128i fits = _mm_or_si128(fits16(s->low[0], s->high[0], low, high),
					    fits16(s->low[1], s->high[1], low, high));
		uint32_t none = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(fits, zero));
		if (!try_places(h, from, literal_known16(s, p),
				literal_known_shorts(s, p, ~none & 0xFFFF)))
			return SIZE_MAX;
	}
	return from;
}

#define AVX2 __attribute__((target("avx2,bmi,bmi2")))

AVX2 static inline __m256i fits32(const uint8_t (*low)[16], const uint8_t (*high)[16],
				  const __m256i *low_half, const __m256i *high_half)
{
	__m256i fits = _mm256_set1_epi8(-1);
#pragma GCC unroll 4
	for (int i = 0; i < LITERAL_SHORT; i++) {
		__m256i l = _mm256_broadcastsi128_si256(
			_mm_loadu_si128((const __m128i *)(const void *)low[i]));
		__m256i u = _mm256_broadcastsi128_si256(
			_mm_loadu_si128((const __m128i *)(const void *)high[i]));
		fits = _mm256_and_si256(fits, _mm256_shuffle_epi8(l, low_half[i]));
		fits = _mm256_and_si256(fits, _mm256_shuffle_epi8(u, high_half[i]));
	}
	return fits;
}

AVX2 size_t literal_filter_avx2(const struct literal_hits *h, size_t from, size_t to)
{
	const struct literal_set *s = h->set;
	const __m256i nibble = _mm256_set1_epi8(15), zero = _mm256_setzero_si256();
	for (; from + 32 <= to && from + 35 <= h->text.len; from += 32) {
		const char *p = h->text.p + from;
		__m256i low[LITERAL_SHORT], high[LITERAL_SHORT];
#pragma GCC unroll 4
		for (int i = 0; i < LITERAL_SHORT; i++) {
			__m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(p + i));
			low[i] = _mm256_and_si256(b, nibble);
			high[i] = _mm256_and_si256(_mm256_srli_epi16(b, 4), nibble);
		}
		__m256i fits = _mm256_or_si256(fits32(s->low[0], s->high[0], low, high),
					       fits32(s->low[1], s->high[1], low, high));
		uint32_t none = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(fits, zero));
		uint32_t longs = literal_known16(s, p) | literal_known16(s, p + 16) << 16;
		if (!try_places(h, from, longs, literal_known_shorts(s, p, ~none)))
			return SIZE_MAX;
	}
	return from;
}

#else

bool literal_engine_available(enum literal_engine e)
{
	return e == LITERAL_BEST || e == LITERAL_PORTABLE;
}

size_t literal_filter_ssse3(const struct literal_hits *h, size_t from, size_t to)
{
	(void)h, (void)to;
	return from;
}

size_t literal_filter_avx2(const struct literal_hits *h, size_t from, size_t to)
{
	(void)h, (void)to;
	return from;
}

#endif
