#include "base/fiber.h"

#include <sys/wait.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tests/unit/support.h"

#define STACK ((size_t)128 * 1024)

static char log_text[256];

static void say(const char *z)
{
	size_t n = strlen(log_text);
	snprintf(log_text + n, sizeof(log_text) - n, "%s", z);
}

static void twice(void *state)
{
	say(state);
	fiber_park();
	say("again");
}

START_TEST(a_fiber_is_left_in_the_middle_and_gone_on_with)
{
	struct fiber *f = fiber_new(STACK);
	log_text[0] = '\0';
	ck_assert(!fiber_is_active(f));
	ck_assert(!fiber_run(f, twice, (char[]){"first "}));
	ck_assert(fiber_is_active(f));
	say("between ");
	ck_assert(fiber_resume(f));
	ck_assert(!fiber_is_active(f));
	ck_assert_str_eq(log_text, "first between again");
	fiber_free(f);
}
END_TEST

static void at_once(void *state)
{
	*(int *)state += 1;
}

START_TEST(one_that_returns_without_parking_can_be_run_again)
{
	struct fiber *f = fiber_new(STACK);
	int n = 0;
	for (int i = 0; i < 1000; i++)
		ck_assert(fiber_run(f, at_once, &n));
	ck_assert_int_eq(n, 1000);
	fiber_free(f);
}
END_TEST

struct counter {
	struct fiber *fiber;
	int at, seed;
	char text[64];
};

/* What it keeps on its stack is its own, whatever others do meanwhile. */
static void count(void *state)
{
	struct counter *c = state;
	char local[64];
	CLEANUP_FREE char *heap = mem_printf("heap %d", c->seed);
	for (c->at = 0; c->at < 50; c->at++) {
		snprintf(local, sizeof(local), "%d:%d", c->seed, c->at);
		ck_assert_ptr_eq(fiber_self(), c->fiber);
		fiber_park();
		char want[64];
		snprintf(want, sizeof(want), "%d:%d", c->seed, c->at);
		ck_assert_str_eq(local, want);
	}
	snprintf(c->text, sizeof(c->text), "%s", heap);
}

START_TEST(many_fibers_go_on_in_turn_each_with_its_own_stack)
{
	struct counter all[20] = {0};
	for (int i = 0; i < 20; i++) {
		all[i].fiber = fiber_new(STACK);
		all[i].seed = i;
		ck_assert(!fiber_run(all[i].fiber, count, &all[i]));
	}
	ck_assert_ptr_null(fiber_self());
	for (int round = 1; round <= 50; round++)
		for (int i = 19; i >= 0; i--)
			ck_assert_int_eq(fiber_resume(all[i].fiber), round == 50);
	for (int i = 0; i < 20; i++) {
		char want[64];
		snprintf(want, sizeof(want), "heap %d", i);
		ck_assert_str_eq(all[i].text, want);
		fiber_free(all[i].fiber);
	}
}
END_TEST

static void outer(void *state)
{
	struct fiber *inner = state, *self = fiber_self();
	ck_assert(!fiber_run(inner, twice, (char[]){"inner "}));
	ck_assert_ptr_eq(fiber_self(), self);
	fiber_park();
	ck_assert(fiber_resume(inner));
	ck_assert_ptr_eq(fiber_self(), self);
}

START_TEST(a_fiber_may_run_another)
{
	struct fiber *f = fiber_new(STACK), *inner = fiber_new(STACK);
	log_text[0] = '\0';
	ck_assert(!fiber_run(f, outer, inner));
	ck_assert_ptr_null(fiber_self());
	ck_assert(fiber_resume(f));
	ck_assert_str_eq(log_text, "inner again");
	fiber_free(inner);
	fiber_free(f);
}
END_TEST

static void ends_by_cleanup(void *state)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(1000);
	buf_addz(&b, "kept over a park");
	fiber_park();
	snprintf(state, 64, "%s", buf_cstr(&b));
}

START_TEST(what_a_function_holds_is_released_when_it_returns)
{
	char text[64] = "";
	struct fiber *f = fiber_new(STACK);
	ck_assert(!fiber_run(f, ends_by_cleanup, text));
	ck_assert(fiber_resume(f));
	ck_assert_str_eq(text, "kept over a park");
	fiber_free(f);
	fiber_free(NULL);
}
END_TEST

/* Not a tail call, and nothing that a compiler may take apart. */
static int dig(volatile char *before, int depth)
{
	volatile char room[4096];
	room[0] = before ? before[0] : 1;
	room[4095] = 1;
	return depth == 0 ? room[0] : dig(room, depth - 1) + room[4095];
}

static void too_deep(void *state)
{
	*(int *)state = dig(NULL, 1000);
}

START_TEST(who_needs_more_than_its_stack_ends_at_the_guard_page)
{
	pid_t pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		int ignored;
		struct fiber *f = fiber_new(STACK);
		fiber_run(f, too_deep, &ignored);
		_exit(0);
	}
	int status;
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status) || WEXITSTATUS(status) != 0);
}
END_TEST

int main(void)
{
	static const struct support_case cases[] = {
		CASE(a_fiber_is_left_in_the_middle_and_gone_on_with),
		CASE(one_that_returns_without_parking_can_be_run_again),
		CASE(many_fibers_go_on_in_turn_each_with_its_own_stack),
		CASE(a_fiber_may_run_another),
		CASE(what_a_function_holds_is_released_when_it_returns),
		CASE(who_needs_more_than_its_stack_ends_at_the_guard_page),
		{0}};
	return support_main("base/fiber", cases);
}
