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

/* The places from `base` on where a window of four is known, and those where a shorter literal may be. */
static inline __attribute__((always_inline)) bool
try_places(const struct literal_hits *h, size_t base, uint32_t fours, uint32_t shorts)
{
	for (uint32_t left = fours | shorts; left; left &= left - 1) {
		size_t at = base + (unsigned)__builtin_ctz(left);
		bool on = shorts & left & -left
				  ? literal_confirm(h, at)
				  : literal_confirm_key(h, literal_key(h->text.p + at), at);
		if (!on)
			return false;
	}
	return true;
}

__attribute__((target("ssse3"))) size_t literal_filter_ssse3(const struct literal_hits *h,
							     size_t from, size_t to)
{
	const struct literal_set *s = h->set;
	const __m128i nibble = _mm_set1_epi8(15), zero = _mm_setzero_si128();
	__m128i low[3], high[3];
	for (int i = 0; i < 3; i++) {
		low[i] = _mm_loadu_si128((const __m128i *)(const void *)s->low[i]);
		high[i] = _mm_loadu_si128((const __m128i *)(const void *)s->high[i]);
	}
	for (; from + 16 <= to && from + 19 <= h->text.len; from += 16) {
		__m128i fits = _mm_set1_epi8(-1);
		for (int i = 0; i < 3; i++) {
			__m128i b = _mm_loadu_si128(
				(const __m128i *)(const void *)(h->text.p + from + i));
			__m128i l = _mm_shuffle_epi8(low[i], _mm_and_si128(b, nibble));
			__m128i u = _mm_shuffle_epi8(high[i],
						     _mm_and_si128(_mm_srli_epi16(b, 4), nibble));
			fits = _mm_and_si128(fits, _mm_and_si128(l, u));
		}
		uint32_t none = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(fits, zero));
		if (!try_places(h, from, literal_known16(s, h->text.p + from),
				literal_known_short(s, h->text.p + from, ~none & 0xFFFF)))
			return SIZE_MAX;
	}
	return from;
}

__attribute__((target("avx2,bmi,bmi2"))) size_t literal_filter_avx2(const struct literal_hits *h,
								    size_t from, size_t to)
{
	const struct literal_set *s = h->set;
	const __m256i nibble = _mm256_set1_epi8(15), zero = _mm256_setzero_si256();
	__m256i low[3], high[3];
	for (int i = 0; i < 3; i++) {
		low[i] = _mm256_broadcastsi128_si256(
			_mm_loadu_si128((const __m128i *)(const void *)s->low[i]));
		high[i] = _mm256_broadcastsi128_si256(
			_mm_loadu_si128((const __m128i *)(const void *)s->high[i]));
	}
	for (; from + 32 <= to && from + 35 <= h->text.len; from += 32) {
		__m256i fits = _mm256_set1_epi8(-1);
		for (int i = 0; i < 3; i++) {
			__m256i b = _mm256_loadu_si256(
				(const __m256i *)(const void *)(h->text.p + from + i));
			__m256i l = _mm256_shuffle_epi8(low[i], _mm256_and_si256(b, nibble));
			__m256i u = _mm256_shuffle_epi8(
				high[i], _mm256_and_si256(_mm256_srli_epi16(b, 4), nibble));
			fits = _mm256_and_si256(fits, _mm256_and_si256(l, u));
		}
		uint32_t none = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(fits, zero));
		uint32_t fours = literal_known16(s, h->text.p + from) |
				 literal_known16(s, h->text.p + from + 16) << 16;
		if (!try_places(h, from, fours, literal_known_short(s, h->text.p + from, ~none)))
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
