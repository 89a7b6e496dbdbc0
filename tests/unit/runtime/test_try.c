/* What a runtime tried once is not tried again by the processes that are forked from it. */
#include <sys/stat.h>
#include <unistd.h>

#include "base/child.h"
#include "tests/unit/runtime/rig.h"

static char bin[512], log_path[600];

/* A bwrap of ours first in PATH: it writes a line each time, and then is the real one, or fails. */
static void put_bwrap(const char *then)
{
	CLEANUP_FREE char *path = io_join(bin, "bwrap");
	CLEANUP_FREE char *text = mem_printf(
		"#!/bin/sh\n[ \"$1\" = --version ] || echo x >>%s\n%s\n", log_path, then);
	unlink(path);
	assert_ok(io_write_file(path, str_of(text), 0755, &support_err));
	ck_assert_int_eq(chmod(path, 0755), 0);
}

static bool begin(void)
{
	static const char *const places[] = {"/usr/bin/bwrap", "/usr/local/bin/bwrap"};
	const char *real = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		real = !real && access(places[i], X_OK) == 0 ? places[i] : real;
	if (!real)
		return false;
	/* Not below /tmp: bubblewrap is started by another user, over whose /tmp the stage stands. */
	snprintf(bin, sizeof(bin), "/var/tmp/aspora-bin-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(bin));
	ck_assert_int_eq(chmod(bin, 0777), 0);
	snprintf(log_path, sizeof(log_path), "%s/log", bin);
	CLEANUP_FREE char *words = mem_printf("exec %s \"$@\"", real);
	put_bwrap(words);
	CLEANUP_FREE char *search = mem_printf("%s:%s", bin, getenv("PATH"));
	setenv("PATH", search, 1);
	return true;
}

static void end(struct runtime *rt)
{
	runtime_close(rt);
	assert_ok(io_remove_tree(bin, &support_err));
}

static size_t tries(void)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(4096);
	return io_read_file(log_path, &text, NULL) < 0 ? 0 : text.len / 2;
}

static int want_bubblewrap(void *state)
{
	const struct driver *d = NULL;
	return runtime_driver(state, STR("bubblewrap"), ISOLATION_NAMESPACE, &d, &support_err) == 0
		       ? 0
		       : 1;
}

/* Whether a child can have it. */
static bool child_has_it(struct runtime *rt)
{
	struct child c = CHILD_INIT;
	struct child_end end;
	assert_ok(child_fork(&c, want_bubblewrap, rt, NULL, 0, &support_err));
	assert_ok(child_wait(&c, 60000, &end, &support_err));
	return end.exited && end.status == 0;
}

START_TEST(children_of_one_that_tried_do_not_try)
{
	if (!begin())
		SKIP("bubblewrap is not installed");
	struct runtime *rt = rig_runtime(support_dir());
	if (!child_has_it(rt)) {
		end(rt);
		SKIP("bubblewrap does not work here");
	}
	size_t alone = tries();
	ck_assert_uint_ge(alone, 1);
	ck_assert(child_has_it(rt));
	ck_assert_uint_eq(tries(), 2 * alone);
	runtime_try_drivers(rt, STR_NULL);
	ck_assert_uint_eq(tries(), 3 * alone);
	for (int i = 0; i < 3; i++)
		ck_assert(child_has_it(rt));
	runtime_try_drivers(rt, STR("bubblewrap"));
	ck_assert_uint_eq(tries(), 3 * alone);
	end(rt);
}
END_TEST

START_TEST(what_does_not_work_is_tried_again)
{
	if (!begin())
		SKIP("bubblewrap is not installed");
	struct runtime *rt = rig_runtime(support_dir());
	if (!child_has_it(rt)) {
		end(rt);
		SKIP("bubblewrap does not work here");
	}
	runtime_close(rt);
	CLEANUP(buf_release) struct buf works = BUF_INIT(4096);
	CLEANUP_FREE char *path = io_join(bin, "bwrap");
	assert_ok(io_read_file(path, &works, &support_err));
	put_bwrap("echo 'no namespaces today' >&2; exit 1");
	rt = rig_runtime(support_dir());
	runtime_try_drivers(rt, STR_NULL);
	const struct driver *d = NULL;
	assert_err(runtime_driver(rt, STR("bubblewrap"), ISOLATION_NAMESPACE, &d, &support_err),
		   ERR_UNSUPPORTED, "no namespaces today");
	ck_assert(!child_has_it(rt));
	/* The package is installed, the sysctl set: a new keeper finds it, without a new runner. */
	runtime_try_drivers(rt, STR_NULL);
	unlink(path);
	assert_ok(io_write_file(path, buf_str(&works), 0755, &support_err));
	ck_assert_int_eq(chmod(path, 0755), 0);
	ck_assert(child_has_it(rt));
	end(rt);
}
END_TEST

START_TEST(drivers_of_tests_are_tried_when_named_only)
{
	struct runtime *rt = rig_runtime(support_dir());
	const struct driver *d = NULL;
	runtime_try_drivers(rt, STR("null"));
	assert_err(runtime_driver(rt, STR("null"), ISOLATION_PROCESS, &d, &support_err),
		   ERR_UNSUPPORTED, "");
	runtime_try_drivers(rt, STR("none-such"));
	ck_assert_ptr_null(d);
	runtime_close(rt);
}
END_TEST

static const struct support_case cases[] = {
	CASE_SLOW(children_of_one_that_tried_do_not_try, 120),
	CASE_SLOW(what_does_not_work_is_tried_again, 120),
	CASE(drivers_of_tests_are_tried_when_named_only),
	{0},
};

int main(void)
{
	return support_main("runtime/try", cases);
}
