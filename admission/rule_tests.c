#include "admission/rule_int.h"
#include "skill/cases.h"

static const char how_to_write_a_case[] = "write tests/cases.md: \"## What is tested\", then \"### "
					  "Input\" with what is asked, then \"### Expect\" with "
					  "\"- contains \"what must be in the answer\"\"";

static size_t cases_that_assert(const struct skill *s)
{
	size_t n = 0;
	for (size_t i = 0; i < s->case_count; i++)
		n += s->cases[i].expect_count > 0;
	return n;
}

static size_t tests_that_assert(const struct skill *s)
{
	return cases_that_assert(s) + s->tests.promptfoo + s->tests.deepeval + s->tests.evals;
}

/* The document that is to blame: the one with cases, or another one below tests/, or SKILL.md. */
static void at_tests(const struct rule_in *in, struct finding *f)
{
	const struct skill *s = in->skill->skill;
	const struct manifest_file *file = manifest_find(&s->manifest, STR("tests/cases.md"));
	for (size_t i = 0; !file && i < s->manifest.count; i++)
		if (str_starts(s->manifest.files[i].path, STR("tests/")))
			file = &s->manifest.files[i];
	if (!file) {
		rule_at_front(in, f, s, NULL);
		return;
	}
	f->path =
		str_of(arena_printf(in->arena, "%.*s/%.*s", STR_ARG(s->path), STR_ARG(file->path)));
	f->blob = file->blob;
	f->line = f->column = 1;
}

int rule_tests_exist(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	const struct skill *s = in->skill->skill;
	int64_t want = in->skill->effective.tests.min_cases;
	size_t have = tests_that_assert(s);
	if ((int64_t)have >= want)
		return 0;
	struct finding *f;
	if (have)
		f = rule_say(in, out, "%zu test %s checks anything; at least %lld must", have,
			     have == 1 ? "case" : "cases", (long long)want);
	else if (s->case_count)
		f = rule_say(in, out, "no test case expects anything; at least %lld must",
			     (long long)want);
	else
		f = rule_say(in, out,
			     "there are no tests; at least %lld test %s must check something",
			     (long long)want, want == 1 ? "case" : "cases");
	f->remedy = str_of(how_to_write_a_case);
	at_tests(in, f);
	rule_relate_field(in, f, "tests.min_cases");
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

static void judge_check(const struct rule_in *in, struct findings *out, struct str name)
{
	const struct skill *s = in->skill->skill;
	const struct admit_check *c = check_of(in, name);
	int64_t need = in->skill->effective.tests.pass_rate_millionths;
	int64_t all = c ? c->passed + c->failed + c->skipped : 0;
	struct finding *f = NULL;
	char got[32], least[32];
	if (c)
		rule_rests_on(in, "check %.*s %.*s %lld %lld %lld", STR_ARG(s->name), STR_ARG(name),
			      (long long)c->passed, (long long)c->failed, (long long)c->skipped);
	if (!c || all <= 0) {
		f = rule_say(in, out,
			     "no result of the required check %.*s is posted for this content",
			     STR_ARG(name));
	} else if (c->passed < all && c->passed * 1000000 < need * all) {
		f = rule_say(
			in, out,
			"check %.*s passed %lld of %lld (%s); at least %s must pass, and what was "
			"skipped did not run",
			STR_ARG(name), (long long)c->passed, (long long)all,
			rule_percent(c->passed * 1000000 / all, got), rule_percent(need, least));
		f->remedy = STR("correct the skill or its tests; the new content is checked anew");
	}
	if (!f)
		return;
	rule_at_front(in, f, s, NULL);
	rule_relate_field(in, f, "tests.required");
}

int rule_tests_posted(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	const struct field_strings *required = &in->skill->effective.tests.required;
	for (size_t i = 0; i < required->count; i++)
		judge_check(in, out, required->items[i]);
	return 0;
}
