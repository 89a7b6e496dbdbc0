/* Errands: what a child brings, what is made of its death, and one that takes too long. */
#include "agent/gateway/errand.h"

#include <signal.h>
#include <unistd.h>

#include "base/crypto.h"
#include "tests/unit/support.h"

static struct loop *loop;
static int calls, last_rc;
static struct buf got = BUF_INIT(BUF_MAX);
static struct err last_err;

static void done(void *state, int rc, struct str out, const struct err *err)
{
	ck_assert_ptr_eq(state, &calls);
	calls++;
	last_rc = rc;
	last_err = *err;
	buf_reset(&got);
	buf_add_str(&got, out);
}

static int echo(const void *what, struct buf *out, struct err *err)
{
	(void)err;
	buf_addf(out, "%s from %d", (const char *)what, getpid() == getppid());
	return 0;
}

static int much(const void *what, struct buf *out, struct err *err)
{
	(void)err;
	buf_add_repeat(out, 'x', *(const size_t *)what);
	return 0;
}

static int refuse(const void *what, struct buf *out, struct err *err)
{
	(void)what;
	buf_addz(out, "not to be seen");
	err_set(err, ERR_DENIED, "no");
	return err_remedy(err, "ask nicely");
}

static int die(const void *what, struct buf *out, struct err *err)
{
	(void)what;
	(void)out;
	(void)err;
	kill(getpid(), SIGKILL);
	return 0;
}

static int hang(const void *what, struct buf *out, struct err *err)
{
	(void)what;
	(void)out;
	(void)err;
	for (;;)
		pause();
	return 0;
}

static struct gw_errand *start(gw_errand_work_fn work, const void *what, int64_t timeout_ms)
{
	struct gw_errand *e = NULL;
	const struct gw_errand_opts o = {loop, timeout_ms, work, what, done, &calls};
	assert_ok(gw_errand_start(&o, &e, &support_err));
	ck_assert_ptr_nonnull(e);
	return e;
}

static void wait_done(int want)
{
	while (calls < want)
		assert_ok(loop_step(loop, 10000, &support_err));
}

static void begin(void)
{
	assert_ok(crypto_init(&support_err));
	assert_ok(loop_open(&clock_real, &loop, &support_err));
}

START_TEST(what_the_child_says_arrives)
{
	begin();
	start(echo, "hello", 60000);
	wait_done(1);
	ck_assert_int_eq(last_rc, 0);
	ck_assert_str_eq(buf_cstr(&got), "hello from 0");
	loop_close(loop);
}
END_TEST

START_TEST(its_error_is_ours)
{
	begin();
	start(refuse, NULL, 60000);
	wait_done(1);
	ck_assert_int_eq(last_rc, ERR_DENIED);
	ck_assert_str_eq(last_err.msg, "no");
	ck_assert_str_eq(last_err.remedy, "ask nicely");
	ck_assert_uint_eq(got.len, 0);
	loop_close(loop);
}
END_TEST

START_TEST(an_answer_has_its_size)
{
	const size_t most = GW_ERRAND_BYTES, over = most + 1;
	begin();
	start(much, &most, 60000);
	wait_done(1);
	ck_assert_int_eq(last_rc, 0);
	ck_assert_uint_eq(got.len, most);
	start(much, &over, 60000);
	wait_done(2);
	ck_assert_int_eq(last_rc, ERR_TOO_LARGE);
	loop_close(loop);
}
END_TEST

START_TEST(a_child_that_dies_is_an_error)
{
	begin();
	start(die, NULL, 60000);
	wait_done(1);
	ck_assert_int_eq(last_rc, ERR_UNAVAILABLE);
	ck_assert_ptr_nonnull(strstr(last_err.msg, "ended before its time"));
	loop_close(loop);
}
END_TEST

START_TEST(one_that_takes_too_long_is_ended)
{
	begin();
	start(hang, NULL, 100);
	wait_done(1);
	ck_assert_int_eq(last_rc, ERR_TIMEOUT);
	loop_close(loop);
}
END_TEST

START_TEST(one_that_is_cancelled_says_nothing)
{
	begin();
	struct gw_errand *e = start(hang, NULL, 60000);
	gw_errand_cancel(e);
	gw_errand_cancel(NULL);
	start(echo, "x", 60000);
	start(echo, "x", 60000);
	wait_done(2);
	ck_assert_int_eq(calls, 2);
	loop_close(loop);
}
END_TEST

static const struct support_case cases[] = {CASE(what_the_child_says_arrives),
					    CASE(its_error_is_ours),
					    CASE_SLOW(an_answer_has_its_size, 30),
					    CASE(a_child_that_dies_is_an_error),
					    CASE(one_that_takes_too_long_is_ended),
					    CASE(one_that_is_cancelled_says_nothing),
					    {0}};

int main(void)
{
	return support_main("agent/gateway_errand", cases);
}
