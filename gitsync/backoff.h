/*
 * When to look again. Pure: the time and the random number come from the caller, so that tests need neither.
 *
 *	delay = b.failures ? backoff_delay(&b, r) : backoff_jitter(interval_ms, 10, r);
 */
#ifndef GITSYNC_BACKOFF_H
#define GITSYNC_BACKOFF_H

#include <stdint.h>

struct backoff {
	int64_t base_ms; /* the first delay, before jitter */
	int64_t max_ms; /* no delay is longer */
	unsigned failures; /* in a row */
};
#define BACKOFF_INIT(base, max)                                                                    \
	{                                                                                          \
		(base), (max), 0                                                                   \
	}

void backoff_fail(struct backoff *b); /* one more failure */
void backoff_ok(struct backoff *b); /* forget them */
/*
 * Half of min(max, base * 2^(failures - 1)), and a random part of the other half ("equal jitter"): clients that failed together do not
 * come back together, and none comes back at once. 0 when there was no failure. random is uniform over 64 bits.
 */
int64_t backoff_delay(const struct backoff *b, uint64_t random);
/* interval_ms spread evenly by up to percent each way, never below 1. */
int64_t backoff_jitter(int64_t interval_ms, unsigned percent, uint64_t random);

#endif
