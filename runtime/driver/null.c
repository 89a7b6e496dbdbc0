/* The driver that runs nothing: where an operator wants no skill to run on this host, and says so by name. */
#include "runtime/driver.h"

static int refuse(struct err *err)
{
	err_set(err, ERR_UNSUPPORTED, "the null driver runs no sandboxes");
	return err_remedy(err, "choose another runtime.driver, or leave it out");
}

static int probe(struct runtime *rt, struct buf *detail, struct err *err)
{
	(void)rt;
	(void)detail;
	return refuse(err);
}

static int prepare(struct runtime *rt, const struct digest *runtime, const struct manifest *m,
		   const struct blob_reader *blobs, struct bundle *ret, struct err *err)
{
	(void)rt;
	(void)runtime;
	(void)m;
	(void)blobs;
	(void)ret;
	return refuse(err);
}

static int start(struct runtime *rt, const struct sandbox_spec *spec, struct sandbox **ret,
		 struct err *err)
{
	(void)rt;
	(void)spec;
	(void)ret;
	return refuse(err);
}

static int poll_sandbox(struct sandbox *s, struct sandbox_status *ret, struct err *err)
{
	(void)s;
	(void)ret;
	return refuse(err);
}

static void nothing(struct sandbox *s)
{
	(void)s;
}

static int list(struct runtime *rt, sandbox_found_fn fn, void *state, struct err *err)
{
	(void)rt;
	(void)fn;
	(void)state;
	(void)err;
	return 0;
}

static int reap(struct runtime *rt, const char *instance, struct err *err)
{
	(void)rt;
	(void)instance;
	(void)err;
	return 0;
}

const struct driver driver_null = {
	.name = "null",
	.isolation = ISOLATION_VM, /* nothing runs, so nothing gets out */
	.probe = probe,
	.prepare = prepare,
	.start = start,
	.poll = poll_sandbox,
	.kill = nothing,
	.list = list,
	.reap = reap,
	.release = nothing,
};
