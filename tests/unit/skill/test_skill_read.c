#include "tests/unit/support.h"

#include "base/mem.h"
#include "skill/cases.h"
#include "skill/digest.h"
#include "skill/skill.h"
#include "tests/unit/skill/counting.h"

#define MD "---\nname: order\ndescription: Finds orders.\n---\n# Orders\n\n[a](references/a.md)\n"
#define CASES "## One\n### Input\nstatus 17\n### Expect\n- contains \"shipped\"\n"

/* Files of skills/ecm/order. */
static struct tree_file files[64];
static size_t file_count;
static char paths[64][200];

static void put_mode(const char *path, uint32_t mode, struct str bytes)
{
	snprintf(paths[file_count], sizeof(paths[0]), "skills/ecm/order/%s", path);
	files[file_count] = (struct tree_file){str_of(paths[file_count]), mode, bytes};
	file_count++;
}

static void put(const char *path, const char *text)
{
	put_mode(path, TREE_MODE_FILE, str_of(text));
}

static void begin(void)
{
	file_count = 0;
	put("SKILL.md", MD);
	put("code/handler.py", "print(1)\n");
	put("tests/cases.md", CASES);
}

static int read_from(struct tree_source *t, const struct tree_limits *limits,
		     struct skill_reading *how, struct skill **ret)
{
	struct tree_entry dir;
	assert_ok(
		tree_lookup(t, STR("skills/ecm/order"), &tree_limits_default, &dir, &support_err));
	return skill_read_with(t, &dir, STR("ecm"), STR("order"), limits, how, ret, &support_err);
}

static struct skill *get_with(const struct tree_limits *limits)
{
	CLEANUP(tree_source_freep) struct tree_source *t = NULL;
	struct skill_reading how = {0};
	struct skill *s = NULL;
	assert_ok(tree_memory_open(files, file_count, "rev", &t, &support_err));
	assert_ok(read_from(t, limits, &how, &s));
	return s;
}

static struct skill *get(void)
{
	return get_with(&tree_limits_default);
}

/* The one finding that there is, as text. */
static const char *said(const struct skill *s)
{
	static char text[2048];
	CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
	for (size_t i = 0; i < s->findings.count; i++)
		finding_text(&out, &s->findings.items[i]);
	snprintf(text, sizeof(text), "%s", buf_cstr(&out));
	return text;
}

#define assert_said(s, text) ck_assert_str_eq(said(s), text)

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

/* --- findings about the folder -------------------------------------------------------------------------- */

START_TEST(a_missing_skill_md_is_told_with_what_to_do)
{
	file_count = 0;
	put("code/handler.py", "x");
	CLEANUP(skill_unrefp) struct skill *s = get();
	assert_said(s, "skills/ecm/order: deny SK-MD-MISSING: the skill has no SKILL.md\n"
		       "    add skills/ecm/order/SKILL.md, or `aspora create skill ecm/order`\n");
	file_count = 0;
	put("skill.md", MD);
	CLEANUP(skill_unrefp) struct skill *low = get();
	assert_said(low, "skills/ecm/order: deny SK-MD-MISSING: the skill has no SKILL.md\n"
			 "    rename skill.md to SKILL.md\n");
}
END_TEST

START_TEST(a_bad_entry_is_a_finding_of_the_skill_and_of_no_verdict_of_a_good_one)
{
	begin();
	CLEANUP(skill_unrefp) struct skill *good = get();
	put_mode("zz", 0120000, STR("/etc/passwd"));
	CLEANUP(skill_unrefp) struct skill *bad = get();
	assert_said(bad, "skills/ecm/order: deny SK-TREE: \"zz\" is a symbolic link; links are "
			 "never followed\n"
			 "    commit the file itself in its place\n");
	ck_assert(!digest_equal(&good->content, &bad->content));
	file_count--;
	put_mode("code/zz", 0120000, STR("/etc/passwd"));
	CLEANUP(skill_unrefp) struct skill *deep = get();
	assert_said(deep, "skills/ecm/order/code: deny SK-TREE: \"zz\" is a symbolic link; links "
			  "are never followed\n"
			  "    commit the file itself in its place\n");
	struct digest partial = skill_digest_content(&deep->manifest);
	ck_assert(!digest_equal(&partial, &deep->content));
}
END_TEST

START_TEST(a_pointer_into_lfs_is_refused_wherever_it_stands)
{
	begin();
	put("fixtures/big.bin",
	    "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n");
	CLEANUP(skill_unrefp) struct skill *s = get();
	assert_said(s, "skills/ecm/order/fixtures/big.bin:1:1: deny SK-FILE-LFS: this is a pointer "
		       "into Git LFS, and its content is not in the repository\n"
		       "    take the file out of LFS: git lfs migrate export --include=PATH\n");
	begin();
	put("aspora.config.yaml",
	    "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n");
	CLEANUP(skill_unrefp) struct skill *config = get();
	ck_assert_uint_eq(config->findings.count, 1);
	ck_assert_str_eq(config->findings.items[0].rule, "SK-FILE-LFS");
	ck_assert_ptr_null(config->config);
}
END_TEST

START_TEST(gitattributes_are_reported_and_ignored)
{
	begin();
	put(".gitattributes", "# filter=x\n*.bin filter=lfs diff=lfs\n*.txt text\n*.md ident\n*.c "
			      "working-tree-encoding=UTF-16 identity\n");
	CLEANUP(skill_unrefp) struct skill *s = get();
	assert_said(s, "skills/ecm/order/.gitattributes:2:7: warn SK-GITATTRIBUTES: \"filter=lfs\" "
		       "has no effect here: files are taken as they are stored\n"
		       "    commit the files the way they should be read\n"
		       "skills/ecm/order/.gitattributes:4:6: warn SK-GITATTRIBUTES: \"ident\" has "
		       "no effect here: files are taken as they are stored\n"
		       "    commit the files the way they should be read\n"
		       "skills/ecm/order/.gitattributes:5:5: warn SK-GITATTRIBUTES: "
		       "\"working-tree-encoding=UTF-16\" has no effect here: files are taken as "
		       "they are stored\n"
		       "    commit the files the way they should be read\n");
}
END_TEST

START_TEST(a_file_ends_at_its_limit)
{
	struct tree_limits small = tree_limits_default;
	small.blob_bytes = 200;
	for (int past = 0; past <= 1; past++) {
		CLEANUP_FREE char *text = mem_alloc(300);
		memset(text, 'x', 200 + past);
		text[200 + past] = '\0';
		begin();
		put("fixtures/data", text);
		CLEANUP(skill_unrefp) struct skill *s = get_with(&small);
		if (past)
			assert_said(s, "skills/ecm/order/fixtures/data: deny SK-FILE-SIZE: the "
				       "file is larger than 200 bytes\n"
				       "    keep it elsewhere, or make it smaller\n");
		else
			assert_said(s, "");
		/* The same through a source that cannot tell sizes. */
		struct counting c;
		struct skill_reading how = {0};
		CLEANUP(skill_unrefp) struct skill *again = NULL;
		counting_open(&c, files, file_count);
		assert_ok(read_from(&c.source, &small, &how, &again));
		ck_assert_uint_eq(again->findings.count, past);
		counting_close(&c);
	}
}
END_TEST

START_TEST(a_skill_ends_at_its_limit)
{
	struct tree_limits small = tree_limits_default;
	begin();
	small.skill_bytes = sizeof(MD) - 1 + 9 + sizeof(CASES) - 1;
	CLEANUP(skill_unrefp) struct skill *fits = get_with(&small);
	assert_said(fits, "");
	small.skill_bytes--;
	CLEANUP(skill_unrefp) struct skill *past = get_with(&small);
	ck_assert_uint_eq(past->findings.count, 1);
	ck_assert_str_eq(past->findings.items[0].rule, "SK-SKILL-SIZE");
	assert_str(past->findings.items[0].path, "skills/ecm/order");
}
END_TEST

/* The real ones: 5 MiB a file, 64 MiB together. */
START_TEST(the_limits_that_hold_are_5_and_64_mib)
{
	CLEANUP_FREE char *bytes = mem_zalloc((5 << 20) + 1);
	char name[32];
	bytes[0] = 'x';
	begin();
	put_mode("fixtures/five", TREE_MODE_FILE, str_make(bytes, 5 << 20));
	CLEANUP(skill_unrefp) struct skill *five = get();
	assert_said(five, "");
	files[file_count - 1].bytes.len++;
	CLEANUP(skill_unrefp) struct skill *more = get();
	ck_assert_uint_eq(more->findings.count, 1);
	assert_str(more->findings.items[0].message, "the file is larger than 5242880 bytes");
	begin();
	size_t rest = (64 << 20) - (sizeof(MD) - 1) - 9 - (sizeof(CASES) - 1);
	for (int i = 0; rest > 0; i++) {
		size_t n = MIN(rest, (size_t)5 << 20);
		snprintf(name, sizeof(name), "fixtures/%02d", i);
		put_mode(name, TREE_MODE_FILE, str_make(bytes, n));
		rest -= n;
	}
	CLEANUP(skill_unrefp) struct skill *full = get();
	assert_said(full, "");
	ck_assert_uint_eq(full->manifest.bytes, 64 << 20);
	files[file_count - 1].bytes.len++;
	CLEANUP(skill_unrefp) struct skill *over = get();
	assert_said(over, "skills/ecm/order: deny SK-SKILL-SIZE: the skill's files have more than "
			  "67108864 bytes together\n"
			  "    keep large files elsewhere\n");
}
END_TEST

START_TEST(entries_of_a_skill_end_at_their_limit)
{
	struct tree_limits small = tree_limits_default;
	begin();
	small.entries = 5; /* SKILL.md, code, tests and what is in them */
	CLEANUP(skill_unrefp) struct skill *fits = get_with(&small);
	assert_said(fits, "");
	small.entries = 4;
	CLEANUP(skill_unrefp) struct skill *past = get_with(&small);
	ck_assert_uint_eq(past->findings.count, 1);
	assert_str(past->findings.items[0].message,
		   "more than 4 files and folders stand here and below");
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
	CASE(a_missing_skill_md_is_told_with_what_to_do),
	CASE(a_bad_entry_is_a_finding_of_the_skill_and_of_no_verdict_of_a_good_one),
	CASE(a_pointer_into_lfs_is_refused_wherever_it_stands),
	CASE(gitattributes_are_reported_and_ignored),
	CASE(a_file_ends_at_its_limit),
	CASE(a_skill_ends_at_its_limit),
	CASE(the_limits_that_hold_are_5_and_64_mib),
	CASE(entries_of_a_skill_end_at_their_limit),
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
