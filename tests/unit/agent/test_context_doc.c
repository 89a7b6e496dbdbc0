#include "agent/context_doc.h"
#include "agent/forward.h"
#include "tests/unit/support.h"

static struct snapshot *snapshot_of(const struct tree_file *files, size_t count)
{
	struct tree_source *tree = NULL;
	struct snapshot *snap = NULL;
	const struct source_ref source = {"test", "1"};
	const struct snapshot_opts o = {.platform_from_tree = true};
	assert_ok(tree_memory_open(files, count, "1", &tree, &support_err));
	assert_ok(snapshot_build(tree, &source, NULL, &o, &snap, &support_err));
	tree_source_free(tree);
	return snap;
}

static const char skill_md[] =
	"---\nname: one\ndescription: One. Use it.\ndomain: team\nrole: manager\n"
	"trigger:\n  command: say one\n---\n\n# One\n\nText.\n";

START_TEST(what_is_written_reads_back_as_the_same_configuration)
{
	const struct tree_file files[] = {
		{STR("FIRM.md"), TREE_MODE_FILE, STR("# Firm\n")},
		{STR("skills/team/DOMAIN.md"), TREE_MODE_FILE, STR("# Team\n")},
		{STR("skills/team/one/SKILL.md"), TREE_MODE_FILE, {skill_md, sizeof(skill_md) - 1}},
		{STR("skills/team/one/aspora.config.yaml"), TREE_MODE_FILE,
		 STR("budget: {per_run_usd: 0.25}\nlimits: {timeout: 7s, memory: "
		     "128Mi}\nrouting:\n  forwards:\n"
		     "    - then: {forward_to: other/two}\n")},
	};
	struct snapshot *snap = snapshot_of(files, ARRAY_SIZE(files));
	struct domain *d = snapshot_domain(snap, STR("team"));
	ck_assert_ptr_nonnull(d);
	struct domain_skill *ds = domain_skill_find(d, STR("one"));
	ck_assert_ptr_nonnull(ds);
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 24);
	struct config back;
	context_doc_write(&out, snap, d, ds);
	assert_ok(context_doc_config(a, buf_str(&out), &back, &support_err));
	for (const struct field *f = config_fields; f->name; f++)
		ck_assert_msg(field_equal(f, &ds->effective, &back), "%s differs", f->name);
	ck_assert_int_eq(back.limits.timeout_ms, 7000);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out), "\"firm\":"));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out), "DOMAIN.md"));
	/* And forwards follow it: free at home, named abroad, denied elsewhere. */
	ck_assert(forward_is_allowed(&back, STR("team"), STR("team"), STR("any")));
	ck_assert(forward_is_allowed(&back, STR("team"), STR("other"), STR("two")));
	ck_assert(!forward_is_allowed(&back, STR("team"), STR("other"), STR("three")));
	ck_assert(!forward_is_allowed(&back, STR("team"), STR("third"), STR("two")));
	snapshot_unref(snap);
}
END_TEST

START_TEST(a_document_without_a_configuration_is_refused)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct config back;
	assert_err(context_doc_config(a, STR("{}"), &back, &support_err), ERR_INVALID,
		   "no configuration");
	assert_err(context_doc_config(a, STR("{"), &back, &support_err), ERR_SYNTAX, "");
}
END_TEST

static const struct support_case cases[] = {
	CASE(what_is_written_reads_back_as_the_same_configuration),
	CASE(a_document_without_a_configuration_is_refused),
	{0}};

int main(void)
{
	return support_main("agent/context_doc", cases);
}
