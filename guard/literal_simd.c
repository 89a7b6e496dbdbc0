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
		return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
		       __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt");
	case LITERAL_SSSE3:
		return __builtin_cpu_supports("ssse3") && __builtin_cpu_supports("popcnt");
	default:
		return true;
	}
}

/* Places of a stretch that are worth a look. They are gathered first and told apart then: a branch for each would be guessed wrong. */
#define STRETCH 2048
#define STRIDE 64
#define FEW 4
struct places {
	size_t long_count, short_count;
	uint16_t longs[STRETCH / 2 + FEW], shorts[STRETCH + FEW];
};

#define INLINE static inline __attribute__((always_inline))

/* Adds the places of the bits, `few` of them without a branch. Returns the new count. */
INLINE size_t add_places(uint16_t *places, size_t count, size_t base, uint64_t bits)
{
	size_t end = count + (unsigned)__builtin_popcountll(bits);
	for (unsigned i = 0; i < FEW; i++, bits &= bits - 1)
		places[count + i] =
			(uint16_t)(base + (bits ? (unsigned)__builtin_ctzll(bits) : STRIDE));
	for (size_t i = count + FEW; UNLIKELY(bits); i++, bits &= bits - 1)
		places[i] = (uint16_t)(base + (unsigned)__builtin_ctzll(bits));
	return end;
}

/* Bit i: a long literal may have a window at p[i]; every second place of a stride. */
INLINE uint64_t known_longs(const struct literal_set *s, const char *p)
{
	uint64_t mask = 0;
	for (unsigned i = 0; i < STRIDE; i += 8) {
		uint32_t a = literal_known(&s->longs, literal_key(p + i));
		uint32_t b = literal_known(&s->longs, literal_key(p + i + 2));
		uint32_t c = literal_known(&s->longs, literal_key(p + i + 4));
		uint32_t d = literal_known(&s->longs, literal_key(p + i + 6));
		mask |= (uint64_t)(a | b << 2 | c << 4 | d << 6) << i;
	}
	return mask;
}

/* Leaves those that are known, and of the long ones those that fit. */
INLINE void sift(const struct literal_set *s, const char *p, struct places *all)
{
	size_t n = 0;
	for (size_t i = 0; i < all->long_count; i++) {
		uint16_t at = all->longs[i];
		all->longs[n] = at;
		n += literal_may_fit(s, p + at);
	}
	all->long_count = n;
	n = 0;
	for (size_t i = 0; i < all->short_count; i++) {
		uint16_t at = all->shorts[i];
		all->shorts[n] = at;
		n += literal_known_short(s, p + at);
	}
	all->short_count = n;
}

/* In order, the short ones first. */
static bool confirm(struct literal_hits *h, size_t base, const struct places *all)
{
	for (size_t i = 0, k = 0; i < all->long_count || k < all->short_count;) {
		bool is_short = k < all->short_count &&
				(i == all->long_count || all->shorts[k] <= all->longs[i]);
		bool on = is_short ? literal_confirm_short(h, base + all->shorts[k++])
				   : literal_confirm_long(h, base + all->longs[i++]);
		if (!on)
			return false;
	}
	return true;
}

/* How far whole strides go in this stretch. */
INLINE size_t stretch_end(struct literal_hits *h, size_t from, size_t to)
{
	size_t last = MIN(to, h->text.len > LITERAL_BESIDE ? h->text.len - LITERAL_BESIDE : 0);
	size_t room = last > from ? MIN(last - from, (size_t)STRETCH) : 0;
	return from + room / STRIDE * STRIDE;
}

/* The places of one stride at p, by bits, where a literal of up to four bytes may begin. */
typedef uint64_t known_shorts_fn(const struct literal_set *s, const char *p);

/* The body of the filters, made for each with its own function. */
INLINE size_t filter(struct literal_hits *h, size_t from, size_t to, known_shorts_fn *known_shorts)
{
	const struct literal_set *s = h->set;
	for (size_t end; (end = stretch_end(h, from, to)) > from; from = end) {
		struct places all;
		const char *base = h->text.p + from;
		all.long_count = all.short_count = 0;
		for (size_t at = 0; at < end - from; at += STRIDE) {
			const char *p = base + at;
			all.short_count = add_places(all.shorts, all.short_count, at,
						     known_shorts(s, p));
			all.long_count = add_places(all.longs, all.long_count, at,
						    known_longs(s, p));
		}
		sift(s, base, &all);
		if (!confirm(h, from, &all))
			return SIZE_MAX;
	}
	return from;
}

#define SSSE3 __attribute__((target("ssse3,popcnt")))

/* Places of 16 that no group of the eight in a half of the tables fits have 0. */
SSSE3 static inline __m128i fits16(const uint8_t (*low)[16], const uint8_t (*high)[16],
				   const __m128i *low_half, const __m128i *high_half)
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

SSSE3 static inline uint64_t known_shorts16(const struct literal_set *s, const char *p)
{
	const __m128i nibble = _mm_set1_epi8(15);
	__m128i low[LITERAL_SHORT], high[LITERAL_SHORT];
#pragma GCC unroll 4
	for (int i = 0; i < LITERAL_SHORT; i++) {
		__m128i b = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
		low[i] = _mm_and_si128(b, nibble);
		high[i] = _mm_and_si128(_mm_srli_epi16(b, 4), nibble);
	}
	__m128i fits = _mm_or_si128(fits16(s->low[0], s->high[0], low, high),
				    fits16(s->low[1], s->high[1], low, high));
	return ~(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(fits, _mm_setzero_si128())) & 0xFFFF;
}

SSSE3 static inline uint64_t known_shorts_ssse3(const struct literal_set *s, const char *p)
{
	return known_shorts16(s, p) | known_shorts16(s, p + 16) << 16 |
	       known_shorts16(s, p + 32) << 32 | known_shorts16(s, p + 48) << 48;
}

SSSE3 size_t literal_filter_ssse3(struct literal_hits *h, size_t from, size_t to)
{
	return filter(h, from, to, known_shorts_ssse3);
}

#define AVX2 __attribute__((target("avx2,popcnt,bmi,bmi2")))

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

AVX2 static inline uint64_t known_shorts32(const struct literal_set *s, const char *p)
{
	const __m256i nibble = _mm256_set1_epi8(15);
	__m256i low[LITERAL_SHORT], high[LITERAL_SHORT];
#pragma GCC unroll 4
	for (int i = 0; i < LITERAL_SHORT; i++) {
		__m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(p + i));
		low[i] = _mm256_and_si256(b, nibble);
		high[i] = _mm256_and_si256(_mm256_srli_epi16(b, 4), nibble);
	}
	__m256i fits = _mm256_or_si256(fits32(s->low[0], s->high[0], low, high),
				       fits32(s->low[1], s->high[1], low, high));
	return ~(unsigned)_mm256_movemask_epi8(_mm256_cmpeq_epi8(fits, _mm256_setzero_si256()));
}

AVX2 static inline uint64_t known_shorts_avx2(const struct literal_set *s, const char *p)
{
	return known_shorts32(s, p) | known_shorts32(s, p + 32) << 32;
}

AVX2 size_t literal_filter_avx2(struct literal_hits *h, size_t from, size_t to)
{
	return filter(h, from, to, known_shorts_avx2);
}

#else

bool literal_engine_available(enum literal_engine e)
{
	return e == LITERAL_BEST || e == LITERAL_PORTABLE;
}

size_t literal_filter_ssse3(struct literal_hits *h, size_t from, size_t to)
{
	(void)h, (void)to;
	return from;
}

size_t literal_filter_avx2(struct literal_hits *h, size_t from, size_t to)
{
	(void)h, (void)to;
	return from;
}

#endif
