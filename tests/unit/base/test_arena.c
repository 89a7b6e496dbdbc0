#include "tests/unit/support.h"

#include <signal.h>
#include <stdalign.h>
#include <sys/resource.h>

#include "base/arena.h"
#include "base/child.h"

START_TEST(memory_is_zero_aligned_and_apart)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	unsigned char *last = NULL;
	for (size_t size = 0; size < 300; size++) {
		unsigned char *p = arena_alloc(a, size);
		ck_assert_uint_eq((uintptr_t)p % alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++)
			ck_assert_uint_eq(p[i], 0);
		memset(p, 0xFF, size);
		ck_assert_ptr_ne(p, last);
		last = p;
	}
	assert_ok(arena_check(a, "it", &support_err));
}
END_TEST

START_TEST(large_things_get_room_of_their_own)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 << 20);
	char *small = arena_strdup(a, "small");
	char *large = arena_alloc(a, 3 << 20);
	memset(large, 'x', 3 << 20);
	char *next = arena_strdup(a, "next");
	ck_assert_str_eq(small, "small");
	ck_assert_str_eq(next, "next");
	ck_assert_int_eq(next - small, alignof(max_align_t)); /* the chunk went on being used */
}
END_TEST

START_TEST(a_sized_arena_holds_what_it_was_made_for_in_one_piece)
{
	CLEANUP(arena_freep) struct arena *a = arena_new_sized(1 << 20, 1000);
	char *first = arena_alloc(a, 600), *second = arena_alloc(a, 400);
	ck_assert_ptr_eq(second, first + 608);
	/* And what comes after goes elsewhere. */
	char *third = arena_alloc(a, 16);
	ck_assert(third < first || third >= first + 1008);
	CLEANUP(arena_freep) struct arena *none = arena_new_sized(1 << 20, 0);
	memset(arena_alloc(none, 5000), 'x', 5000);
}
END_TEST

START_TEST(a_reset_arena_is_as_new_and_keeps_its_first_chunk)
{
	CLEANUP(arena_freep) struct arena *a = arena_new_sized(1 << 20, 4096);
	unsigned char *first = arena_alloc(a, 1000);
	for (size_t round = 0; round < 3; round++) {
		/* In the first chunk alone, full of it, and past it. */
		for (size_t size = 1000; size < 4000 * round; size += 1000)
			memset(arena_alloc(a, 1000), 0xFF, 1000);
		memset(first, 0xFF, 1000);
		arena_reset(a);
		ck_assert_uint_eq(arena_used(a), 0);
		unsigned char *p = arena_alloc(a, 4096);
		ck_assert_ptr_eq(p, first);
		for (size_t i = 0; i < 4096; i++)
			ck_assert_uint_eq(p[i], 0);
	}
	memset(arena_alloc(a, 2 << 20), 0xFF, 2 << 20);
	ck_assert(arena_full(a));
	arena_reset(a);
	ck_assert(!arena_full(a));
}
END_TEST

START_TEST(a_reset_arena_without_a_first_chunk_has_nothing)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	arena_reset(a);
	memset(arena_alloc(a, 5000), 0xFF, 5000);
	arena_reset(a);
	ck_assert_uint_eq(arena_used(a), 0);
	ck_assert_int_eq(*(char *)arena_alloc(a, 1), 0);
}
END_TEST

START_TEST(the_limit_is_told_at_the_end_and_memory_stays_good)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(160);
	char *texts[40];
	for (int i = 0; i < 10; i++)
		texts[i] = arena_printf(a, "text %d", i);
	ck_assert_uint_eq(arena_used(a), 160);
	ck_assert(!arena_full(a));
	assert_ok(arena_check(a, "it", &support_err));
	for (int i = 10; i < 40; i++)
		texts[i] = arena_printf(a, "text %d", i);
	ck_assert(arena_full(a));
	assert_err(arena_check(a, "the snapshot", &support_err), ERR_TOO_LARGE,
		   "the snapshot needs more than its limit of 160 bytes of memory");
	for (int i = 0; i < 40; i++) {
		char expected[32];
		snprintf(expected, sizeof(expected), "text %d", i);
		ck_assert_str_eq(texts[i], expected);
	}
}
END_TEST

START_TEST(copies_are_followed_by_nul)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	char source[] = "abcdef";
	struct str copy = arena_str(a, str_make(source, 3));
	source[0] = 'X';
	assert_str(copy, "abc");
	ck_assert_int_eq(copy.p[3], '\0');
	assert_str(arena_str(a, STR_NULL), "");
	ck_assert_ptr_nonnull(arena_str(a, STR_NULL).p);
	ck_assert_str_eq(arena_strndup(a, "xyz", 2), "xy");
	ck_assert_ptr_null(arena_strdup(a, NULL));
	ck_assert_str_eq(arena_printf(a, "%s", ""), "");
}
END_TEST

START_TEST(arrays_grow_in_an_arena)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	int *items = NULL;
	size_t count = 0, cap = 0;
	for (int i = 0; i < 500; i++) {
		ARENA_GROW(a, items, count, cap);
		items[count++] = i;
	}
	for (int i = 0; i < 500; i++)
		ck_assert_int_eq(items[i], i);
}
END_TEST

START_TEST(nothing_can_be_freed)
{
	struct arena *a = NULL;
	arena_free(NULL);
	arena_freep(&a);
	a = arena_new(0);
	ck_assert(!arena_full(a));
	arena_alloc(a, 0);
	ck_assert(arena_full(a));
	arena_freep(&a);
	ck_assert_ptr_null(a);
}
END_TEST

static int run_away(void *state)
{
	struct rlimit none = {0, 0};
	setrlimit(RLIMIT_CORE, &none);
	struct arena *a = arena_new(1024);
	volatile size_t huge = SIZE_MAX / 8 + 2;
	if (*(int *)state == 1)
		arena_array(a, huge, 8);
	if (*(int *)state == 2)
		arena_alloc(a, SIZE_MAX - 8);
	for (int i = 0; i < 100; i++)
		arena_alloc(a, 1 << 20);
	return 0;
}

START_TEST(an_owner_that_never_checks_is_ended)
{
	CLEANUP(child_release) struct child c = CHILD_INIT;
	struct child_end end;
	assert_ok(child_fork(&c, run_away, &_i, NULL, 0, &support_err));
	assert_ok(child_wait(&c, 30000, &end, &support_err));
	ck_assert(!end.exited);
	ck_assert_int_eq(end.status, SIGABRT);
}
END_TEST

static const struct support_case cases[] = {
	CASE(memory_is_zero_aligned_and_apart),
	CASE(large_things_get_room_of_their_own),
	CASE(a_sized_arena_holds_what_it_was_made_for_in_one_piece),
	CASE(a_reset_arena_is_as_new_and_keeps_its_first_chunk),
	CASE(a_reset_arena_without_a_first_chunk_has_nothing),
	CASE(the_limit_is_told_at_the_end_and_memory_stays_good),
	CASE(copies_are_followed_by_nul),
	CASE(arrays_grow_in_an_arena),
	CASE(nothing_can_be_freed),
	CASE_LOOP(an_owner_that_never_checks_is_ended, 3),
	{0},
};

int main(void)
{
	return support_main("base/arena", cases);
}
