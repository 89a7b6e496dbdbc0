#include "tests/unit/support.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"

/* Weak: a test that uses no cryptography does not link it, and needs no start of it. */
int crypto_init(struct err *err) __attribute__((weak));

struct err support_err;
static char root_dir[4096];
static char base_dir[256];

int support_main(const char *suite, const struct support_case *cases)
{
	if (!getcwd(root_dir, sizeof(root_dir)) || (crypto_init && crypto_init(&support_err) < 0))
		return 2;
	snprintf(base_dir, sizeof(base_dir), "%s/aspora-test-XXXXXX",
		 getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	if (!mkdtemp(base_dir))
		return 2;
	Suite *s = suite_create(suite);
	for (const struct support_case *c = cases; c->test; c++) {
		TCase *t = tcase_create((*c->test)->name);
		tcase_set_timeout(t, c->timeout_s ? c->timeout_s : 60);
		if (c->loop)
			tcase_add_loop_test(t, *c->test, 0, c->loop);
		else
			tcase_add_test(t, *c->test);
		suite_add_tcase(s, t);
	}
	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	if (io_remove_tree(base_dir, &support_err) < 0)
		fprintf(stderr, "%s: %s\n", base_dir, support_err.msg);
	return failed ? 1 : 0;
}

void support_skip(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	fputs("skipped: ", stdout);
	vprintf(fmt, ap);
	putchar('\n');
	va_end(ap);
	fflush(stdout);
}

const char *support_dir(void)
{
	static char dir[300];
	snprintf(dir, sizeof(dir), "%s/XXXXXX", base_dir);
	ck_assert_ptr_nonnull(mkdtemp(dir));
	return dir;
}

const char *support_root(void)
{
	return root_dir;
}

const char *support_build(void)
{
	const char *b = getenv("ASPORA_BUILD");
	return b ? b : "build";
}

struct child support_sleeper(void)
{
	struct child c = CHILD_INIT;
	const char *argv[] = {"sleep", "300", NULL};
	struct child_opts o = {.argv = argv};
	assert_ok(child_start(&c, &o, &support_err));
	return c;
}
