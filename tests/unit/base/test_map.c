#include "tests/unit/support.h"

#include "base/map.h"
#include "base/mem.h"

START_TEST(what_was_set_is_found)
{
	CLEANUP(map_release) struct map m = MAP_INIT;
	int one = 1, two = 2;
	ck_assert_ptr_null(map_find(&m, STR("a")));
	ck_assert_ptr_null(map_remove(&m, STR("a")));
	ck_assert_ptr_null(map_set(&m, STR("a"), &one));
	ck_assert_ptr_eq(map_find(&m, STR("a")), &one);
	ck_assert_ptr_eq(map_set(&m, STR("a"), &two), &one);
	ck_assert_ptr_eq(map_find(&m, STR("a")), &two);
	ck_assert_uint_eq(m.live, 1);
	ck_assert_ptr_eq(map_remove(&m, STR("a")), &two);
	ck_assert_ptr_null(map_find(&m, STR("a")));
	ck_assert_ptr_null(map_remove(&m, STR("a")));
}
END_TEST

START_TEST(keys_are_bytes)
{
	CLEANUP(map_release) struct map m = MAP_INIT;
	int v[4];
	map_set(&m, STR(""), &v[0]);
	map_set(&m, STR("\0"), &v[1]);
	map_set(&m, STR("a\0b"), &v[2]);
	map_set(&m, STR("a\0c"), &v[3]);
	ck_assert_ptr_eq(map_find(&m, STR_NULL), &v[0]);
	ck_assert_ptr_eq(map_find(&m, STR("\0")), &v[1]);
	ck_assert_ptr_eq(map_find(&m, STR("a\0c")), &v[3]);
	ck_assert_ptr_null(map_find(&m, STR("a")));
}
END_TEST

START_TEST(iteration_is_in_the_order_of_insertion)
{
	CLEANUP(map_release) struct map m = MAP_INIT;
	static char text[100][16];
	char seen[800] = "", expected[800] = "";
	for (int i = 99; i >= 0; i--) {
		snprintf(text[i], sizeof(text[i]), "%d,", i);
		map_set(&m, str_of(text[i]), text[i]);
	}
	map_set(&m, STR("50,"), text[50]); /* replacing does not move */
	for (int i = 0; i < 100; i += 2)
		map_remove(&m, str_of(text[i]));
	map_set(&m, STR("98,"), text[98]); /* removed and set again goes last */
	size_t n = 0, len = 0;
	MAP_EACH (&m, e) {
		len += (size_t)snprintf(seen + len, sizeof(seen) - len, "%s", (char *)e->value);
		n++;
	}
	len = 0;
	for (int i = 99; i >= 0; i -= 2)
		len += (size_t)snprintf(expected + len, sizeof(expected) - len, "%d,", i);
	snprintf(expected + len, sizeof(expected) - len, "98,");
	ck_assert_str_eq(seen, expected);
	ck_assert_uint_eq(n, m.live);
}
END_TEST

/* A plain array says what the map should say, through thousands of random steps. */
START_TEST(a_map_agrees_with_an_array)
{
	enum { KEYS = 300 };
	CLEANUP(map_release) struct map m = MAP_INIT;
	static char keys[KEYS][16];
	void *model[KEYS] = {0};
	size_t live = 0;
	unsigned seed = 99;
	for (int i = 0; i < KEYS; i++)
		snprintf(keys[i], sizeof(keys[i]), "k%d", i);
	for (int round = 0; round < 50000; round++) {
		seed = seed * 1103515245 + 12345;
		size_t k = (seed >> 16) % KEYS;
		void *value = (seed >> 8) % 3 ? &keys[(seed >> 20) % KEYS] : NULL;
		void *before = value ? map_set(&m, str_of(keys[k]), value)
				     : map_remove(&m, str_of(keys[k]));
		ck_assert_ptr_eq(before, model[k]);
		live += (value != NULL) - (model[k] != NULL);
		model[k] = value;
		ck_assert_uint_eq(m.live, live);
	}
	for (size_t k = 0; k < KEYS; k++)
		ck_assert_ptr_eq(map_find(&m, str_of(keys[k])), model[k]);
	ck_assert_uint_lt(m.cap, 4 * KEYS); /* what was removed does not pile up */
}
END_TEST

START_TEST(a_reset_map_is_empty_and_keeps_its_room)
{
	CLEANUP(map_release) struct map m = MAP_INIT;
	int v;
	map_reset(&m);
	map_set(&m, STR("a"), &v);
	size_t cap = m.cap;
	map_reset(&m);
	ck_assert_ptr_null(map_find(&m, STR("a")));
	ck_assert_uint_eq(m.cap, cap);
	MAP_EACH (&m, e)
		ck_abort_msg("an entry in an empty map");
	map_set(&m, STR("b"), &v);
	ck_assert_uint_eq(m.live, 1);
	map_release(&m);
	map_set(&m, STR("c"), &v);
	ck_assert_ptr_eq(map_find(&m, STR("c")), &v);
}
END_TEST

START_TEST(a_replaced_key_may_be_freed)
{
	CLEANUP(map_release) struct map m = MAP_INIT;
	char *first = mem_strdup("key"), *second = mem_strdup("key");
	map_set(&m, str_of(first), first);
	free(map_set(&m, str_of(second), second));
	ck_assert_ptr_eq(map_find(&m, STR("key")), second);
	free(second);
}
END_TEST

static const struct support_case cases[] = {
	CASE(what_was_set_is_found),
	CASE(keys_are_bytes),
	CASE(iteration_is_in_the_order_of_insertion),
	CASE(a_map_agrees_with_an_array),
	CASE(a_reset_map_is_empty_and_keeps_its_room),
	CASE(a_replaced_key_may_be_freed),
	{0},
};

int main(void)
{
	return support_main("base/map", cases);
}
