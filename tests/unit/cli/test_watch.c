/* What is new or has changed between two looks at a list. */
#include "cli/watch.h"

#include "base/clock.h"
#include "tests/unit/cli/help_cli.h"

static struct cli *c;
static struct cli_seen seen;

/* The names that a look at the objects (JSON, NULL ends) shows, and what it says on stderr. */
static const char *look(const char *const *json, const char **said)
{
	const struct doc_node *objects[8];
	CLEANUP(buf_release) struct buf names = BUF_INIT(4096);
	size_t count = 0;
	for (; json[count]; count++)
		objects[count] = help_json(c, json[count]);
	help_capture(2);
	size_t kept = cli_seen_filter(&seen, "skill", objects, count);
	*said = help_captured();
	for (size_t i = 0; i < kept; i++) {
		struct str name = doc_text(doc_find(objects[i], "metadata"), "name");
		buf_addf(&names, "%.*s ", STR_ARG(name));
	}
	return arena_strdup(c->arena, buf_cstr(&names));
}

static void check(const char *const *json, const char *names, const char *stderr_text)
{
	const char *said;
	ck_assert_str_eq(look(json, &said), names);
	ck_assert_str_eq(said, stderr_text);
}
#define LOOK(...) ((const char *const[]){__VA_ARGS__, NULL})

#define A1 "{\"metadata\":{\"domain\":\"ecm\",\"name\":\"a\"},\"status\":1}"
#define A2 "{\"metadata\":{\"domain\":\"ecm\",\"name\":\"a\"},\"status\":2}"
#define B1 "{\"metadata\":{\"domain\":\"ecm\",\"name\":\"b\"},\"status\":1}"
#define OTHER_A "{\"metadata\":{\"domain\":\"frm\",\"name\":\"a\"},\"status\":1}"

static void set_up(void)
{
	c = help_command(NULL);
	cli_seen_release(&seen);
}

START_TEST(at_first_everything_is_new)
{
	set_up();
	check(LOOK(A1, B1), "a b ", "");
}
END_TEST

START_TEST(what_is_as_it_was_is_not_shown_again)
{
	set_up();
	check(LOOK(A1, B1), "a b ", "");
	check(LOOK(A1, B1), "", "");
	check(LOOK(B1, A1), "", "");
}
END_TEST

START_TEST(what_has_changed_is_shown_and_so_is_its_way_back)
{
	set_up();
	check(LOOK(A1, B1), "a b ", "");
	check(LOOK(A2, B1), "a ", "");
	check(LOOK(A2, B1), "", "");
	check(LOOK(A1, B1), "a ", "");
}
END_TEST

START_TEST(what_is_gone_is_said_once_and_is_new_when_it_comes_back)
{
	set_up();
	check(LOOK(A1, B1), "a b ", "");
	check(LOOK(B1), "", "aspora: skill/ecm/a is gone\n");
	check(LOOK(B1), "", "");
	check(LOOK(A1, B1), "a ", "");
}
END_TEST

START_TEST(all_can_go)
{
	static const char *const none[] = {NULL};
	set_up();
	check(LOOK(A1, B1), "a b ", "");
	check(none, "", "aspora: skill/ecm/a is gone\naspora: skill/ecm/b is gone\n");
	ck_assert_uint_eq(seen.count, 0);
	check(none, "", "");
}
END_TEST

START_TEST(the_same_name_in_another_domain_is_another)
{
	set_up();
	check(LOOK(A1), "a ", "");
	check(LOOK(A1, OTHER_A), "a ", "");
	ck_assert_uint_eq(seen.count, 2);
	check(LOOK(OTHER_A), "", "aspora: skill/ecm/a is gone\n");
}
END_TEST

START_TEST(the_name_of_what_is_gone_cannot_steer_a_terminal)
{
	static const char *const none[] = {NULL};
	const char *said;
	set_up();
	(void)look(LOOK("{\"metadata\":{\"name\":\"x\\u001b[2J\"}}"), &said);
	(void)look(none, &said);
	ck_assert_ptr_null(strchr(said, '\x1b'));
	ck_assert_ptr_nonnull(strstr(said, "is gone\n"));
}
END_TEST

START_TEST(what_is_released_begins_anew)
{
	set_up();
	check(LOOK(A1), "a ", "");
	cli_seen_release(&seen);
	ck_assert_ptr_null(seen.items);
	check(LOOK(A1), "a ", "");
	cli_seen_release(&seen);
	cli_seen_release(&seen);
}
END_TEST

START_TEST(a_pause_lasts_as_long_as_is_said)
{
	int64_t begin = clock_mono(&clock_real);
	cli_pause(20);
	ck_assert_int_ge(clock_mono(&clock_real) - begin, 19);
	begin = clock_mono(&clock_real);
	cli_pause(0);
	ck_assert_int_lt(clock_mono(&clock_real) - begin, 1000);
}
END_TEST

START_TEST(one_object_is_new_until_it_was_seen_and_gone_once)
{
	set_up();
	struct cli *one = help_command(NULL);
	const char *first = "{\"metadata\":{\"domain\":\"ecm\",\"name\":\"x\"},\"a\":1}";
	const char *second = "{\"metadata\":{\"domain\":\"ecm\",\"name\":\"x\"},\"a\":2}";
	const char *names = "{\"metadata\":{\"domain\":\"ecm\",\"name\":\"x\"}}";
	ck_assert(cli_seen_new(&seen, "skill", help_json(one, first)));
	ck_assert(!cli_seen_new(&seen, "skill", help_json(one, first)));
	ck_assert(cli_seen_new(&seen, "skill", help_json(one, second)));
	ck_assert_uint_eq(seen.count, 1);
	ck_assert(cli_seen_drop(&seen, "skill", help_json(one, names)));
	ck_assert_uint_eq(seen.count, 0);
	ck_assert(!cli_seen_drop(&seen, "skill", help_json(one, names)));
	ck_assert_uint_eq(seen.count, 0);
	ck_assert(cli_seen_new(&seen, "skill", help_json(one, second)));
	cli_seen_release(&seen);
}
END_TEST

static const struct support_case cases[] = {
	CASE(one_object_is_new_until_it_was_seen_and_gone_once),
	CASE(at_first_everything_is_new),
	CASE(what_is_as_it_was_is_not_shown_again),
	CASE(what_has_changed_is_shown_and_so_is_its_way_back),
	CASE(what_is_gone_is_said_once_and_is_new_when_it_comes_back),
	CASE(all_can_go),
	CASE(the_same_name_in_another_domain_is_another),
	CASE(the_name_of_what_is_gone_cannot_steer_a_terminal),
	CASE(what_is_released_begins_anew),
	CASE(a_pause_lasts_as_long_as_is_said),
	{0}};

int main(void)
{
	return support_main("cli/watch", cases);
}
