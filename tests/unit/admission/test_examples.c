/* The repository that people start from is admitted, whole and without a word to add. */
#include "tests/unit/admission/repo.h"

static struct snapshot *read_examples(struct tree_source **t)
{
	char path[4096];
	struct snapshot *s = NULL;
	struct source_ref source = {.name = "examples", .revision = "folder"};
	struct snapshot_opts opts = {.platform_from_tree = true};
	snprintf(path, sizeof(path), "%s/examples/skills-repo", support_root());
	assert_ok(tree_folder_open(path, t, &support_err));
	assert_ok(snapshot_build(*t, &source, NULL, &opts, &s, &support_err));
	return s;
}

START_TEST(the_examples_are_admitted)
{
	static const struct deployed nothing;
	struct tree_source *t = NULL;
	struct snapshot *s = read_examples(&t);
	struct plan_scope scope = {.infer_deletes = true, .source = "examples"};
	struct plan *plan = NULL;
	struct admission *a = NULL;
	struct admit_facts facts = {.now_ms = 1790000000000};
	CLEANUP(buf_release) struct buf said = BUF_INIT(BUF_MAX);
	assert_ok(plan_make(s, &nothing, &scope, NULL, &plan, &support_err));
	struct admit_opts o = {
		.snapshot = s, .plan = plan, .platform_changed = true, .facts = &facts};
	assert_ok(admit_plan(&o, &a, &support_err));
	report_format_find(STR("text"))->write(&said, a, &(struct report_opts){.quiet = true});
	ck_assert_uint_ge(a->domain_count, 4);
	ck_assert_msg(a->allow && str_find(buf_str(&said), STR("to look at"), 0) < 0, "%s",
		      buf_cstr(&said));
	admission_free(a);
	plan_free(plan);
	snapshot_unref(s);
	tree_source_free(t);
}
END_TEST

static const struct support_case cases[] = {CASE(the_examples_are_admitted), {0}};

int main(void)
{
	return support_main("admission/examples", cases);
}
