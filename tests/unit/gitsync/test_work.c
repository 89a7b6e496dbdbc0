/* The index as Git writes it, and the folder beside it. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "gitsync/gitsync.h"
#include "gitsync/tree_work.h"
#include "gitsync/work_index.h"
#include "tests/unit/gitsync/help_git.h"

/* --- a work tree ------------------------------------------------------------------------------------------------- */

struct scene {
	char *dir;
	struct mirror *m;
	struct tree_source *t;
	size_t asked, added; /* of sizes */
	bool knows; /* them all */
};

static void put(const struct scene *s, const char *path, const char *text)
{
	CLEANUP_FREE char *full = io_join(s->dir, path);
	CLEANUP_FREE char *folder = mem_strdup(full);
	*strrchr(folder, '/') = '\0';
	assert_ok(io_mkdirs(folder, 0755, &support_err));
	assert_ok(io_write_file(full, str_of(text), 0644, &support_err));
}

/* Until the index is newer than all that has been written: of files of its own tick it says nothing. */
static void settle(const struct scene *s)
{
	CLEANUP_FREE char *mark = io_join(s->dir, ".git/mark");
	CLEANUP_FREE char *index = io_join(s->dir, ".git/index");
	struct stat m, x;
	assert_ok(io_write_file(mark, STR("x"), 0644, &support_err));
	do {
		ck_assert_int_eq(utimensat(AT_FDCWD, index, NULL, 0), 0);
		ck_assert_int_eq(stat(mark, &m), 0);
		ck_assert_int_eq(stat(index, &x), 0);
	} while (x.st_mtim.tv_sec == m.st_mtim.tv_sec && x.st_mtim.tv_nsec <= m.st_mtim.tv_nsec);
}

static void start(struct scene *s)
{
	assert_ok(gitsync_init(false, &support_err));
	s->dir = mem_strdup(support_dir());
	git(s->dir, "init -q -b main .");
	put(s, "FIRM.md", "# Firm\n");
	put(s, "skills/ecm/order/SKILL.md", "# Order\n");
	put(s, "skills/ecm/order/code/handler.py", "print(1)\n");
	put(s, "skills/ecm-old/a.md", "a\n");
	put(s, "skills/frm/review/SKILL.md", "# Review\n");
	git(s->dir, "add -A");
	git(s->dir, "commit -q -m first");
	settle(s);
}

static void finish(struct scene *s)
{
	tree_source_free(s->t);
	mirror_close(s->m);
	free(s->dir);
	gitsync_shutdown();
}

static bool has(void *state, const struct digest *files)
{
	struct scene *s = state;
	(void)files;
	s->asked++;
	return s->knows;
}

static void add(void *state, const struct digest *files)
{
	struct scene *s = state;
	(void)files;
	s->added++;
}

static void open_at(struct scene *s, const char *below, bool by_index)
{
	const struct tree_work_memory memory = {has, add, s};
	CLEANUP_FREE char *root = *below ? io_join(s->dir, below) : mem_strdup(s->dir);
	tree_source_free(s->t);
	mirror_close(s->m);
	s->t = NULL;
	s->m = NULL;
	s->asked = s->added = 0;
	assert_ok(mirror_open_clone(s->dir, &s->m, &support_err));
	assert_ok(tree_work_open(s->m, root, by_index ? &memory : NULL, &s->t, &support_err));
}

static const char *id_at(const struct scene *s, const char *path)
{
	struct tree_entry e;
	assert_ok(tree_lookup(s->t, str_of(path), &tree_limits_default, &e, &support_err));
	return hex_of_id(&e.id);
}

/* The index says that one file has the bytes of another: who then says so has not read it. */
static void lie(const struct scene *s, const char *of, const char *instead)
{
	CLEANUP(buf_release) struct buf bytes = BUF_INIT(1 << 20);
	CLEANUP_FREE char *path = io_join(s->dir, ".git/index");
	struct tree_id was = id_from(git(s->dir, "hash-object %s", of));
	struct tree_id is = id_from(git(s->dir, "hash-object %s", instead));
	assert_ok(io_read_file(path, &bytes, &support_err));
	ptrdiff_t at = str_find(buf_str(&bytes), str_make((const char *)was.bytes, 20), 0);
	ck_assert_int_gt(at, 0);
	memcpy(bytes.data + at, is.bytes, 20);
	assert_ok(io_write_file(path, buf_str(&bytes), 0644, &support_err));
	settle(s);
}

/* --- the folder ----------------------------------------------------------------------------------------------------- */

START_TEST(a_clean_folder_has_the_ids_of_its_commit)
{
	CLEANUP(finish) struct scene s = {0};
	start(&s);
	for (int by_index = 0; by_index < 2; by_index++) {
		open_at(&s, "", by_index);
		ck_assert_str_eq(hex_of_id(&s.t->root), git(s.dir, "rev-parse HEAD^{tree}"));
		ck_assert_str_eq(id_at(&s, "skills"), git(s.dir, "rev-parse HEAD:skills"));
		ck_assert_str_eq(id_at(&s, "skills/ecm/order/SKILL.md"),
				 git(s.dir, "rev-parse HEAD:skills/ecm/order/SKILL.md"));
		ck_assert_uint_eq(s.asked, by_index ? 4 : 0); /* FIRM.md and three domains */
		ck_assert_uint_eq(s.added, s.asked);
		ck_assert_str_eq(s.t->ops->kind, "folder");
		ck_assert_str_eq(s.t->revision, "folder");
		ck_assert(!s.t->ops->id_is_digest);
	}
}
END_TEST

START_TEST(a_folder_below_the_top_has_the_id_it_has_in_the_commit)
{
	CLEANUP(finish) struct scene s = {0};
	start(&s);
	open_at(&s, "skills/ecm", true);
	ck_assert_str_eq(hex_of_id(&s.t->root), git(s.dir, "rev-parse HEAD:skills/ecm"));
	ck_assert_str_eq(id_at(&s, "order/code"),
			 git(s.dir, "rev-parse HEAD:skills/ecm/order/code"));
	ck_assert_uint_eq(s.asked, 1);
}
END_TEST

START_TEST(every_edit_is_seen_and_what_is_beside_it_keeps_its_id)
{
	static const struct {
		const char *path, *text; /* NULL: it is removed */
	} edits[] = {{"skills/ecm/order/SKILL.md", "# ORDER\n"}, /* of the same size */
		     {"skills/ecm/order/SKILL.md", "longer than before\n"},
		     {"skills/ecm/order/MORE.md", "new\n"},
		     {"skills/ecm/new/SKILL.md", "new\n"},
		     {"skills/ecm/order/code/handler.py", NULL}};
	CLEANUP(finish) struct scene s = {0};
	start(&s);
	CLEANUP_FREE char *path = io_join(s.dir, edits[_i].path);
	if (edits[_i].text)
		put(&s, edits[_i].path, edits[_i].text);
	else
		ck_assert_int_eq(unlink(path), 0);
	if (!edits[_i].text) /* an empty folder is none to Git, and one to us */
		ck_assert_int_eq(rmdir((*strrchr(path, '/') = '\0', path)), 0);
	open_at(&s, "", true);
	CLEANUP_FREE char *frm = mem_strdup(git(s.dir, "rev-parse HEAD:skills/frm"));
	ck_assert_str_eq(id_at(&s, "skills/frm"), frm);
	ck_assert_str_ne(id_at(&s, "skills/ecm"), git(s.dir, "rev-parse HEAD:skills/ecm"));
	git(s.dir, "add -A");
	ck_assert_str_eq(hex_of_id(&s.t->root), git(s.dir, "write-tree"));
}
END_TEST

START_TEST(an_empty_folder_and_another_mode_are_seen)
{
	CLEANUP(finish) struct scene s = {0};
	start(&s);
	CLEANUP_FREE char *empty = io_join(s.dir, "skills/frm/empty");
	CLEANUP_FREE char *script = io_join(s.dir, "skills/ecm/order/code/handler.py");
	ck_assert_int_eq(mkdir(empty, 0755), 0);
	ck_assert_int_eq(chmod(script, 0755), 0);
	open_at(&s, "", true);
	struct tree_entry e;
	assert_ok(
		tree_lookup(s.t, STR("skills/frm/empty"), &tree_limits_default, &e, &support_err));
	ck_assert_str_eq(hex_of_id(&e.id), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
	assert_ok(tree_lookup(s.t, STR("skills/ecm/order/code/handler.py"), &tree_limits_default,
			      &e, &support_err));
	ck_assert_uint_eq(e.mode, TREE_MODE_EXEC);
}
END_TEST

START_TEST(what_the_index_knows_is_not_read)
{
	CLEANUP(finish) struct scene s = {0};
	CLEANUP(buf_release) struct buf text = BUF_INIT(100);
	start(&s);
	put(&s, "other.md", "# ORDER\n"); /* as many bytes */
	git(s.dir, "hash-object -w other.md");
	lie(&s, "skills/ecm/order/SKILL.md", "other.md");
	open_at(&s, "", true);
	CLEANUP_FREE char *other = mem_strdup(git(s.dir, "hash-object other.md"));
	put(&s, "other.md", "something else\n");
	open_at(&s, "", true);
	ck_assert_str_eq(id_at(&s, "skills/ecm/order/SKILL.md"), other);
	/* Who reads it finds out. */
	struct tree_id id = id_from(other);
	assert_err(tree_read(s.t, &id, &text, &support_err), ERR_CONFLICT, "has changed while");
	open_at(&s, "", false);
	ck_assert_str_ne(id_at(&s, "skills/ecm/order/SKILL.md"), other);
}
END_TEST

START_TEST(a_file_of_the_indexs_own_tick_is_read)
{
	CLEANUP(finish) struct scene s = {0};
	start(&s);
	put(&s, "other.md", "# ORDER\n");
	git(s.dir, "hash-object -w other.md");
	lie(&s, "skills/ecm/order/SKILL.md", "other.md");
	CLEANUP_FREE char *index = io_join(s.dir, ".git/index");
	CLEANUP_FREE char *file = io_join(s.dir, "skills/ecm/order/SKILL.md");
	struct stat st;
	ck_assert_int_eq(stat(file, &st), 0);
	const struct timespec same[] = {st.st_ctim, st.st_ctim};
	ck_assert_int_eq(utimensat(AT_FDCWD, index, same, 0), 0);
	open_at(&s, "", true);
	ck_assert_str_eq(id_at(&s, "skills/ecm/order/SKILL.md"),
			 git(s.dir, "rev-parse HEAD:skills/ecm/order/SKILL.md"));
}
END_TEST

START_TEST(an_object_of_another_size_has_all_read)
{
	CLEANUP(finish) struct scene s = {0};
	start(&s);
	put(&s, "other.md", "as many as that it has not\n");
	git(s.dir, "hash-object -w other.md");
	lie(&s, "skills/ecm/order/SKILL.md", "other.md");
	open_at(&s, "", true);
	ck_assert_str_eq(id_at(&s, "skills/ecm/order/SKILL.md"),
			 git(s.dir, "rev-parse HEAD:skills/ecm/order/SKILL.md"));
	/* One who has seen the sizes before is not asked to look again. */
	s.knows = true;
	open_at(&s, "", true);
	ck_assert_uint_eq(s.added, 0);
	ck_assert_str_eq(id_at(&s, "skills/ecm/order/SKILL.md"),
			 git(s.dir, "hash-object other.md"));
}
END_TEST

START_TEST(an_object_that_is_not_there_has_all_read)
{
	CLEANUP(finish) struct scene s = {0};
	start(&s);
	put(&s, "other.md", "# ORDER\n");
	lie(&s, "skills/ecm/order/SKILL.md", "other.md");
	open_at(&s, "", true);
	ck_assert_str_eq(id_at(&s, "skills/ecm/order/SKILL.md"),
			 git(s.dir, "rev-parse HEAD:skills/ecm/order/SKILL.md"));
}
END_TEST

static const struct {
	const char *path, *text;
	bool asked;
} attributes[] = {
	{".git/info/attributes", "* filter=up\n", false},
	{".git/info/attributes", "* text=auto\n", true},
	{".gitattributes", "*.txt working-tree-encoding=UTF-16\n", false},
	{"skills/.gitattributes", "# nothing\n", false}, /* the index knows nothing of it */
	{"skills/gitattributes", "* filter=up\n", true}};

START_TEST(where_a_filter_is_named_the_index_is_not_asked)
{
	CLEANUP(finish) struct scene s = {.knows = true};
	start(&s);
	put(&s, attributes[_i].path, attributes[_i].text);
	put(&s, "other.md", "# ORDER\n");
	git(s.dir, "hash-object -w other.md");
	lie(&s, "skills/ecm/order/SKILL.md", "other.md");
	open_at(&s, "skills", true);
	bool lied = strcmp(id_at(&s, "ecm/order/SKILL.md"), git(s.dir, "hash-object other.md")) ==
		    0;
	ck_assert_int_eq(lied, attributes[_i].asked);
}
END_TEST

START_TEST(attributes_of_a_commit_are_read_too)
{
	static const char *const texts[] = {"* filter=up\n", "* text\n"};
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		CLEANUP(finish) struct scene s = {.knows = true};
		start(&s);
		put(&s, "docs/.gitattributes", texts[i]);
		put(&s, "other.md", "# ORDER\n");
		git(s.dir, "add -A");
		settle(&s);
		lie(&s, "skills/ecm/order/SKILL.md", "other.md");
		open_at(&s, "", true);
		bool lied = strcmp(id_at(&s, "skills/ecm/order/SKILL.md"),
				   git(s.dir, "hash-object other.md")) == 0;
		ck_assert_int_eq(lied, i == 1);
	}
}
END_TEST

/* A reader of blobs may have their ids from a commit, and ask for them before anybody has looked into their folder. */
START_TEST(a_file_is_found_in_a_folder_that_nobody_has_listed)
{
	CLEANUP(finish) struct scene s = {0};
	CLEANUP(buf_release) struct buf text = BUF_INIT(100);
	start(&s);
	open_at(&s, "", true);
	struct tree_id id = id_from(git(s.dir, "rev-parse HEAD:skills/frm/review/SKILL.md"));
	assert_ok(tree_read(s.t, &id, &text, &support_err));
	assert_str(buf_str(&text), "# Review\n");
	ck_assert_int_eq(s.t->ops->size(s.t, &id, &support_err), 9);
	id.bytes[0] ^= 1;
	assert_err(tree_read(s.t, &id, &text, &support_err), ERR_NOT_FOUND, "no such file");
}
END_TEST

/* --- the index -------------------------------------------------------------------------------------------------------- */

static void read_index(const struct scene *s, struct buf *out)
{
	CLEANUP_FREE char *path = io_join(s->dir, ".git/index");
	assert_ok(io_read_file(path, out, &support_err));
}

static void parse(struct str bytes, struct work_index **ret)
{
	assert_ok(work_index_parse(bytes, ret, &support_err));
}

START_TEST(every_version_says_the_same)
{
	CLEANUP(finish) struct scene s = {0};
	CLEANUP(buf_release) struct buf bytes = BUF_INIT(1 << 20);
	CLEANUP(work_index_freep) struct work_index *x = NULL;
	start(&s);
	put(&s, "later.md", "x\n");
	git(s.dir, "add -N later.md"); /* what Git has no bytes of needs version 3 */
	git(s.dir, "update-index --index-version %d", _i + 2);
	read_index(&s, &bytes);
	ck_assert_int_eq(bytes.data[7], MAX(_i + 2, 3));
	parse(buf_str(&bytes), &x);
	ck_assert_uint_eq(x->count, 5);
	assert_str(x->entries[1].path, "skills/ecm-old/a.md");
	struct work_range r = work_index_folder(x, work_index_all(x), STR("skills"));
	ck_assert_uint_eq(r.to - r.from, 4);
	struct work_range ecm = work_index_folder(x, r, STR("ecm"));
	ck_assert_uint_eq(ecm.to - ecm.from, 2);
	struct work_range none = work_index_folder(x, r, STR("ec"));
	ck_assert_uint_eq(none.from, none.to);
	ck_assert_ptr_null(work_index_file(x, r, STR("ecm")));
	struct work_range order = work_index_folder(x, ecm, STR("order"));
	struct work_entry *e = work_index_file(x, order, STR("SKILL.md"));
	ck_assert_ptr_nonnull(e);
	ck_assert_uint_eq(work_entry_size(e), 8);
	struct tree_id id = work_entry_id(e);
	ck_assert_str_eq(hex_of_id(&id), git(s.dir, "rev-parse HEAD:skills/ecm/order/SKILL.md"));
	ck_assert_ptr_null(work_index_file(x, order, STR("SKILL.m")));
	ck_assert_ptr_null(work_index_file(x, order, STR("SKILL.md2")));
	ck_assert_ptr_null(work_index_file(x, work_index_all(x), STR("later.md")));
}
END_TEST

START_TEST(trees_that_git_had_written_are_known_until_they_change)
{
	CLEANUP(finish) struct scene s = {0};
	CLEANUP(buf_release) struct buf bytes = BUF_INIT(1 << 20);
	CLEANUP(work_index_freep) struct work_index *x = NULL;
	start(&s);
	put(&s, "skills/frm/review/SKILL.md", "# Another\n");
	git(s.dir, "add skills/frm/review/SKILL.md");
	read_index(&s, &bytes);
	parse(buf_str(&bytes), &x);
	const struct work_tree *top = work_index_tree(x, NULL, STR(""));
	const struct work_tree *skills = work_index_tree(x, top, STR("skills"));
	const struct work_tree *ecm = work_index_tree(x, skills, STR("ecm"));
	ck_assert_int_lt(top->files, 0);
	ck_assert_int_lt(work_index_tree(x, skills, STR("frm"))->files, 0);
	ck_assert_int_eq(ecm->files, 2);
	struct tree_id id = {.len = 20};
	memcpy(id.bytes, ecm->id, 20);
	ck_assert_str_eq(hex_of_id(&id), git(s.dir, "rev-parse HEAD:skills/ecm"));
	ck_assert_ptr_null(work_index_tree(x, top, STR("ecm")));
	ck_assert_ptr_null(work_index_tree(x, ecm, STR("frm")));
}
END_TEST

START_TEST(a_file_is_the_one_of_the_index_only_when_all_of_its_stat_is)
{
	CLEANUP(finish) struct scene s = {0};
	CLEANUP(work_index_freep) struct work_index *x = NULL;
	start(&s);
	CLEANUP_FREE char *index = io_join(s.dir, ".git/index");
	CLEANUP_FREE char *file = io_join(s.dir, "FIRM.md");
	struct stat is;
	assert_ok(work_index_open(index, &x, &support_err));
	const struct work_entry *e = work_index_file(x, work_index_all(x), STR("FIRM.md"));
	ck_assert_int_eq(stat(file, &is), 0);
	ck_assert(work_entry_is(x, e, &is));
#define DIFFERS(member, value)                                                                     \
	do {                                                                                       \
		struct stat other = is;                                                            \
		other.member = value;                                                              \
		ck_assert_msg(!work_entry_is(x, e, &other), #member);                              \
	} while (0)
	DIFFERS(st_size, is.st_size + 1);
	DIFFERS(st_mtim.tv_sec, is.st_mtim.tv_sec + 1);
	DIFFERS(st_mtim.tv_nsec, is.st_mtim.tv_nsec ^ 1);
	DIFFERS(st_ctim.tv_nsec, is.st_ctim.tv_nsec ^ 1);
	DIFFERS(st_ino, is.st_ino + 1);
	DIFFERS(st_uid, is.st_uid + 1);
	DIFFERS(st_gid, is.st_gid + 1);
	DIFFERS(st_mode, S_IFREG | 0755);
	DIFFERS(st_mode, S_IFLNK | 0777);
	x->written = is.st_ctim;
	ck_assert(!work_entry_is(x, e, &is));
}
END_TEST

START_TEST(what_is_no_whole_index_is_refused)
{
	CLEANUP(finish) struct scene s = {0};
	CLEANUP(buf_release) struct buf bytes = BUF_INIT(1 << 20);
	struct work_index *x = NULL;
	start(&s);
	git(s.dir, "update-index --index-version %d", _i + 2);
	read_index(&s, &bytes);
	size_t trees = (size_t)str_find(buf_str(&bytes), STR("TREE"), 0);
	for (size_t len = 0; len < bytes.len; len++) {
		struct err err = ERR_INIT;
		/* Cut where its extensions begin it is an index without any. */
		bool whole = len == trees + 20 || len == bytes.len;
		int rc = work_index_parse(str_sub(buf_str(&bytes), 0, len), &x, &err);
		ck_assert_msg(whole == (rc == 0), "%zu: %s", len, err.msg);
		if (rc == 0)
			work_index_freep(&x);
		else
			ck_assert_str_ne(err.msg, "");
	}
	bytes.data[7] = 5;
	assert_err(work_index_parse(buf_str(&bytes), &x, &support_err), ERR_UNSUPPORTED,
		   "has the version 5");
	bytes.data[7] = 2;
	bytes.data[0] = 'd';
	assert_err(work_index_parse(buf_str(&bytes), &x, &support_err), ERR_INVALID,
		   "does not begin as one");
}
END_TEST

START_TEST(a_split_or_sparse_index_is_said_to_be_one)
{
	CLEANUP(finish) struct scene s = {0};
	CLEANUP(buf_release) struct buf bytes = BUF_INIT(1 << 20);
	struct work_index *x = NULL;
	start(&s);
	git(s.dir, "update-index --split-index");
	read_index(&s, &bytes);
	assert_err(work_index_parse(buf_str(&bytes), &x, &support_err), ERR_UNSUPPORTED,
		   "is split or sparse");
	assert_err(work_index_open("/nonexistent/index", &x, &support_err), ERR_NOT_FOUND,
		   "cannot read \"/nonexistent/index\"");
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_clean_folder_has_the_ids_of_its_commit),
	CASE(a_folder_below_the_top_has_the_id_it_has_in_the_commit),
	CASE_LOOP(every_edit_is_seen_and_what_is_beside_it_keeps_its_id, 5),
	CASE(an_empty_folder_and_another_mode_are_seen),
	CASE(what_the_index_knows_is_not_read),
	CASE(a_file_of_the_indexs_own_tick_is_read),
	CASE(an_object_of_another_size_has_all_read),
	CASE(an_object_that_is_not_there_has_all_read),
	CASE_LOOP(where_a_filter_is_named_the_index_is_not_asked, (int)ARRAY_SIZE(attributes)),
	CASE(attributes_of_a_commit_are_read_too),
	CASE(a_file_is_found_in_a_folder_that_nobody_has_listed),
	CASE_LOOP(every_version_says_the_same, 3),
	CASE(trees_that_git_had_written_are_known_until_they_change),
	CASE(a_file_is_the_one_of_the_index_only_when_all_of_its_stat_is),
	CASE_LOOP(what_is_no_whole_index_is_refused, 3),
	CASE(a_split_or_sparse_index_is_said_to_be_one),
	{0}};

int main(void)
{
	return support_main("gitsync/work", cases);
}
