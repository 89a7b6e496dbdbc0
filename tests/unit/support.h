/*
 * What every unit test program shares: a main that runs one suite, assertions on struct err, temporary
 * folders, and an honest skip.
 *
 *	START_TEST(buffer_stops_at_its_limit) { … } END_TEST
 *	static const struct support_case cases[] = {CASE(buffer_stops_at_its_limit), {0}};
 *	int main(void) { return support_main("base/buf", cases); }
 */
#ifndef TESTS_UNIT_SUPPORT_H
#define TESTS_UNIT_SUPPORT_H

#include <check.h>

#include "base/child.h"
#include "base/err.h"
#include "base/str.h"

struct support_case {
	const TTest **test; /* START_TEST(name) makes `name` a pointer */
	int loop; /* run with _i = 0 … loop - 1; 0: once */
	int timeout_s; /* 0: the default */
};
/* clang-format off */
#define CASE(t) {&t, 0, 0}
#define CASE_LOOP(t, n) {&t, n, 0}
#define CASE_SLOW(t, seconds) {&t, 0, seconds}
/* clang-format on */

int support_main(const char *suite, const struct support_case *cases);

/* Ends the running test as skipped, with the reason; counted by script/run-units. */
#define SKIP(...)                                                                                  \
	do {                                                                                       \
		support_skip(__VA_ARGS__);                                                         \
		return;                                                                            \
	} while (0)
void support_skip(const char *fmt, ...) PRINTF(1, 2);

#define assert_ok(call)                                                                            \
	do {                                                                                       \
		struct err *e_ = &support_err;                                                     \
		memset(e_, 0, sizeof(*e_));                                                        \
		int rc_ = (call);                                                                  \
		ck_assert_msg(rc_ >= 0, "%s: %s: %s", #call, err_text(rc_), support_err.msg);      \
	} while (0)
/* The call fails with this code and the message has this part. */
#define assert_err(call, code_, part)                                                              \
	do {                                                                                       \
		struct err *e_ = &support_err;                                                     \
		memset(e_, 0, sizeof(*e_));                                                        \
		int rc_ = (call);                                                                  \
		ck_assert_msg(rc_ == (code_), "%s gave %s, wanted %s: %s", #call, err_text(rc_),   \
			      err_text(code_), support_err.msg);                                   \
		ck_assert_msg(strstr(support_err.msg, (part)) != NULL, "\"%s\" lacks \"%s\"",      \
			      support_err.msg, (part));                                            \
	} while (0)
extern struct err support_err; /* pass &support_err inside assert_ok/assert_err */

#define assert_str(s, z)                                                                           \
	do {                                                                                       \
		struct str s_ = (s);                                                               \
		ck_assert_msg(str_eqz(s_, (z)), "got \"%.*s\", wanted \"%s\"", STR_ARG(s_), (z));  \
	} while (0)

/* A fresh folder, removed when the test program ends. Static storage, good until the next call. */
const char *support_dir(void);
/* A process that does nothing until it is killed, or we are. */
struct child support_sleeper(void);
/* The folder of the sources (the working tree). */
const char *support_root(void);
/* The build folder (ASPORA_BUILD), where bin/ and libexec/ are. */
const char *support_build(void);

#endif
