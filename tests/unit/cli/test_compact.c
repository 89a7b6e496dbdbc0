/* The body of an object for a person's eye. */
#include "cli/compact.h"

#include "tests/unit/cli/help_cli.h"

static void check(const char *json, const char *const *skip, const char *want)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 16);
	cli_compact(&out, help_json(help_command(NULL), json), skip);
	assert_str(buf_str(&out), want);
}

START_TEST(words_take_a_line_each)
{
	check("{\"role\":\"manager\",\"cases\":2,\"ok\":true,\"rate\":0.5}", NULL,
	      "  role: manager\n  cases: 2\n  ok: true\n  rate: 0.5\n");
}
END_TEST

START_TEST(what_is_empty_is_left_out_and_zero_and_false_are_not_empty)
{
	check("{\"a\":null,\"b\":\"\",\"c\":[],\"d\":{},\"e\":0,\"f\":false}", NULL,
	      "  e: 0\n  f: false\n");
}
END_TEST

START_TEST(what_is_told_elsewhere_is_skipped)
{
	static const char *const skip[] = {"a", "c", NULL};
	check("{\"a\":1,\"b\":2,\"c\":3,\"ab\":4}", skip, "  b: 2\n  ab: 4\n");
}
END_TEST

START_TEST(digests_are_cut_and_what_only_looks_like_one_is_not)
{
	check("{\"d\":\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"}", NULL,
	      "  d: 0123456789ab\n");
	check("{\"d\":\"0123456789abcdef0123456789abcdef01234567\"}", NULL, "  d: 0123456789ab\n");
	check("{\"d\":\"0123456789abcdef0123456789abcdef0123456\"}", NULL,
	      "  d: 0123456789abcdef0123456789abcdef0123456\n");
	check("{\"d\":\"0123456789abcdef0123456789abcdef0123456g\"}", NULL,
	      "  d: 0123456789abcdef0123456789abcdef0123456g\n");
	check("{\"d\":\"0123456789ABCDEF0123456789ABCDEF01234567\"}", NULL,
	      "  d: 0123456789ABCDEF0123456789ABCDEF01234567\n");
}
END_TEST

START_TEST(maps_are_one_line)
{
	check("{\"budget\":{\"per_run\":0.1,\"none\":null,\"per_day\":20}}", NULL,
	      "  budget: per_run 0.1, per_day 20\n");
	check("{\"a\":{\"b\":{\"c\":1,\"d\":2},\"e\":3}}", NULL, "  a: b (c 1, d 2), e 3\n");
	check("{\"a\":{\"b\":[1,2]}}", NULL, "  a: b (1, 2)\n");
}
END_TEST

/* A list of one word of len bytes. */
static const char *list_of(struct cli *c, size_t len)
{
	char *word = arena_alloc(c->arena, len + 1);
	memset(word, 'x', len);
	return arena_printf(c->arena, "{\"l\":[\"%s\"]}", word);
}

START_TEST(a_list_of_words_stands_on_one_line_while_it_fits)
{
	struct cli *c = help_command(NULL);
	CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 16);
	check("{\"l\":[\"a\",\"b\",3]}", NULL, "  l: a, b, 3\n");
	cli_compact(&out, help_json(c, list_of(c, 100)), NULL);
	ck_assert_uint_eq(out.len, strlen("  l: \n") + 100);
	buf_reset(&out);
	cli_compact(&out, help_json(c, list_of(c, 101)), NULL);
	ck_assert_uint_eq(out.len, strlen("  l:\n    - \n") + 101);
}
END_TEST

START_TEST(a_list_of_maps_takes_a_line_each)
{
	check("{\"l\":[{\"a\":1},{\"a\":2,\"b\":3}]}", NULL, "  l:\n    - a 1\n    - a 2, b 3\n");
	check("{\"l\":[\"x\",{\"a\":2}]}", NULL, "  l:\n    - x\n    - a 2\n");
}
END_TEST

START_TEST(of_a_configuration_only_what_matters_most_is_there_and_last)
{
	check("{\"config\":{\"routing\":{\"a\":1},\"budget\":{\"b\":2},\"model\":\"m\",\"limits\":{"
	      "}},"
	      "\"z\":1}",
	      NULL, "  z: 1\n  budget: b 2\n  model: m\n");
	check("{\"config\":\"words\"}", NULL, "");
}
END_TEST

START_TEST(nothing_in_it_can_steer_a_terminal)
{
	check("{\"a\\u001b\":\"b\\u001b[2J\\nc\"}", NULL, "  a\\x1b: b\\x1b[2J\\nc\n");
	check("{\"m\":{\"k\\u202e\":\"v\\r\"}}", NULL, "  m: k\\u{202e} v\\x0d\n");
	check("{\"l\":[\"\\u009b31m\"]}", NULL, "  l: \\u{9b}31m\n");
}
END_TEST

START_TEST(what_is_no_map_has_no_lines)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(64);
	check("[1,2]", NULL, "");
	check("\"words\"", NULL, "");
	check("{}", NULL, "");
	cli_compact(&out, NULL, NULL);
	ck_assert_uint_eq(out.len, 0);
}
END_TEST

START_TEST(lines_of_names_and_values_stand_below_each_other_and_none_is_empty)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(1024);
	cli_compact_line(&out, "Name:", STR("boss"));
	cli_compact_line(&out, "Domain:", STR_NULL);
	cli_compact_line(&out, "Revision:", STR("a\033[31m"));
	ck_assert_ptr_null(strchr(buf_cstr(&out), '\033'));
	ck_assert_int_eq(strncmp(buf_cstr(&out), "Name:       boss\nRevision:   a", 30), 0);
}
END_TEST

static const struct support_case cases[] = {
	CASE(words_take_a_line_each),
	CASE(what_is_empty_is_left_out_and_zero_and_false_are_not_empty),
	CASE(what_is_told_elsewhere_is_skipped),
	CASE(digests_are_cut_and_what_only_looks_like_one_is_not),
	CASE(maps_are_one_line),
	CASE(a_list_of_words_stands_on_one_line_while_it_fits),
	CASE(a_list_of_maps_takes_a_line_each),
	CASE(of_a_configuration_only_what_matters_most_is_there_and_last),
	CASE(nothing_in_it_can_steer_a_terminal),
	CASE(what_is_no_map_has_no_lines),
	CASE(lines_of_names_and_values_stand_below_each_other_and_none_is_empty),
	{0}};

int main(void)
{
	return support_main("cli/compact", cases);
}
