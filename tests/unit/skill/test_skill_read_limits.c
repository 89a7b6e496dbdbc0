/* What of a skill's folder is refused: entries, pointers into LFS, sizes and counts at their limits. */
#include "tests/unit/skill/counting.h"
#include "tests/unit/skill/skill_folder.h"

#include "base/mem.h"
#include "skill/digest.h"

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

static const struct support_case cases[] = {
	CASE(a_missing_skill_md_is_told_with_what_to_do),
	CASE(a_bad_entry_is_a_finding_of_the_skill_and_of_no_verdict_of_a_good_one),
	CASE(a_pointer_into_lfs_is_refused_wherever_it_stands),
	CASE(gitattributes_are_reported_and_ignored),
	CASE(a_file_ends_at_its_limit),
	CASE(a_skill_ends_at_its_limit),
	CASE(the_limits_that_hold_are_5_and_64_mib),
	CASE(entries_of_a_skill_end_at_their_limit),
	{0}};

int main(void)
{
	return support_main("skill/skill_read_limits", cases);
}
