#include "skill/scaffold.h"

#include "base/child.h"
#include "base/io.h"
#include "skill/cases.h"
#include "skill/execution.h"
#include "skill/trigger.h"
#include "tests/unit/support.h"

static struct arena *arena;
static struct tree_file *files;
static size_t count;

static void make(const char *domain, const char *name, enum role role, const char *language)
{
	arena_freep(&arena);
	arena = arena_new(16 << 20);
	assert_ok(scaffold_skill(arena, str_of(domain), str_of(name), role, language, &files,
				 &count, &support_err));
}

static const struct tree_file *file(const char *below)
{
	for (size_t i = 0; i < count; i++) {
		if (str_ends(files[i].path, str_of(below)))
			return &files[i];
	}
	ck_abort_msg("%s is missing", below);
	return NULL;
}

START_TEST(a_skill_has_all_that_admission_asks_for)
{
	make("ecm", "order-details", ROLE_SPECIALIST, "python");
	ck_assert_uint_eq(count, 5);
	for (size_t i = 0; i < count; i++) {
		ck_assert(str_starts(files[i].path, STR("skills/ecm/order-details/")));
		ck_assert(str_is_utf8(files[i].bytes, NULL));
		ck_assert_int_eq(files[i].mode == TREE_MODE_EXEC,
				 str_ends(files[i].path, STR("code/handler.py")));
		ck_assert(i == 0 || str_cmp(files[i - 1].path, files[i].path) < 0);
	}
	file("/SKILL.md");
	file("/aspora.config.yaml");
	file("/tests/cases.md");
	file("/fixtures/example.json");
}
END_TEST

START_TEST(the_front_matter_parses_and_triggers_on_its_own_words)
{
	struct findings f;
	struct trigger *triggers = NULL;
	size_t trigger_count = 0;
	const struct doc_node *n = NULL;
	make("ecm", "order-details", ROLE_FIELD, "shell");
	struct str md = file("SKILL.md")->bytes;
	ptrdiff_t end = str_find(md, STR("\n---\n"), 0);
	ck_assert(str_starts(md, STR("---\n")) && end > 0);
	assert_ok(doc_parse_yaml(arena, str_sub(md, 4, (size_t)end + 1), &doc_limits_yaml,
				 "SKILL.md", 1, &n, &support_err));
	assert_str(doc_text(n, "name"), "order-details");
	assert_str(doc_text(n, "domain"), "ecm");
	assert_str(doc_text(n, "role"), "field");
	ck_assert_uint_gt(doc_text(n, "description").len, 40);
	findings_init(&f, arena);
	triggers_parse(arena, doc_find(n, "trigger"), STR("ecm"), STR("order-details"), STR("x"),
		       &f, &triggers, &trigger_count);
	ck_assert_uint_eq(f.count, 0);
	ck_assert_uint_eq(trigger_count, 1);
	assert_str(triggers[0].text, "ecm order details {text}");
	ck_assert(str_find(md, STR("# Order details\n"), 0) > 0);
}
END_TEST

START_TEST(the_configuration_decodes_without_a_word)
{
	struct findings f;
	struct config_doc *doc = NULL;
	struct tree_id blob = {.len = 20};
	make("ecm", "order-details", ROLE_MANAGER, "python");
	findings_init(&f, arena);
	assert_ok(config_decode(arena, LEVEL_SKILL, STR("x"), &blob,
				file("aspora.config.yaml")->bytes, &f, STR("ecm"),
				STR("order-details"), &doc, &support_err));
	ck_assert_uint_eq(f.count, 0);
	ck_assert_int_eq(doc->values.budget.per_run_microusd, 10000);
}
END_TEST

START_TEST(bad_names_and_languages_are_refused)
{
	arena_freep(&arena);
	arena = arena_new(1 << 20);
	assert_err(scaffold_skill(arena, STR("Ecm"), STR("x"), ROLE_FIELD, "python", &files, &count,
				  &support_err),
		   ERR_INVALID, "domain");
	assert_err(scaffold_skill(arena, STR("ecm"), STR("x y"), ROLE_FIELD, "python", &files,
				  &count, &support_err),
		   ERR_INVALID, "skill");
	assert_err(scaffold_skill(arena, STR("ecm"), STR("x"), ROLE_FIELD, "pyton", &files, &count,
				  &support_err),
		   ERR_INVALID, "in \"pyton\"");
	ck_assert_str_eq(support_err.remedy, "did you mean python?");
	assert_err(scaffold_skill(arena, STR("ecm"), STR("x"), ROLE_FIELD, "cobol", &files, &count,
				  &support_err),
		   ERR_INVALID, "in \"cobol\"");
	ck_assert_str_eq(support_err.remedy, "write python, javascript or shell");
	assert_err(scaffold_skill(arena, STR("ecm"), STR("x"), ROLE_FIELD, NULL, &files, &count,
				  &support_err),
		   ERR_INVALID, "in \"\"");
}
END_TEST

static const char *const programs[] = {"/usr/bin/python3", "/usr/bin/node", "/bin/sh"};

/* Runs the handler on a context with this input; the normal SkillResult. */
static void run(int language, const char *path, struct str input, struct buf *result)
{
	const char *argv[] = {programs[language], path, NULL};
	CLEANUP(buf_release) struct buf context = BUF_INIT(1 << 16), out = BUF_INIT(1 << 16);
	CLEANUP(buf_release) struct buf diagnostics = BUF_INIT(1 << 16);
	struct child_opts opts = {.argv = argv};
	struct child_end end = {0};
	struct execution e = {.id = "EXEC-20260218120000-0123456789abcdef",
			      .mode = MODE_TEST,
			      .domain = STR("ecm"),
			      .skill = STR("x"),
			      .input_json = input};
	skill_context_json(&context, &e);
	assert_ok(
		child_run(&opts, buf_str(&context), &out, &diagnostics, 30000, &end, &support_err));
	ck_assert_msg(end.exited && end.status == 0, "%s", buf_cstr(&diagnostics));
	assert_ok(skill_result_normalise(buf_str(&out), result, &support_err));
}

/* The cases of the scaffold hold for the handler of the scaffold, in every language. */
START_TEST(the_handler_passes_its_own_cases)
{
	struct findings f;
	struct skill_case *cases = NULL;
	struct tree_id blob = {.len = 20};
	size_t case_count = 0;
	if (!io_exists(programs[_i]))
		SKIP("%s is not installed", programs[_i]);
	make("ecm", "x", ROLE_SPECIALIST, scaffold_languages[_i]);
	findings_init(&f, arena);
	cases_parse(arena, file("cases.md")->bytes, STR("cases.md"), &blob, STR("ecm"), STR("x"),
		    &f, &cases, &case_count);
	ck_assert_uint_eq(f.count, 0);
	ck_assert_uint_eq(case_count, 3);
	CLEANUP_FREE char *path = io_join(support_dir(), "handler");
	for (size_t i = 0; i < count; i++) {
		if (files[i].mode == TREE_MODE_EXEC)
			assert_ok(io_write_file(path, files[i].bytes, 0700, &support_err));
	}
	for (size_t i = 0; i < case_count; i++) {
		CLEANUP(buf_release) struct buf result = BUF_INIT(1 << 16), why = BUF_INIT(4096);
		CLEANUP(buf_release) struct buf input = BUF_INIT(4096);
		if (cases[i].input_is_json)
			buf_add_str(&input, cases[i].input);
		else
			json_quote(&input, cases[i].input);
		run(_i, path, buf_str(&input), &result);
		ck_assert_msg(case_check(&cases[i], buf_str(&result), &why) == 0, "%s: %s",
			      buf_cstr(&why), buf_cstr(&result));
	}
	/* Words that would break JSON if they were copied carelessly. */
	CLEANUP(buf_release) struct buf result = BUF_INIT(1 << 16);
	run(_i, path, STR("{\"text\":\"say \\\"hi\\\" \\\\ 100% é\"}"), &result);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&result), "You said: say \\\"hi\\\" \\\\ 100% é"));
}
END_TEST

START_TEST(the_fixture_is_a_context_of_the_skill)
{
	const struct doc_node *n = NULL;
	make("ecm", "order-details", ROLE_SPECIALIST, "javascript");
	assert_ok(doc_parse_json(arena, file("example.json")->bytes, &doc_limits_json, "f", &n,
				 &support_err));
	assert_str(doc_text(n, "kind"), "SkillContext");
	assert_str(doc_text(n, "skill"), "ecm/order-details");
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_skill_has_all_that_admission_asks_for),
	CASE(the_front_matter_parses_and_triggers_on_its_own_words),
	CASE(the_configuration_decodes_without_a_word),
	CASE(bad_names_and_languages_are_refused),
	CASE_LOOP(the_handler_passes_its_own_cases, 3),
	CASE(the_fixture_is_a_context_of_the_skill),
	{0},
};

int main(void)
{
	return support_main("skill/scaffold", cases);
}
