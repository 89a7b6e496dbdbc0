#include "tests/unit/skill/golden.h"

#include "base/mem.h"
#include "skill/manifest.h"
#include "skill/tree.h"

/* --- a source that lists whatever it is told ---------------------------------------------------- */

struct fake {
	struct tree_source source;
	struct tree_list list;
	unsigned endless; /* every folder holds so many more of itself */
};

static int fake_list(struct tree_source *t, const struct tree_id *dir, struct arena *a,
		     struct tree_list *ret, struct err *err)
{
	struct fake *f = (struct fake *)t;
	(void)dir, (void)err;
	if (!f->endless) {
		*ret = f->list;
		return 0;
	}
	ret->items = arena_array(a, f->endless, sizeof(*ret->items));
	ret->count = f->endless;
	for (unsigned i = 0; i < f->endless; i++) {
		const char *name = arena_printf(a, "d%06u", i);
		ret->items[i] = (struct tree_entry){str_of(name), TREE_MODE_DIR, {.len = 20}};
	}
	return 0;
}

static int fake_read(struct tree_source *t, const struct tree_id *blob, struct buf *out,
		     struct err *err)
{
	(void)t, (void)blob, (void)err;
	buf_addz(out, "x");
	return 0;
}

static const struct tree_source_ops fake_ops = {
	.kind = "fake", .list = fake_list, .read = fake_read};

static int list_entries(struct tree_entry *items, size_t count, const char *dir,
			const struct tree_limits *limits)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 << 20);
	struct fake f = {.source.ops = &fake_ops, .list = {items, count}};
	struct tree_list list;
	return tree_list(&f.source, &f.source.root, str_of(dir), limits, a, &list, &support_err);
}

static void tree_case(struct str name, struct str input, struct buf *out)
{
	struct tree_entry items[8];
	size_t count = 0;
	(void)name;
	/* Split on the entries' own line ends only: a name may hold an escaped newline. */
	for (size_t at = 0; at < input.len;) {
		ptrdiff_t next = -1;
		for (size_t i = at; next < 0 && i + 7 < input.len; i++)
			if (input.p[i] == '\n' && input.p[i + 7] == ' ')
				next = (ptrdiff_t)i;
		struct str line = str_sub(input, at, next < 0 ? input.len : (size_t)next);
		char mode[8];
		snprintf(mode, sizeof(mode), "%.6s", line.p);
		items[count++] = (struct tree_entry){.name = str_sub(line, 7, SIZE_MAX),
						     .mode = (uint32_t)strtoul(mode, NULL, 8)};
		at = next < 0 ? input.len : (size_t)next + 1;
	}
	memset(&support_err, 0, sizeof(support_err));
	char text[1024];
	if (list_entries(items, count, "skills/ecm", &tree_limits_default) < 0)
		buf_addf(out, "%s: %s\n", err_text(support_err.code),
			 err_format(&support_err, text, sizeof(text)));
	else
		buf_addz(out, "fine\n");
}

START_TEST(hostile_entries_are_refused_with_these_words)
{
	golden_run("tree.txt", tree_case);
}
END_TEST

START_TEST(names_end_at_255_bytes)
{
	char name[300];
	memset(name, 'n', sizeof(name));
	struct tree_entry e = {str_make(name, 255), TREE_MODE_FILE, {0}};
	assert_ok(list_entries(&e, 1, "", &tree_limits_default));
	e.name.len = 256;
	assert_err(list_entries(&e, 1, "", &tree_limits_default), ERR_TOO_LARGE,
		   "has 256 bytes; at most 255 are allowed");
	ck_assert_str_eq(support_err.where.path, ".");
	ck_assert_str_eq(support_err.remedy, "give it a shorter name");
	CLEANUP(buf_release) struct buf huge = BUF_INIT(1 << 20);
	buf_add_repeat(&huge, 'n', 25500);
	e.name = buf_str(&huge);
	assert_err(list_entries(&e, 1, "", &tree_limits_default), ERR_TOO_LARGE,
		   "has 25500 bytes; at most 255 are allowed");
}
END_TEST

START_TEST(paths_end_at_1024_bytes)
{
	char dir[1024];
	memset(dir, 'd', sizeof(dir));
	dir[1020] = '\0';
	struct tree_entry e = {STR("abc"), TREE_MODE_FILE, {0}};
	assert_ok(list_entries(&e, 1, dir, &tree_limits_default));
	e.name = STR("abcd");
	assert_err(list_entries(&e, 1, dir, &tree_limits_default), ERR_TOO_LARGE,
		   "the path of \"abcd\" has 1025 bytes; at most 1024 are allowed");
	ck_assert_str_eq(support_err.remedy, "use shorter or fewer folder names");
	CLEANUP(buf_release) struct buf huge = BUF_INIT(1 << 20);
	buf_add_repeat(&huge, 'd', 102395);
	assert_err(list_entries(&e, 1, buf_cstr(&huge), &tree_limits_default), ERR_TOO_LARGE,
		   "the path of \"abcd\" has 102400 bytes; at most 1024 are allowed");
}
END_TEST

START_TEST(folders_end_at_depth_16)
{
	assert_ok(list_entries(NULL, 0, "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16",
			       &tree_limits_default));
	assert_err(list_entries(NULL, 0, "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17",
				&tree_limits_default),
		   ERR_TOO_LARGE, "folders are nested deeper than 16 here");
	ck_assert_str_eq(support_err.remedy, "move it up");
}
END_TEST

START_TEST(a_folder_ends_at_20000_entries)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 << 20);
	struct fake f = {.source.ops = &fake_ops, .endless = TREE_LIST_MAX};
	struct tree_list list;
	assert_ok(tree_list(&f.source, &f.source.root, STR("x"), &tree_limits_default, a, &list,
			    &support_err));
	f.endless++;
	assert_err(tree_list(&f.source, &f.source.root, STR("x"), &tree_limits_default, a, &list,
			     &support_err),
		   ERR_TOO_LARGE, "this folder has 20001 entries; at most 20000 are allowed");
	ck_assert_str_eq(support_err.remedy, "split it");
}
END_TEST

static int count_file(void *state, struct str path, const struct tree_entry *file, struct err *err)
{
	(void)path, (void)file, (void)err;
	++*(size_t *)state;
	return 0;
}

START_TEST(a_fan_out_bomb_ends_at_the_entry_budget)
{
	struct fake f = {.source.ops = &fake_ops, .endless = 10};
	size_t files = 0, entries = 0, lists = 0;
	assert_err(tree_walk(&f.source, &f.source.root, STR("skills/ecm/bomb"),
			     &tree_limits_default, count_file, &files, &entries, &lists,
			     &support_err),
		   ERR_TOO_LARGE, "folders are nested deeper than 16 here");
	/* With room for its depth it is the count that stops it. */
	struct tree_limits deep = tree_limits_default;
	deep.depth = 100;
	deep.path_bytes = 10000;
	deep.entries = 300;
	entries = 0;
	assert_err(tree_walk(&f.source, &f.source.root, STR("skills/ecm/bomb"), &deep, count_file,
			     &files, &entries, &lists, &support_err),
		   ERR_TOO_LARGE, "more than 300 files and folders stand here and below");
	ck_assert_uint_le(entries, 310);
	ck_assert_uint_eq(files, 0);
}
END_TEST

START_TEST(a_walk_ends_at_its_budget_of_entries)
{
	CLEANUP(tree_source_freep) struct tree_source *t = NULL;
	struct tree_file files[21];
	char names[21][16];
	for (size_t i = 0; i < 21; i++) {
		snprintf(names[i], sizeof(names[i]), "d%zu/f%02zu", i % 3, i);
		files[i] = (struct tree_file){str_of(names[i]), TREE_MODE_FILE, STR("x")};
	}
	struct tree_limits limits = tree_limits_default;
	limits.entries = 24; /* 21 files in 3 folders */
	for (int past = 0; past <= 1; past++) {
		size_t count = 0, entries = 0, lists = 0;
		limits.entries -= (size_t)past;
		assert_ok(tree_memory_open(files, 21, "r", &t, &support_err));
		memset(&support_err, 0, sizeof(support_err));
		int rc = tree_walk(t, &t->root, STR("x"), &limits, count_file, &count, &entries,
				   &lists, &support_err);
		ck_assert_int_eq(rc, past ? ERR_TOO_LARGE : 0);
		if (past)
			ck_assert_str_eq(support_err.msg,
					 "more than 23 files and folders stand here and below");
		else
			ck_assert_uint_eq(count, 21);
		ck_assert_int_eq(support_err.remedy[0] != 0, past);
		tree_source_freep(&t);
		t = NULL;
	}
	ck_assert_uint_eq(tree_limits_default.entries, 20000);
	ck_assert_uint_eq(tree_limits_default.depth, 16);
	ck_assert_uint_eq(tree_limits_default.path_bytes, 1024);
	ck_assert_uint_eq(tree_limits_default.name_bytes, 255);
}
END_TEST

START_TEST(case_twins_are_found_in_large_folders_too)
{
	enum { N = 100 };
	struct tree_entry items[N + 1];
	char names[N + 1][8];
	for (size_t i = 0; i <= N; i++) {
		snprintf(names[i], sizeof(names[i]), "n%03zu", i);
		items[i] = (struct tree_entry){str_of(names[i]), TREE_MODE_FILE, {0}};
	}
	assert_ok(list_entries(items, N, "", &tree_limits_default));
	struct tree_entry upper = {STR("N050"), TREE_MODE_FILE, {0}};
	memmove(items + 1, items, N * sizeof(*items));
	items[0] = upper;
	assert_err(list_entries(items, N + 1, "", &tree_limits_default), ERR_INVALID,
		   "\"N050\" and \"n050\" differ only in letter case");
	/* In every script, and where the capital is the longer one. */
	memmove(items, items + 1, N * sizeof(*items));
	items[N - 1] = (struct tree_entry){STR("ОТЧЁТ.md"), TREE_MODE_FILE, {0}};
	items[N] = (struct tree_entry){STR("отчёт.md"), TREE_MODE_FILE, {0}};
	assert_err(list_entries(items, N + 1, "", &tree_limits_default), ERR_INVALID,
		   "\"ОТЧЁТ.md\" and \"отчёт.md\" differ only in letter case");
	items[N].name = STR("отчёты.md");
	assert_ok(list_entries(items, N + 1, "", &tree_limits_default));
}
END_TEST

static const struct support_case cases[] = {CASE(hostile_entries_are_refused_with_these_words),
					    CASE(names_end_at_255_bytes),
					    CASE(paths_end_at_1024_bytes),
					    CASE(folders_end_at_depth_16),
					    CASE(a_folder_ends_at_20000_entries),
					    CASE(a_fan_out_bomb_ends_at_the_entry_budget),
					    CASE(a_walk_ends_at_its_budget_of_entries),
					    CASE(case_twins_are_found_in_large_folders_too),
					    {0}};

int main(void)
{
	return support_main("skill/tree", cases);
}
