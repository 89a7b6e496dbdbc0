#include "gitsync/backoff.h"

void backoff_fail(struct backoff *b)
{
	if (b->failures < 1000)
		b->failures++;
}

void backoff_ok(struct backoff *b)
{
	b->failures = 0;
}

int64_t backoff_delay(const struct backoff *b, uint64_t random)
{
	if (b->failures == 0)
		return 0;
	int64_t delay = b->base_ms > 0 ? b->base_ms : 1;
	for (unsigned i = 1; i < b->failures && delay < b->max_ms; i++)
		delay = delay > b->max_ms / 2 ? b->max_ms : delay * 2;
	if (delay > b->max_ms)
		delay = b->max_ms > 0 ? b->max_ms : 1;
	int64_t half = delay / 2;
	return delay - half + (int64_t)(random % ((uint64_t)half + 1));
}

int64_t backoff_jitter(int64_t interval_ms, unsigned percent, uint64_t random)
{
	if (percent > 100)
		percent = 100;
	int64_t spread = interval_ms / 100 * percent + interval_ms % 100 * percent / 100;
	int64_t delay = interval_ms - spread + (int64_t)(random % (2 * (uint64_t)spread + 1));
	return delay < 1 ? 1 : delay;
}
