#include "tests/unit/skill/counting.h"
#include "tests/unit/skill/skill_folder.h"

#include "base/mem.h"
#include "skill/cases.h"
#include "skill/digest.h"

START_TEST(a_folder_becomes_a_skill)
{
	begin();
	put("aspora.config.yaml", "budget: {per_run_usd: 0.5}\n");
	put("references/a.md", "# A\n");
	put_mode("code/tool", TREE_MODE_EXEC,
		 STR("\x7f"
		     "ELF"));
	CLEANUP(skill_unrefp) struct skill *s = get();
	assert_said(s, "");
	ck_assert_uint_eq(s->manifest.count, 6);
	assert_str(s->manifest.files[0].path, "SKILL.md");
	assert_str(s->manifest.files[2].path, "code/handler.py");
	ck_assert_uint_eq(s->manifest.files[3].mode, TREE_MODE_EXEC);
	ck_assert_uint_eq(s->manifest.bytes, sizeof(MD) - 1 + 27 + 9 + 4 + 4 + sizeof(CASES) - 1);
	assert_str(s->handler, "code/handler.py");
	ck_assert_int_eq(s->config->values.budget.per_run_microusd, 500000);
	assert_str(s->config->path, "skills/ecm/order/aspora.config.yaml");
	ck_assert_uint_eq(s->case_count, 1);
	assert_str(s->cases[0].name, "One");
	ck_assert(skill_has_tests(s));
	struct digest content = skill_digest_content(&s->manifest);
	ck_assert(digest_equal(&content, &s->content));
	struct digest md = blob_digest(STR(MD));
	ck_assert(digest_equal(&md, &s->manifest.files[0].digest));
}
END_TEST

START_TEST(digests_do_not_depend_on_the_kind_of_source)
{
	begin();
	CLEANUP(skill_unrefp) struct skill *memory = get(), *git = NULL;
	struct counting c;
	struct skill_reading how = {0};
	counting_open(&c, files, file_count);
	assert_ok(read_from(&c.source, &tree_limits_default, &how, &git));
	ck_assert(digest_equal(&memory->content, &git->content));
	/* skills, ecm and order to find it; order, code, tests to read it. */
	ck_assert_uint_eq(how.trees_listed, 3);
	ck_assert_uint_eq(how.entries, 5);
	ck_assert_uint_eq(how.blobs_read, 3);
	ck_assert_uint_eq(c.reads, 3);
	counting_close(&c);
}
END_TEST

START_TEST(files_nobody_asks_for_are_not_read_where_their_id_is_their_digest)
{
	static char big[4096];
	memset(big, 'x', sizeof(big) - 1);
	begin();
	put("code/data.csv", big);
	struct skill_reading how = {0};
	CLEANUP(tree_source_freep) struct tree_source *t = NULL;
	CLEANUP(skill_unrefp) struct skill *s = NULL;
	assert_ok(tree_memory_open(files, file_count, "rev", &t, &support_err));
	assert_ok(read_from(t, &tree_limits_default, &how, &s));
	ck_assert_uint_eq(how.blobs_read, 3);
	const struct manifest_file *f = manifest_find(&s->manifest, STR("code/data.csv"));
	struct digest d = blob_digest(str_of(big));
	ck_assert(digest_equal(&f->digest, &d));
	ck_assert_uint_eq(f->size, sizeof(big) - 1);
}
END_TEST

static int collect(void *state, const struct digest *digest, struct str bytes, struct err *err)
{
	struct buf *out = state;
	struct digest own = blob_digest(bytes);
	(void)err;
	ck_assert(digest_equal(&own, digest));
	buf_addf(out, "%zu ", bytes.len);
	return 0;
}

static int refuse(void *state, const struct digest *digest, struct str bytes, struct err *err)
{
	(void)state, (void)digest, (void)bytes;
	return err_set(err, ERR_DATABASE, "the store is full");
}

START_TEST(every_files_bytes_are_handed_out_while_they_are_at_hand)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	begin();
	CLEANUP(tree_source_freep) struct tree_source *t = NULL;
	CLEANUP(skill_unrefp) struct skill *s = NULL;
	struct skill_reading how = {.on_blob = collect, .state = &out};
	assert_ok(tree_memory_open(files, file_count, "rev", &t, &support_err));
	assert_ok(read_from(t, &tree_limits_default, &how, &s));
	char want[64];
	snprintf(want, sizeof(want), "%zu 9 %zu ", sizeof(MD) - 1, sizeof(CASES) - 1);
	ck_assert_str_eq(buf_cstr(&out), want);
	struct skill *none = NULL;
	how = (struct skill_reading){.on_blob = refuse};
	assert_err(read_from(t, &tree_limits_default, &how, &none), ERR_DATABASE,
		   "the store is full");
	ck_assert_ptr_null(none);
}
END_TEST

START_TEST(an_error_of_the_source_is_an_error_and_no_finding)
{
	begin();
	struct counting c;
	struct skill_reading how = {0};
	struct skill *s = NULL;
	counting_open(&c, files, file_count);
	for (c.fail_read_at = 1; c.fail_read_at <= 3; c.fail_read_at++) {
		c.reads = 0;
		assert_err(read_from(&c.source, &tree_limits_default, &how, &s), ERR_IO,
			   "the disk is gone");
		ck_assert_ptr_null(s);
	}
	counting_close(&c);
}
END_TEST

static int refuse_size(void *state, const struct digest *digest, struct str bytes, struct err *err)
{
	(void)state, (void)digest, (void)bytes;
	return err_set(err, ERR_TOO_LARGE, "the store takes no more");
}

START_TEST(an_error_of_the_caller_is_no_finding_whatever_its_code)
{
	begin();
	CLEANUP(tree_source_freep) struct tree_source *t = NULL;
	struct skill_reading how = {.on_blob = refuse_size};
	struct skill *s = NULL;
	assert_ok(tree_memory_open(files, file_count, "rev", &t, &support_err));
	assert_err(read_from(t, &tree_limits_default, &how, &s), ERR_TOO_LARGE,
		   "the store takes no more");
	ck_assert_ptr_null(s);
}
END_TEST

START_TEST(a_file_that_is_none_is_a_finding_of_the_skill)
{
	begin();
	struct counting c;
	struct skill_reading how = {0};
	CLEANUP(skill_unrefp) struct skill *s = NULL;
	counting_open(&c, files, file_count);
	c.fail_read_at = 2;
	c.fail_code = ERR_INVALID; /* as of an object that is a folder */
	assert_ok(read_from(&c.source, &tree_limits_default, &how, &s));
	assert_said(s, "skills/ecm/order: deny SK-TREE: the disk is gone\n");
	counting_close(&c);
}
END_TEST

/* --- handlers ------------------------------------------------------------------------------------------- */

START_TEST(handlers_are_found_named_and_judged)
{
	static const struct {
		const char *path; /* beside code/handler.py */
		uint32_t mode;
		const char *config, *handler, *said;
	} rows[] = {
		{"code/other.py", TREE_MODE_FILE, "", "code/handler.py", ""},
		{"code/other.py", TREE_MODE_FILE, "handler: {file: code/other.py}", "code/other.py",
		 ""},
		{"code/handler.sh", TREE_MODE_FILE, "", "",
		 "skills/ecm/order/code/handler.sh: deny SK-HANDLER: there are two handlers, "
		 "code/handler.py and code/handler.sh\n"
		 "    delete one, or name the other with handler: file: in aspora.config.yaml\n"},
		{"code/handler.sh", TREE_MODE_FILE, "handler: {file: code/handler.sh}",
		 "code/handler.sh", ""},
		{"code/handler.rb", TREE_MODE_FILE, "", "code/handler.py", ""},
		{"code/sub/handler.sh", TREE_MODE_FILE, "", "code/handler.py", ""},
		{"bin/run", TREE_MODE_EXEC, "handler: {file: bin/run}", "bin/run", ""},
		{"bin/run", TREE_MODE_FILE, "handler: {file: bin/run}", "bin/run",
		 "skills/ecm/order/aspora.config.yaml:1:17: deny SK-HANDLER: the handler "
		 "\"bin/run\" is not executable, and its ending names no language\n"
		 "    make it executable: git update-index --chmod=+x FILE\n"},
		{"x", TREE_MODE_FILE, "handler: {file: /bin/sh}", "",
		 "skills/ecm/order/aspora.config.yaml:1:17: deny SK-HANDLER: \"/bin/sh\" cannot be "
		 "the handler: it begins at the root of the machine\n"
		 "    write the path below the skill's folder, such as code/handler.py\n"},
		{"x", TREE_MODE_FILE, "handler: {file: code/../../x}", "",
		 "skills/ecm/order/aspora.config.yaml:1:17: deny SK-HANDLER: \"code/../../x\" "
		 "cannot be the handler: it has . or .. or an empty name in it\n"
		 "    write the path below the skill's folder, such as code/handler.py\n"},
		{"x", TREE_MODE_FILE, "handler: {file: 'code\\handler.py'}", "",
		 "skills/ecm/order/aspora.config.yaml:1:17: deny SK-HANDLER: \"code\\handler.py\" "
		 "cannot be the handler: its parts are joined by \\ and not by /\n"
		 "    write the path below the skill's folder, such as code/handler.py\n"},
		/* Whether it exists is told by admission, which knows of what it might be a slip. */
		{"x", TREE_MODE_FILE, "handler: {file: code/none.py}", "code/none.py", ""},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		begin();
		put_mode(rows[i].path, rows[i].mode, STR("x"));
		put("aspora.config.yaml", rows[i].config);
		CLEANUP(skill_unrefp) struct skill *s = get();
		assert_said(s, rows[i].said);
		assert_str(s->handler, rows[i].handler);
	}
}
END_TEST

START_TEST(without_code_a_skill_is_prompt_only)
{
	file_count = 0;
	put("SKILL.md", MD);
	CLEANUP(skill_unrefp) struct skill *s = get();
	ck_assert_uint_eq(s->handler.len, 0);
	ck_assert(!skill_has_tests(s));
}
END_TEST

/* --- the two parts -------------------------------------------------------------------------------------- */

START_TEST(the_text_part_goes_and_comes_back)
{
	begin();
	put("aspora.config.yaml", "budget: {per_run_usd: 0.5}\nmcp: {tools: [erp.get]}\n");
	CLEANUP(tree_source_freep) struct tree_source *t = NULL;
	CLEANUP(skill_unrefp) struct skill *s = NULL;
	struct skill_reading how = {0};
	assert_ok(tree_memory_open(files, file_count, "rev", &t, &support_err));
	assert_ok(read_from(t, &tree_limits_default, &how, &s));
	for (int round = 0; round < 2; round++) {
		assert_str(s->md_text, MD);
		ck_assert_uint_eq(s->link_count, 1);
		assert_str(s->links[0].target, "references/a.md");
		assert_str(doc_text(s->front, "name"), "order");
		assert_str(s->cases[0].input, "status 17");
		ck_assert_ptr_nonnull(doc_find_path(s->config->root, "mcp.tools"));
		skill_shrink(s);
		ck_assert_ptr_null(s->text_arena);
		ck_assert_ptr_null(s->front);
		ck_assert_ptr_null(s->config->root);
		ck_assert_uint_eq(s->md_text.len + s->body.len + s->link_count, 0);
		/* The small part stands by itself. */
		assert_str(s->title, "Orders");
		assert_str(s->description, "Finds orders.");
		assert_str(s->handler, "code/handler.py");
		assert_str(s->config->values.mcp.tools.items[0], "erp.get");
		ck_assert_uint_eq(config_place(s->config, "mcp.tools")->line, 2);
		ck_assert_uint_eq(s->case_count, 1);
		ck_assert_ptr_nonnull(manifest_find(&s->manifest, STR("tests/cases.md")));
		skill_shrink(s);
		assert_ok(skill_grow(s, t, &support_err));
		assert_ok(skill_grow(s, t, &support_err));
	}
	ck_assert_uint_eq(s->findings.count, 0);
}
END_TEST

START_TEST(a_deployed_skill_is_small)
{
	begin();
	put("aspora.config.yaml",
	    "budget: {per_run_usd: 0.5, per_day_usd: 5}\nlimits: {timeout: 10s, memory: 64Mi}\n"
	    "runtime: {env: {REGION: eu}}\nmcp: {tools: [erp.get, erp.put]}\nguard: {pii: "
	    "block}\n");
	put("references/a.md", "# A\n");
	put("fixtures/one.json", "{}");
	put("fixtures/two.json", "{}");
	put("GUARDRAILS.md", "# G\n");
	CLEANUP(skill_unrefp) struct skill *s = get();
	/* Ten thousand of them must fit in the 40 MB that are theirs of the 128 MB of an idle agent. */
	ck_assert_uint_lt(arena_used(s->arena) + sizeof(*s), 4000);
}
END_TEST

START_TEST(a_file_is_read_by_its_path)
{
	begin();
	CLEANUP(tree_source_freep) struct tree_source *t = NULL;
	CLEANUP(skill_unrefp) struct skill *s = NULL;
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	struct skill_reading how = {0};
	assert_ok(tree_memory_open(files, file_count, "rev", &t, &support_err));
	assert_ok(read_from(t, &tree_limits_default, &how, &s));
	assert_ok(skill_file(s, t, "code/handler.py", &out, &support_err));
	ck_assert_str_eq(buf_cstr(&out), "print(1)\n");
	assert_err(skill_file(s, t, "code/none", &out, &support_err), ERR_NOT_FOUND,
		   "ecm/order has no file code/none");
}
END_TEST

START_TEST(references_are_counted)
{
	begin();
	struct skill *s = get();
	ck_assert_ptr_eq(skill_ref(s), s);
	skill_unref(s);
	assert_str(s->name, "order");
	skill_unref(s);
	skill_unref(NULL);
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_folder_becomes_a_skill),
	CASE(digests_do_not_depend_on_the_kind_of_source),
	CASE(files_nobody_asks_for_are_not_read_where_their_id_is_their_digest),
	CASE(every_files_bytes_are_handed_out_while_they_are_at_hand),
	CASE(an_error_of_the_source_is_an_error_and_no_finding),
	CASE(an_error_of_the_caller_is_no_finding_whatever_its_code),
	CASE(a_file_that_is_none_is_a_finding_of_the_skill),
	CASE(handlers_are_found_named_and_judged),
	CASE(without_code_a_skill_is_prompt_only),
	CASE(the_text_part_goes_and_comes_back),
	CASE(a_deployed_skill_is_small),
	CASE(a_file_is_read_by_its_path),
	CASE(references_are_counted),
	{0}};

int main(void)
{
	return support_main("skill/skill_read", cases);
}
