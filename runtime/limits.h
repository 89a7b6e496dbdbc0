/*
 * What one sandbox may use, and which mechanism of this host holds it to that: cgroup v2 where a writable part of the tree is
 * ours, else cgroup v1, else resource limits of the process. Detection never fails: less is in force then, and it says so.
 */
#ifndef RUNTIME_LIMITS_H
#define RUNTIME_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "skill/config.h"

/* 0 anywhere means the default of run_limits_default. */
struct run_limits {
	int64_t timeout_ms; /* wall time of one execution, from the sandbox's being ready */
	int64_t start_timeout_ms; /* wall time from start to ready */
	int64_t memory_bytes; /* of everything in the sandbox together, /tmp included */
	int64_t cpu_millis; /* 1000: one whole CPU */
	int64_t pids; /* processes and threads, aspora-init and its wrapper included */
	int64_t output_bytes; /* of the handler's stdout */
	int64_t log_bytes; /* of the handler's stderr that is kept */
	int64_t tmp_bytes; /* of /tmp */
};

/* 30 s, 20 s, 256 MiB, 1000, 64, 1 MiB, 64 KiB, 64 MiB */
extern const struct run_limits run_limits_default;

/* Zeros filled in from the defaults, the rest brought into what the mechanisms can express. */
struct run_limits run_limits_complete(const struct run_limits *l);
/* The limits of an effective configuration. */
struct run_limits run_limits_of(const struct config *effective);

#endif
