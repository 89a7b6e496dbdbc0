/* Trees in memory and in a folder: what is listed, read and walked, and their ids. */
#include "tests/unit/support.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/io.h"
#include "base/mem.h"
#include "skill/manifest.h"
#include "skill/tree.h"

/* --- memory ------------------------------------------------------------------------------------- */

static const struct tree_file sample[] = {
	{STR("skills/ecm/order/code/handler.py"), TREE_MODE_EXEC, STR("print(1)\n")},
	{STR("skills/ecm/order/SKILL.md"), TREE_MODE_FILE, STR("---\nname: order\n---\n")},
	{STR("FIRM.md"), TREE_MODE_FILE, STR("# Firm\n")},
	{STR("skills/ecm/order-2/SKILL.md"), TREE_MODE_FILE, STR("---\nname: order-2\n---\n")},
	{STR("skills/ecm/DOMAIN.md"), TREE_MODE_FILE, STR("")},
};

static int open_sample(struct tree_source **ret)
{
	return tree_memory_open(sample, ARRAY_SIZE(sample), "rev-1", ret, &support_err);
}

static void walk_names(void *state, struct str path)
{
	struct buf *out = state;
	buf_add_str(out, path);
	buf_add_char(out, ' ');
}

static int collect(void *state, struct str path, const struct tree_entry *file, struct err *err)
{
	(void)file, (void)err;
	walk_names(state, path);
	return 0;
}

START_TEST(a_memory_tree_lists_reads_and_walks_in_path_order)
{
	CLEANUP(tree_source_freep) struct tree_source *t = NULL;
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct tree_entry ecm, file;
	struct tree_list list;
	size_t entries = 0, lists = 0;
	assert_ok(open_sample(&t));
	ck_assert_str_eq(t->revision, "rev-1");
	assert_ok(tree_lookup(t, STR("skills/ecm"), &tree_limits_default, &ecm, &support_err));
	assert_str(ecm.name, "ecm");
	assert_ok(tree_walk(t, &ecm.id, STR("skills/ecm"), &tree_limits_default, collect, &out,
			    &entries, &lists, &support_err));
	/* Git's order: "order-2" before "order/", as '-' sorts before '/'. */
	ck_assert_str_eq(buf_cstr(&out),
			 "DOMAIN.md order-2/SKILL.md order/SKILL.md order/code/handler.py ");
	ck_assert_uint_eq(entries, 7);
	ck_assert_uint_eq(lists, 4);
	assert_ok(tree_list(t, &ecm.id, STR("skills/ecm"), &tree_limits_default, a, &list,
			    &support_err));
	ck_assert_uint_eq(list.count, 3);
	ck_assert_ptr_null(tree_find(&list, "orde"));
	ck_assert_ptr_nonnull(tree_find(&list, "order"));
	assert_ok(tree_lookup(t, STR("skills/ecm/order/code/handler.py"), &tree_limits_default,
			      &file, &support_err));
	ck_assert_uint_eq(file.mode, TREE_MODE_EXEC);
	buf_reset(&out);
	assert_ok(tree_read(t, &file.id, &out, &support_err));
	ck_assert_str_eq(buf_cstr(&out), "print(1)\n");
	ck_assert_int_eq(t->ops->size(t, &file.id, &support_err), 9);
	assert_err(
		tree_lookup(t, STR("skills/ecm/none"), &tree_limits_default, &file, &support_err),
		ERR_NOT_FOUND, "there is no \"skills/ecm/none\"");
	assert_err(tree_lookup(t, STR("FIRM.md/x"), &tree_limits_default, &file, &support_err),
		   ERR_NOT_FOUND, "there is no \"FIRM.md/x\"");
}
END_TEST

START_TEST(reading_stops_at_the_limit_of_the_buffer)
{
	CLEANUP(tree_source_freep) struct tree_source *t = NULL;
	CLEANUP(buf_release) struct buf exact = BUF_INIT(9), small = BUF_INIT(8);
	struct tree_entry file;
	assert_ok(open_sample(&t));
	assert_ok(tree_lookup(t, STR("skills/ecm/order/code/handler.py"), &tree_limits_default,
			      &file, &support_err));
	assert_ok(tree_read(t, &file.id, &exact, &support_err));
	assert_err(tree_read(t, &file.id, &small, &support_err), ERR_TOO_LARGE, "limit of 8 bytes");
	assert_err(tree_read(t, &t->root, &exact, &support_err), ERR_NOT_FOUND, "no such file");
}
END_TEST

START_TEST(an_upload_with_a_bad_path_is_refused)
{
	static const struct {
		const char *path, *part;
	} bad[] = {
		{"", "is not relative and whole"},
		{"/etc/passwd", "is not relative and whole"},
		{"skills/", "is not relative and whole"},
		{"a//b", "it is empty"},
		{"a/../b", "it means another folder"},
		{"skills/.git/config", "Git's own folder"},
		{"a\\b", "may not have / or \\"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct tree_file f = {str_of(bad[i].path), TREE_MODE_FILE, STR("x")};
		struct tree_source *t = NULL;
		assert_err(tree_memory_open(&f, 1, "r", &t, &support_err), ERR_INVALID,
			   bad[i].part);
		ck_assert_ptr_null(t);
	}
	struct tree_file twice[] = {{STR("a"), TREE_MODE_FILE, STR("x")},
				    {STR("a"), TREE_MODE_FILE, STR("y")}};
	struct tree_file through[] = {{STR("a"), TREE_MODE_FILE, STR("x")},
				      {STR("a/b"), TREE_MODE_FILE, STR("y")}};
	struct tree_source *t = NULL;
	assert_err(tree_memory_open(twice, 2, "r", &t, &support_err), ERR_INVALID,
		   "the path \"a\" stands twice");
	assert_err(tree_memory_open(through, 2, "r", &t, &support_err), ERR_INVALID,
		   "the path \"a/b\" goes through a file");
}
END_TEST

START_TEST(ids_are_those_of_version_1)
{
	CLEANUP(tree_source_freep) struct tree_source *t = NULL;
	struct tree_file one = {STR("a"), TREE_MODE_FILE, STR("hello\n")};
	char hex[65];
	assert_ok(tree_memory_open(&one, 1, "r", &t, &support_err));
	/* The hex below is Python's hashlib.blake2b over the same record. */
	struct digest blob = digest_tagged("aspora.blob.v1", STR("hello\n"));
	CLEANUP(buf_release) struct buf record = BUF_INIT(256);
	buf_add(&record,
		"\0\0\0\6"
		"100644"
		"\0\0\0\1"
		"a"
		"\0\0\0\40",
		19);
	buf_add(&record, blob.bytes, sizeof(blob.bytes));
	struct digest tree = digest_tagged("aspora.tree.v1", buf_str(&record));
	ck_assert_int_eq(t->root.len, 32);
	ck_assert_mem_eq(t->root.bytes, tree.bytes, 32);
	ck_assert_str_eq(tree_id_hex(&t->root, hex),
			 "c5566c81ea5d8ac202921f85a675cc09484897b7c0ce46da44f3fca215e88dbb");
	struct tree_id back;
	ck_assert(tree_id_parse(str_of(hex), &back));
	ck_assert(tree_id_equal(&back, &t->root));
	ck_assert(!tree_id_parse(STR("abc"), &back));
	ck_assert(!tree_id_parse(str_make(hex, 63), &back));
	ck_assert(tree_id_parse(str_make(hex, 40), &back));
	ck_assert(!tree_id_equal(&back, &t->root));
}
END_TEST

/* --- folder ------------------------------------------------------------------------------------- */

static void put(const char *dir, const char *path, const char *text, mode_t mode)
{
	CLEANUP_FREE char *full = io_join(dir, path);
	char *slash = strrchr(full, '/');
	*slash = '\0';
	assert_ok(io_mkdirs(full, 0755, &support_err));
	*slash = '/';
	assert_ok(io_write_file(full, str_of(text), mode, &support_err));
	ck_assert_int_eq(chmod(full, mode), 0);
}

static const char *sample_folder(void)
{
	const char *dir = support_dir();
	for (size_t i = 0; i < ARRAY_SIZE(sample); i++) {
		CLEANUP_FREE char *path = mem_strndup(sample[i].path.p, sample[i].path.len);
		CLEANUP_FREE char *text = mem_strndup(sample[i].bytes.p, sample[i].bytes.len);
		put(dir, path, text, sample[i].mode == TREE_MODE_EXEC ? 0755 : 0644);
	}
	return dir;
}

START_TEST(a_folder_has_the_ids_of_a_memory_tree_of_the_same_files)
{
	CLEANUP(tree_source_freep) struct tree_source *folder = NULL, *memory = NULL;
	const char *dir = sample_folder();
	put(dir, ".git/config", "[core]\n", 0644);
	put(dir, "skills/ecm/order/code/__pycache__/handler.pyc", "junk", 0644);
	put(dir, "skills/.DS_Store", "junk", 0644);
	assert_ok(open_sample(&memory));
	assert_ok(tree_folder_open(dir, &folder, &support_err));
	ck_assert(tree_id_equal(&folder->root, &memory->root));
	ck_assert_str_eq(folder->ops->kind, "folder");
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	struct tree_entry file;
	assert_ok(tree_lookup(folder, STR("FIRM.md"), &tree_limits_default, &file, &support_err));
	assert_ok(tree_read(folder, &file.id, &out, &support_err));
	ck_assert_str_eq(buf_cstr(&out), "# Firm\n");
	ck_assert_int_eq(folder->ops->size(folder, &file.id, &support_err), 7);
}
END_TEST

START_TEST(a_link_in_a_folder_is_listed_and_refused_never_followed)
{
	CLEANUP(tree_source_freep) struct tree_source *t = NULL;
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	const char *dir = sample_folder();
	CLEANUP_FREE char *link = io_join(dir, "skills/ecm/secret.md");
	ck_assert_int_eq(symlink("/etc/passwd", link), 0);
	assert_ok(tree_folder_open(dir, &t, &support_err));
	struct tree_entry ecm;
	struct tree_list list;
	assert_ok(tree_lookup(t, STR("skills"), &tree_limits_default, &ecm, &support_err));
	assert_ok(tree_list(t, &t->root, STR(""), &tree_limits_default, a, &list, &support_err));
	assert_err(
		tree_lookup(t, STR("skills/ecm/order"), &tree_limits_default, &ecm, &support_err),
		ERR_INVALID, "\"secret.md\" is a symbolic link; links are never followed");
	ck_assert_str_eq(support_err.where.path, "skills/ecm");
}
END_TEST

START_TEST(a_pipe_in_a_folder_is_refused_and_does_not_block)
{
	CLEANUP(tree_source_freep) struct tree_source *t = NULL;
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	const char *dir = support_dir();
	CLEANUP_FREE char *pipe = io_join(dir, "pipe");
	struct tree_list list;
	ck_assert_int_eq(mkfifo(pipe, 0600), 0);
	assert_ok(tree_folder_open(dir, &t, &support_err));
	assert_err(tree_list(t, &t->root, STR(""), &tree_limits_default, a, &list, &support_err),
		   ERR_INVALID, "\"pipe\" has the mode 010000");
}
END_TEST

START_TEST(a_file_that_changed_since_the_folder_was_opened_is_a_conflict)
{
	CLEANUP(tree_source_freep) struct tree_source *t = NULL;
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	const char *dir = sample_folder();
	struct tree_entry file;
	assert_ok(tree_folder_open(dir, &t, &support_err));
	assert_ok(tree_lookup(t, STR("FIRM.md"), &tree_limits_default, &file, &support_err));
	put(dir, "FIRM.md", "# Other\n", 0644);
	assert_err(tree_read(t, &file.id, &out, &support_err), ERR_CONFLICT,
		   "\"FIRM.md\" has changed while it was being read");
}
END_TEST

START_TEST(a_folder_deeper_than_the_limit_is_not_entered)
{
	CLEANUP(tree_source_freep) struct tree_source *t = NULL;
	const char *dir = support_dir();
	struct tree_entry e;
	put(dir, "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/file", "x", 0644);
	put(dir, "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/at-the-limit", "x", 0644);
	assert_ok(tree_folder_open(dir, &t, &support_err));
	assert_ok(tree_lookup(t, STR("1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/at-the-limit"),
			      &tree_limits_default, &e, &support_err));
	assert_err(tree_lookup(t, STR("1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/file"),
			       &tree_limits_default, &e, &support_err),
		   ERR_TOO_LARGE, "folders are nested deeper than 16 here");
}
END_TEST

START_TEST(a_large_file_has_an_id_but_is_not_read)
{
	CLEANUP(tree_source_freep) struct tree_source *t = NULL;
	CLEANUP(buf_release) struct buf out = BUF_INIT(5 << 20);
	const char *dir = support_dir();
	CLEANUP_FREE char *path = io_join(dir, "big.bin");
	CLEANUP_FREE char *path5 = io_join(dir, "fits.bin");
	struct tree_entry e;
	put(dir, "big.bin", "", 0644);
	put(dir, "fits.bin", "", 0644);
	ck_assert_int_eq(truncate(path, (5 << 20) + 1), 0);
	ck_assert_int_eq(truncate(path5, 5 << 20), 0);
	assert_ok(tree_folder_open(dir, &t, &support_err));
	assert_ok(tree_lookup(t, STR("fits.bin"), &tree_limits_default, &e, &support_err));
	assert_ok(tree_read(t, &e.id, &out, &support_err));
	buf_reset(&out);
	assert_ok(tree_lookup(t, STR("big.bin"), &tree_limits_default, &e, &support_err));
	ck_assert_int_eq(t->ops->size(t, &e.id, &support_err), (5 << 20) + 1);
	assert_err(tree_read(t, &e.id, &out, &support_err), ERR_TOO_LARGE,
		   "limit of 5242880 bytes");
}
END_TEST

START_TEST(a_missing_folder_is_named)
{
	struct tree_source *t = NULL;
	assert_err(tree_folder_open("/nonexistent/skills", &t, &support_err), ERR_NOT_FOUND,
		   "cannot open the folder \"/nonexistent/skills\"");
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_memory_tree_lists_reads_and_walks_in_path_order),
	CASE(reading_stops_at_the_limit_of_the_buffer),
	CASE(an_upload_with_a_bad_path_is_refused),
	CASE(ids_are_those_of_version_1),
	CASE(a_folder_has_the_ids_of_a_memory_tree_of_the_same_files),
	CASE(a_link_in_a_folder_is_listed_and_refused_never_followed),
	CASE(a_pipe_in_a_folder_is_refused_and_does_not_block),
	CASE(a_file_that_changed_since_the_folder_was_opened_is_a_conflict),
	CASE(a_folder_deeper_than_the_limit_is_not_entered),
	CASE(a_large_file_has_an_id_but_is_not_read),
	CASE(a_missing_folder_is_named),
	{0}};

int main(void)
{
	return support_main("skill/tree_source", cases);
}
