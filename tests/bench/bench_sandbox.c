/*
 * What a sandbox costs: the wall time of one whole runtime_execute() of a handler that does nothing, beside the same handler started bare by
 * the same child_run(). Prints one line of JSON per measure.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/child.h"
#include "base/crypto.h"
#include "base/io.h"
#include "base/mem.h"
#include "runtime/execute.h"

#define RUNS 60

static const char script[] = "echo 1\n";

static double now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double median(double *v)
{
	qsort(v, RUNS, sizeof(*v), by_value);
	return v[RUNS / 2];
}

static int read_blob(void *state, const struct digest *blob, struct buf *out, struct err *err)
{
	(void)state;
	(void)blob;
	(void)err;
	buf_addz(out, script);
	return 0;
}

static int fail(const struct err *err)
{
	fprintf(stderr, "bench_sandbox: %s\n", err->msg);
	return 1;
}

static int one_sandbox(struct runtime *rt, double *ret, double *ret_ready, struct err *err)
{
	struct manifest_file f = {.path = STR("code/handler.sh"),
				  .mode = TREE_MODE_FILE,
				  .size = sizeof(script) - 1,
				  .digest = blob_digest(str_of(script))};
	struct manifest m = {&f, 1, f.size};
	struct blob_reader reader = {read_blob, NULL};
	struct run_request q = {.instance = "bench",
				.runtime = f.digest,
				.manifest = &m,
				.blobs = &reader,
				.handler = f.path,
				.isolation = ISOLATION_NAMESPACE,
				.execution = "EXEC-bench",
				.context_json = STR("{}")};
	CLEANUP(run_result_release) struct run_result r;
	run_result_init(&r);
	double from = now_ms();
	int rc = runtime_execute(rt, &q, &r, err);
	*ret = now_ms() - from;
	*ret_ready = (double)(r.ready_ms - r.started_ms);
	return rc;
}

static int one_bare(const char *path, double *ret, struct err *err)
{
	const char *argv[] = {"sh", path, NULL};
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	struct child_end end;
	double from = now_ms();
	int rc = child_run(&(struct child_opts){.argv = argv}, STR("{}"), &out, NULL, 10000, &end,
			   err);
	*ret = now_ms() - from;
	return rc;
}

static int measure(struct runtime *rt, const char *file, struct err *err)
{
	static double sandbox[RUNS], ready[RUNS], bare[RUNS];
	int rc = 0;
	/* The first pays for the bundle and the probe of the driver. */
	double first, ignored;
	if (one_sandbox(rt, &first, &ignored, err) < 0)
		return fail(err);
	for (int i = 0; i < RUNS && rc == 0; i++) {
		rc = one_sandbox(rt, &sandbox[i], &ready[i], err);
		if (rc == 0)
			rc = one_bare(file, &bare[i], err);
	}
	if (rc < 0)
		return fail(err);
	double s = median(sandbox), b = median(bare);
	printf("{\"name\":\"sandbox.first\",\"n\":1,\"value\":%.2f,\"unit\":\"ms\"}\n", first);
	printf("{\"name\":\"sandbox.ready\",\"n\":%d,\"value\":%.2f,\"unit\":\"ms\"}\n", RUNS,
	       median(ready));
	printf("{\"name\":\"sandbox.execute\",\"n\":%d,\"value\":%.2f,\"unit\":\"ms\",\"floor\":%."
	       "2f,\"ratio\":%.2f}\n",
	       RUNS, s, b, s / b);
	return 0;
}

int main(void)
{
	struct err err = ERR_INIT;
	CLEANUP_FREE char *dir = NULL;
	CLEANUP(runtime_closep) struct runtime *rt = NULL;
	if (crypto_init(&err) < 0 || io_temp_dir("bench", &dir, &err) < 0)
		return fail(&err);
	CLEANUP_FREE char *file = io_join(dir, "handler.sh");
	int rc = io_write_file(file, str_of(script), 0755, &err);
	if (rc == 0)
		rc = runtime_open(&(struct runtime_opts){.state_dir = dir,
							 .init_path = getenv("ASPORA_INIT")},
				  &rt, &err);
	int status = rc < 0 ? fail(&err) : measure(rt, file, &err);
	return io_remove_tree(dir, &err) < 0 ? fail(&err) : status;
}
