#include "runtime/limits.h"

const struct run_limits run_limits_default = {
	.timeout_ms = 30 * 1000,
	.start_timeout_ms = 20 * 1000,
	.memory_bytes = (int64_t)256 * 1024 * 1024,
	.cpu_millis = 1000,
	.pids = 64,
	.output_bytes = 1024 * 1024,
	.log_bytes = 64 * 1024,
	.tmp_bytes = (int64_t)64 * 1024 * 1024,
};

/* Below these a sandbox does not even start; above, the mechanisms have no words. */
static const struct run_limits least = {1, 1, 8 * 1024 * 1024, 10, 8, 1, 1, 4096};
static const struct run_limits most = {
	(int64_t)24 * 3600 * 1000,   3600 * 1000,	(int64_t)1 << 40, 1024 * 1000, 32768,
	(int64_t)1024 * 1024 * 1024, (int64_t)64 << 20, (int64_t)1 << 40,
};

static void complete(int64_t *v, int64_t otherwise, int64_t low, int64_t high)
{
	if (*v <= 0)
		*v = otherwise;
	*v = *v < low ? low : *v > high ? high : *v;
}

struct run_limits run_limits_complete(const struct run_limits *l)
{
	struct run_limits r = *l;
	const struct run_limits *d = &run_limits_default;
	complete(&r.timeout_ms, d->timeout_ms, least.timeout_ms, most.timeout_ms);
	complete(&r.start_timeout_ms, d->start_timeout_ms, least.start_timeout_ms,
		 most.start_timeout_ms);
	complete(&r.memory_bytes, d->memory_bytes, least.memory_bytes, most.memory_bytes);
	complete(&r.cpu_millis, d->cpu_millis, least.cpu_millis, most.cpu_millis);
	complete(&r.pids, d->pids, least.pids, most.pids);
	complete(&r.output_bytes, d->output_bytes, least.output_bytes, most.output_bytes);
	complete(&r.log_bytes, d->log_bytes, least.log_bytes, most.log_bytes);
	complete(&r.tmp_bytes, d->tmp_bytes, least.tmp_bytes, most.tmp_bytes);
	return r;
}

struct run_limits run_limits_of(const struct config *c)
{
	return run_limits_complete(&(struct run_limits){
		.timeout_ms = c->limits.timeout_ms,
		.start_timeout_ms = c->handler.start_timeout_ms,
		.memory_bytes = c->limits.memory_bytes,
		.cpu_millis = c->limits.cpu_millis,
		.pids = c->limits.pids,
		.output_bytes = c->limits.output_bytes,
		.tmp_bytes = c->limits.tmp_bytes,
	});
}
