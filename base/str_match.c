/* "Did you mean", and hashing that foreign keys cannot aim at. */
#include "base/str.h"

#include <errno.h>
#include <sys/random.h>

#define DISTANCE_MAX_LEN 64

/* Optimal string alignment: the edit distance where a swap of neighbours counts one. */
size_t str_distance(struct str a, struct str b)
{
	size_t row[3][DISTANCE_MAX_LEN + 1];
	if (a.len > DISTANCE_MAX_LEN || b.len > DISTANCE_MAX_LEN)
		return SIZE_MAX;
	for (size_t j = 0; j <= b.len; j++)
		row[0][j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t *now = row[i % 3], *before = row[(i + 2) % 3], *older = row[(i + 1) % 3];
		now[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			size_t best = before[j - 1] + (a.p[i - 1] != b.p[j - 1]);
			best = MIN(best, before[j] + 1);
			best = MIN(best, now[j - 1] + 1);
			if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1])
				best = MIN(best, older[j - 2] + 1);
			now[j] = best;
		}
	}
	return row[a.len % 3][b.len];
}

const char *str_nearest(struct str s, const char *const *candidates, size_t n)
{
	/* Half of a short word may not differ: "id" is no slip of "if". */
	size_t within = MIN(MAX((size_t)2, s.len / 3), s.len / 2);
	const char *nearest = NULL;
	for (size_t i = 0; i < n; i++) {
		struct str c = str_of(candidates[i]);
		size_t d = str_eq_nocase(s, c) ? 0 : str_distance(s, c);
		if (d < within || (d == within && !nearest)) {
			nearest = candidates[i];
			if (d == 0)
				break;
			within = d;
		}
	}
	return nearest;
}

static const uint64_t *hash_key(void)
{
	static uint64_t key[2];
	static bool have;
	while (!have) {
		ssize_t n = getrandom(key, sizeof(key), 0);
		have = n == (ssize_t)sizeof(key);
		if (n < 0 && errno != EINTR)
			abort();
	}
	return key;
}

static inline uint64_t rotl(uint64_t x, int bits)
{
	return x << bits | x >> (64 - bits);
}

static inline void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = rotl(v[1], 13) ^ v[0];
	v[3] = rotl(v[3], 16) ^ v[2];
	v[0] = rotl(v[0], 32) + v[3];
	v[2] += v[1];
	v[1] = rotl(v[1], 17) ^ v[2];
	v[3] = rotl(v[3], 21) ^ v[0];
	v[2] = rotl(v[2], 32);
}

/*
 * SipHash-1-3: Aumasson and Bernstein, "SipHash: a fast short-input PRF" (2012), with one round a word
 * and three at the end, as hash tables of Rust and Ruby use it. Words are read in host order: a hash
 * never leaves the process.
 */
uint64_t str_hash_keyed(struct str s, const uint64_t key[2])
{
	uint64_t v[4] = {key[0] ^ 0x736f6d6570736575u, key[1] ^ 0x646f72616e646f6du,
			 key[0] ^ 0x6c7967656e657261u, key[1] ^ 0x7465646279746573u};
	size_t pos = 0;
	for (; s.len - pos >= 8; pos += 8) {
		uint64_t word;
		memcpy(&word, s.p + pos, 8);
		v[3] ^= word;
		sip_round(v);
		v[0] ^= word;
	}
	uint64_t last = (uint64_t)s.len << 56;
	for (size_t i = 0; pos + i < s.len; i++)
		last |= (uint64_t)(unsigned char)s.p[pos + i] << (8 * i);
	v[3] ^= last;
	sip_round(v);
	v[0] ^= last;
	v[2] ^= 0xff;
	for (int i = 0; i < 3; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint64_t str_hash(struct str s)
{
	return str_hash_keyed(s, hash_key());
}
