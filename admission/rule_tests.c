#include "admission/rule_int.h"
#include "skill/cases.h"

static const char how_to_write_a_case[] =
	"write in tests/cases.md: ## What is tested, ### Input and what is asked, ### Expect and "
	"a list such as - contains \"shipped\"";

static size_t cases_that_assert(const struct skill *s)
{
	size_t n = 0;
	if (!s->cases)
		return s->case_count; /* not at hand; one that expects nothing was a finding when it was read */
	for (size_t i = 0; i < s->case_count; i++)
		n += s->cases[i].expect_count > 0;
	return n;
}

static size_t tests_that_assert(const struct skill *s)
{
	return cases_that_assert(s) + s->tests.promptfoo + s->tests.deepeval + s->tests.evals;
}

/* The document that is to blame: the one with cases, or another one below tests/. NULL: there is none. */
static const struct manifest_file *test_file(const struct skill *s)
{
	const struct manifest_file *file = manifest_find(&s->manifest, STR("tests/cases.md"));
	for (size_t i = 0; !file && i < s->manifest.count; i++)
		if (str_starts(s->manifest.files[i].path, STR("tests/")))
			file = &s->manifest.files[i];
	return file;
}

static void at_file(const struct rule_in *in, struct finding *f, const struct manifest_file *file)
{
	f->path = str_of(arena_printf(in->arena, "%.*s/%.*s", STR_ARG(in->skill->skill->path),
				      STR_ARG(file->path)));
	f->blob = file->blob;
	f->line = f->column = 1;
}

int rule_tests_exist(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	const struct skill *s = in->skill->skill;
	const struct manifest_file *file = test_file(s);
	long long want = in->effective->tests.min_cases;
	size_t have = tests_that_assert(s);
	if ((long long)have >= want)
		return 0;
	struct finding *f;
	if (!file)
		f = rule_say(in, out, "there are no tests, and at least %lld must check something",
			     want);
	else if (!have)
		f = rule_say(in, out, "no test checks anything, and at least %lld must", want);
	else
		f = rule_say(in, out, "only %zu %s something, and at least %lld must", have,
			     have == 1 ? "test checks" : "tests check", want);
	f->remedy = str_of(how_to_write_a_case);
	if (file)
		at_file(in, f, file);
	else
		rule_at_front(in, f, s, NULL);
	rule_relate_field(in, f, "tests.min_cases");
	return 0;
}

int rule_tests_promptfoo(const struct rule_in *in, struct findings *out, struct err *err)
{
	static const char *const names[] = {"tests/promptfooconfig.yaml",
					    "tests/promptfooconfig.yml",
					    "tests/promptfooconfig.json"};
	(void)err;
	const struct skill *s = in->skill->skill;
	const struct manifest_file *file = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(names) && !file; i++)
		file = manifest_find(&s->manifest, str_of(names[i]));
	if (!s->tests.promptfoo_elsewhere || !file)
		return 0;
	struct finding *f = rule_say(in, out, "none of its providers is %.*s/%.*s",
				     STR_ARG(s->domain), STR_ARG(s->name));
	finding_remedy(out, f,
		       "write providers: [\"exec:aspora run %.*s/%.*s --promptfoo\"], or a file of "
		       "the skill such as ../code/handler.py",
		       STR_ARG(s->domain), STR_ARG(s->name));
	at_file(in, f, file);
	return 0;
}

/* --- results that CI bots post --------------------------------------------------------------------------------- */

static const struct admit_check *check_of(const struct rule_in *in, struct str name)
{
	const struct digest *content = &in->skill->skill->content;
	const struct admit_check *found = NULL;
	for (size_t i = 0; i < in->facts->check_count; i++) {
		const struct admit_check *c = &in->facts->checks[i];
		if (str_eq(c->name, name) && digest_equal(&c->content, content))
			found = c; /* the last posted counts */
	}
	return found;
}

static int64_t ran(const struct admit_check *c)
{
	return c ? c->passed + c->failed + c->skipped : 0;
}

int rule_tests_posted(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	const struct skill *s = in->skill->skill;
	const struct field_strings *required = &in->effective->tests.required;
	for (size_t i = 0; i < required->count; i++) {
		struct str name = required->items[i];
		const struct admit_check *c = check_of(in, name);
		if (c)
			rule_rests_on(in, "check %.*s %.*s %lld %lld %lld", STR_ARG(s->name),
				      STR_ARG(name), (long long)c->passed, (long long)c->failed,
				      (long long)c->skipped);
		if (ran(c) > 0)
			continue;
		struct finding *f = rule_say(
			in, out, "no result of the required check %.*s is posted for this content",
			STR_ARG(name));
		rule_at_front(in, f, s, NULL);
		rule_relate_field(in, f, "tests.required");
	}
	return 0;
}

/* What was skipped did not run, and so did not pass. */
int rule_tests_passed(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	const struct field_strings *required = &in->effective->tests.required;
	int64_t need = in->effective->tests.pass_rate_millionths;
	char got[32], least[32];
	for (size_t i = 0; i < required->count; i++) {
		const struct admit_check *c = check_of(in, required->items[i]);
		int64_t all = ran(c);
		if (all <= 0 || (double)c->passed * 1000000 >= (double)need * (double)all)
			continue;
		struct finding *f = rule_say(
			in, out,
			"check %.*s passed %lld of %lld tests (%s), and at least %s must pass",
			STR_ARG(required->items[i]), (long long)c->passed, (long long)all,
			rule_percent((int64_t)((double)c->passed * 1000000 / (double)all), got),
			rule_percent(need, least));
		rule_at_front(in, f, in->skill->skill, NULL);
		rule_relate_field(in, f, "tests.required");
	}
	return 0;
}
