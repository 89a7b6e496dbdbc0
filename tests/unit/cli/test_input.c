/* Inputs as people write them, problems as gateways send them, names of objects, formats. */
#include <stdio.h>

#include "tests/unit/support.h"
#include "base/io.h"
#include "base/mem.h"
#include "cli/input.h"
#include "cli/local.h"
#include "cli/resource.h"

static struct cli *command(void)
{
	static struct cli_verb verb = {.name = "get", .usage = "KIND"};
	static struct cli c;
	c = (struct cli){.verb = &verb, .arena = arena_new(1 << 24)};
	return &c;
}

/* --- inputs --- */

static void check_input(const char *word, const char *json, const char *text)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	struct cli *c = command();
	struct str said;
	assert_ok(cli_input(c, word, &out, &said, &support_err));
	assert_str(buf_str(&out), json);
	assert_str(said, text);
	arena_free(c->arena);
}

START_TEST(json_is_told_from_text_by_how_it_begins)
{
	check_input(NULL, "null", "");
	check_input("{\"a\": 1}", "{\"a\":1}", "");
	check_input(" [1, 2]", "[1,2]", "");
	check_input("\"quoted\"", "\"quoted\"", "");
	check_input("order status 17", "{\"text\":\"order status 17\"}", "order status 17");
	check_input("17", "{\"text\":\"17\"}", "17");
}
END_TEST

START_TEST(a_file_is_read)
{
	CLEANUP_FREE char *path = io_join(support_dir(), "in.json");
	CLEANUP_FREE char *word = mem_printf("@%s", path);
	assert_ok(io_write_file(path, STR("{\"a\": [true]}\n"), 0644, &support_err));
	check_input(word, "{\"a\":[true]}", "");
}
END_TEST

START_TEST(broken_json_is_told_with_its_place)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	struct cli *c = command();
	struct str said;
	assert_err(cli_input(c, "{\"a\": }", &out, &said, &support_err), ERR_SYNTAX, "not JSON");
	ck_assert_str_eq(support_err.where.path, "--input");
	ck_assert_uint_eq(support_err.where.column, 7);
	assert_err(cli_input(c, "@/nowhere/x", &out, &said, &support_err), ERR_NOT_FOUND,
		   "/nowhere/x");
	arena_free(c->arena);
}
END_TEST

/* --- problems --- */

static void check_problem(const char *json, int status, int code, const char *message)
{
	struct cli *c = command();
	struct err err = ERR_INIT;
	const struct doc_node *n = NULL;
	assert_ok(doc_parse_json(c->arena, str_of(json), &doc_limits_json, "", &n, &support_err));
	ck_assert_int_eq(cli_problem(n, status, &err), code);
	ck_assert_str_eq(err.msg, message);
	support_err = err;
	arena_free(c->arena);
}

START_TEST(a_problem_comes_back_as_the_error_that_it_was)
{
	check_problem(
		"{\"code\":\"conflict\",\"detail\":\"it has changed\",\"remedy\":\"read it again\","
		"\"where\":{\"path\":\"a.md\",\"line\":3,\"column\":4}}",
		409, ERR_CONFLICT, "it has changed");
	ck_assert_str_eq(support_err.remedy, "read it again");
	ck_assert_str_eq(support_err.where.path, "a.md");
	ck_assert_uint_eq(support_err.where.line, 3);
	ck_assert_uint_eq(support_err.where.column, 4);
}
END_TEST

START_TEST(without_a_code_the_status_decides)
{
	check_problem("{\"title\":\"Not Found\"}", 404, ERR_NOT_FOUND, "Not Found");
	check_problem("{\"detail\":\"x\",\"status\":429}", 0, ERR_QUOTA, "x");
	check_problem("{\"detail\":\"x\",\"code\":\"no-such-code\"}", 401, ERR_UNAUTHENTICATED,
		      "x");
	check_problem("{\"detail\":\"x\"}", 500, ERR_INTERNAL, "x");
}
END_TEST

/* --- names of objects --- */

static void check_ref(const char *word, const char *name, const char *domain, const char *path)
{
	struct cli *c = command();
	struct cli_ref ref;
	assert_ok(cli_ref_parse(c, word, name, domain, &ref, &support_err));
	ck_assert_str_eq(cli_ref_path(c, &ref), path);
	arena_free(c->arena);
}

START_TEST(objects_are_named_in_every_way_that_people_write)
{
	check_ref("skills", NULL, NULL, "/api/v1/skills");
	check_ref("sk", NULL, "ecm", "/api/v1/skills?domain=ecm");
	check_ref("skill", "ecm/manager", NULL, "/api/v1/domains/ecm/skills/manager");
	check_ref("Skill/ecm/manager", NULL, NULL, "/api/v1/domains/ecm/skills/manager");
	check_ref("skill", "manager", "ecm", "/api/v1/domains/ecm/skills/manager");
	check_ref("skill", "frm/manager", "ecm", "/api/v1/domains/frm/skills/manager");
	check_ref("source/main", NULL, NULL, "/api/v1/sources/main");
	check_ref("domains", NULL, "ecm", "/api/v1/domains");
	check_ref("exec", "EXEC-1", NULL, "/api/v1/executions/EXEC-1");
	check_ref("execution/ecm/EXEC-1", NULL, NULL, "/api/v1/executions/EXEC-1");
	check_ref("releases", NULL, "ecm", "/api/v1/releases?domain=ecm");
	check_ref("source", "a b?&/c", NULL, "/api/v1/sources/a%20b%3F%26%2Fc");
}
END_TEST

START_TEST(a_name_that_says_too_little_or_too_much_is_refused)
{
	struct cli *c = command();
	struct cli_ref ref;
	assert_err(cli_ref_parse(c, "skil", NULL, NULL, &ref, &support_err), ERR_USAGE, "skil");
	ck_assert_str_eq(support_err.remedy, "did you mean skill?");
	assert_err(cli_ref_parse(c, "skill", "manager", NULL, &ref, &support_err), ERR_USAGE,
		   "without its domain");
	assert_err(cli_ref_parse(c, "skill/ecm/a", "b", NULL, &ref, &support_err), ERR_USAGE,
		   "another");
	arena_free(c->arena);
}
END_TEST

START_TEST(query_values_are_escaped_and_empty_ones_left_out)
{
	struct cli *c = command();
	const char *path = cli_query(c, "/x", "a", "1 & 2");
	ck_assert_str_eq(path, "/x?a=1%20%26%202");
	ck_assert_str_eq(cli_query(c, path, "b", "c"), "/x?a=1%20%26%202&b=c");
	ck_assert_str_eq(cli_query(c, path, "b", ""), path);
	ck_assert_str_eq(cli_query(c, path, "b", NULL), path);
	arena_free(c->arena);
}
END_TEST

static const struct support_case cases[] = {
	CASE(json_is_told_from_text_by_how_it_begins),
	CASE(a_file_is_read),
	CASE(broken_json_is_told_with_its_place),
	CASE(a_problem_comes_back_as_the_error_that_it_was),
	CASE(without_a_code_the_status_decides),
	CASE(objects_are_named_in_every_way_that_people_write),
	CASE(a_name_that_says_too_little_or_too_much_is_refused),
	CASE(query_values_are_escaped_and_empty_ones_left_out),
	{0}};

int main(void)
{
	return support_main("cli/input", cases);
}
