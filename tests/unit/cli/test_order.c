/* The order that objects are shown in. */
#include "cli/order.h"

#include "tests/unit/cli/help_cli.h"

#define MOST 8

/* Letters of the names of objects in this order. */
static const char *names_of(const struct doc_node *const *objects, size_t count)
{
	static char text[MOST + 1];
	memset(text, 0, sizeof(text));
	for (size_t i = 0; i < count; i++)
		text[i] = doc_text(objects[i], "n").p[0];
	return text;
}

static const char *sorted(const char *json, const char *by)
{
	struct cli *c = help_command(NULL);
	const struct doc_node *list = help_json(c, json), *objects[MOST];
	for (size_t i = 0; i < list->list.count; i++)
		objects[i] = list->list.items[i];
	assert_ok(cli_sort(c, by, objects, list->list.count, &support_err));
	return names_of(objects, list->list.count);
}

START_TEST(numbers_are_ordered_as_numbers_and_words_as_words)
{
	static const char json[] = "[{\"n\":\"c\",\"v\":10},{\"n\":\"a\",\"v\":9},"
				   "{\"n\":\"b\",\"v\":-1}]";
	ck_assert_str_eq(sorted(json, ".v"), "bac");
	ck_assert_str_eq(sorted(json, "{.n}"), "abc");
}
END_TEST

START_TEST(what_has_no_such_value_comes_last)
{
	ck_assert_str_eq(sorted("[{\"n\":\"a\"},{\"n\":\"b\",\"v\":2},{\"n\":\"c\",\"v\":1}]", "v"),
			 "cba");
	ck_assert_str_eq(sorted("[]", "v"), "");
}
END_TEST

START_TEST(of_the_same_value_the_domain_says_which_is_first)
{
	ck_assert_str_eq(sorted("[{\"n\":\"a\",\"v\":1,\"metadata\":{\"domain\":\"hr\"}},"
				"{\"n\":\"b\",\"v\":1,\"metadata\":{\"domain\":\"ecm\"}}]",
				"v"),
			 "ba");
}
END_TEST

START_TEST(a_path_that_is_none_is_refused_by_the_name_of_its_option)
{
	const struct doc_node *none[1] = {NULL};
	assert_err(cli_sort(help_command(NULL), "{.a", none, 0, &support_err), ERR_USAGE,
		   "--sort-by");
}
END_TEST

START_TEST(what_is_equal_stays_in_its_order)
{
	ck_assert_str_eq(
		sorted("[{\"n\":\"c\"},{\"n\":\"a\"},{\"n\":\"d\"},{\"n\":\"b\"}]", ".none"),
		"cadb");
}
END_TEST

START_TEST(what_kubectl_calls_a_time_or_a_namespace_is_taken_as_meant)
{
	static const char json[] =
		"[{\"n\":\"b\",\"metadata\":{\"createdAt\":\"2026-01-02\",\"domain\":\"a\"}},"
		"{\"n\":\"a\",\"metadata\":{\"createdAt\":\"2026-01-01\",\"domain\":\"b\"}}]";
	static const char *const times[] = {
		".metadata.creationTimestamp", "{.metadata.creationTimestamp}",
		"metadata.creationTimestamp",  ".lastTimestamp",
		"{.firstTimestamp}",	       ".eventTime"};
	for (size_t i = 0; i < ARRAY_SIZE(times); i++)
		ck_assert_msg(strcmp(sorted(json, times[i]), "ab") == 0, "%s", times[i]);
	ck_assert_str_eq(sorted(json, ".metadata.namespace"), "ba");
}
END_TEST

START_TEST(turned_round_the_last_is_the_first)
{
	static const char json[] = "[{\"n\":\"a\"},{\"n\":\"b\"},{\"n\":\"c\"},{\"n\":\"d\"}]";
	static const char *const want[] = {"", "a", "ba", "cba", "dcba"};
	struct cli *c = help_command(NULL);
	for (size_t count = 0; count < ARRAY_SIZE(want); count++) {
		const struct doc_node *list = help_json(c, json), *objects[MOST];
		for (size_t i = 0; i < count; i++)
			objects[i] = list->list.items[i];
		cli_turn_round(objects, count);
		ck_assert_str_eq(names_of(objects, count), want[count]);
	}
}
END_TEST

static const struct support_case cases[] = {
	CASE(numbers_are_ordered_as_numbers_and_words_as_words),
	CASE(what_has_no_such_value_comes_last),
	CASE(of_the_same_value_the_domain_says_which_is_first),
	CASE(a_path_that_is_none_is_refused_by_the_name_of_its_option),
	CASE(what_is_equal_stays_in_its_order),
	CASE(what_kubectl_calls_a_time_or_a_namespace_is_taken_as_meant),
	CASE(turned_round_the_last_is_the_first),
	{0}};

int main(void)
{
	return support_main("cli/order", cases);
}
