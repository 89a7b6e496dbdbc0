/*
 * Time comes from an injected clock, so that tests can stop it. Wall time is UTC milliseconds since
 * 1970; monotonic time is milliseconds since an arbitrary start and is what deadlines are made of.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct clock {
	int64_t (*wall_ms)(void *state);
	int64_t (*mono_ms)(void *state);
	void *state;
};

extern const struct clock clock_real;

/* A clock for tests: stands still until told. state points to a struct clock_fake. */
struct clock_fake {
	int64_t wall_ms;
	int64_t mono_ms;
};
struct clock clock_fake_of(struct clock_fake *state); /* keeps state */

static inline int64_t clock_wall(const struct clock *c)
{
	return c->wall_ms(c->state);
}
static inline int64_t clock_mono(const struct clock *c)
{
	return c->mono_ms(c->state);
}

/* RFC 3339 in UTC with milliseconds, "2026-02-18T12:00:00.000Z"; out needs 25 bytes. Returns out. */
char *clock_format(int64_t wall_ms, char out[32]);
/* Accepts RFC 3339 with any offset and 0 to 9 fraction digits. Errors: ERR_INVALID. */
NODISCARD int clock_parse(struct str s, int64_t *ret_wall_ms, struct err *err);
/* Compact UTC "20260218120000" for ids; out needs 15 bytes. */
char *clock_compact(int64_t wall_ms, char out[16]);

/*
 * Durations as people write them: one or more of a whole number and a unit, largest unit first, each
 * unit once: "90s", "1h30m", "2d". Units ms, s, m, h, d. "0" alone is fine; "1", "-5s", "5 s" and
 * "1h1h" are not. Errors: ERR_INVALID with the reason.
 */
NODISCARD int duration_parse(struct str s, int64_t *ret_ms, struct err *err);
char *duration_format(int64_t ms,
		      char out[32]); /* "1h30m"; parses back to the same; "0s" below 1 */

#endif
