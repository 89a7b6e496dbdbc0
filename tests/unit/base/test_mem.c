#include "tests/unit/support.h"

#include <signal.h>
#include <sys/resource.h>

#include "base/child.h"
#include "base/mem.h"

START_TEST(sizes_of_nothing_give_something_to_free)
{
	free(mem_alloc(0));
	free(mem_zalloc(0));
	free(mem_array(0, 8));
	free(mem_array(8, 0));
	void *p = mem_alloc(8);
	p = mem_realloc_array(p, 0, 8);
	ck_assert_ptr_nonnull(p);
	free(p);
	free(mem_dup(NULL, 0));
}
END_TEST

START_TEST(arrays_are_zero_and_copies_are_equal)
{
	CLEANUP_FREE int *zeros = mem_array(100, sizeof(int));
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(zeros[i], 0);
	CLEANUP_FREE char *copy = mem_strndup("abcdef", 3);
	ck_assert_str_eq(copy, "abc");
	CLEANUP_FREE char *whole = mem_strdup("abc");
	ck_assert_str_eq(whole, "abc");
	ck_assert_ptr_null(mem_strdup(NULL));
	CLEANUP_FREE char *printed = mem_printf("%s-%d", "x", 7);
	ck_assert_str_eq(printed, "x-7");
	CLEANUP_FREE char *bytes = mem_dup("a\0b", 3);
	ck_assert_mem_eq(bytes, "a\0b", 3);
}
END_TEST

START_TEST(lines_begin_with_a_line_of_the_cache)
{
	for (size_t size = 0; size < 200; size += 33) {
		CLEANUP_FREE char *p = mem_lines(size);
		ck_assert_uint_eq((uintptr_t)p % 64, 0);
		memset(p, 'x', size);
	}
}
END_TEST

START_TEST(growing_keeps_what_is_there)
{
	CLEANUP_FREE size_t *items = NULL;
	size_t count = 0, cap = 0;
	for (size_t i = 0; i < 1000; i++) {
		GROW(items, count, cap);
		items[count++] = i;
	}
	for (size_t i = 0; i < 1000; i++)
		ck_assert_uint_eq(items[i], i);
	ck_assert_uint_eq(cap, 1024);
}
END_TEST

static int overflow_array(void *state)
{
	struct rlimit none = {0, 0};
	setrlimit(RLIMIT_CORE, &none);
	fclose(stderr);
	volatile size_t half = SIZE_MAX / 2 + 2;
	if (*(int *)state)
		free(mem_realloc_array(NULL, half, 2));
	else
		free(mem_array(half, 2));
	return 0;
}

START_TEST(a_product_that_overflows_aborts_and_does_not_wrap)
{
	CLEANUP(child_release) struct child c = CHILD_INIT;
	struct child_end end;
	assert_ok(child_fork(&c, overflow_array, &_i, NULL, 0, &support_err));
	assert_ok(child_wait(&c, 30000, &end, &support_err));
	ck_assert(!end.exited || end.status != 0);
}
END_TEST

static const struct support_case cases[] = {
	CASE(sizes_of_nothing_give_something_to_free),
	CASE(arrays_are_zero_and_copies_are_equal),
	CASE(lines_begin_with_a_line_of_the_cache),
	CASE(growing_keeps_what_is_there),
	CASE_LOOP(a_product_that_overflows_aborts_and_does_not_wrap, 2),
	{0},
};

int main(void)
{
	return support_main("base/mem", cases);
}
