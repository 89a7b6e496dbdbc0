#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "gitsync/gitsync.h"
#include "gitsync/tree_git.h"
#include "tests/unit/gitsync/help_git.h"

struct scene {
	char *repo;
	struct mirror *m;
	struct tree_source *t;
	struct arena *a;
	char blob[41];
};

static void scene_start(struct scene *s)
{
	assert_ok(gitsync_init(false, &support_err));
	s->repo = repo_new();
	s->a = arena_new(64 << 20);
	snprintf(s->blob, sizeof(s->blob), "%s", git(s->repo, "rev-parse main:FIRM.md"));
}

static void scene_open(struct scene *s)
{
	struct tree_id id;
	assert_ok(mirror_open(s->repo, false, &s->m, &support_err));
	assert_ok(mirror_resolve(s->m, STR("main"), &id, &support_err));
	assert_ok(tree_git_open(s->m, &id, &s->t, &support_err));
}

static void scene_end(struct scene *s)
{
	tree_source_free(s->t);
	mirror_close(s->m);
	arena_free(s->a);
	free(s->repo);
	gitsync_shutdown();
}

static int list(struct scene *s, const struct tree_id *dir, struct tree_list *l)
{
	return tree_list(s->t, dir, STR(""), &tree_limits_default, s->a, l, &support_err);
}

START_TEST(a_commit_is_a_tree_of_files)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	repo_commit(s.repo, "skills/ecm/order/SKILL.md", "# Order\n");
	const char *tip = repo_commit(s.repo, "skills-old.md", "x\n");
	scene_open(&s);
	struct tree_list l;
	struct tree_entry e;
	CLEANUP(buf_release) struct buf b = BUF_INIT(100);
	assert_ok(list(&s, &s.t->root, &l));
	ck_assert_uint_eq(l.count, 3);
	assert_str(l.items[0].name, "FIRM.md");
	assert_str(l.items[1].name, "skills-old.md"); /* "skills/" comes after "skills-" */
	assert_str(l.items[2].name, "skills");
	ck_assert_uint_eq(l.items[2].mode, TREE_MODE_DIR);
	ck_assert_str_eq(s.t->revision, tip);
	ck_assert_str_eq(s.t->ops->kind, "git");
	assert_ok(tree_lookup(s.t, STR("skills/ecm/order/SKILL.md"), &tree_limits_default, &e,
			      &support_err));
	assert_ok(tree_read(s.t, &e.id, &b, &support_err));
	assert_str(buf_str(&b), "# Order\n");
	ck_assert_int_eq(s.t->ops->size(s.t, &e.id, &support_err), 8);
	ck_assert_str_eq(hex_of_id(&e.id), git(s.repo, "rev-parse main:skills/ecm/order/SKILL.md"));
}
END_TEST

START_TEST(an_unchanged_folder_keeps_its_id)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	repo_commit(s.repo, "skills/ecm/order/SKILL.md", "# Order\n");
	repo_commit(s.repo, "skills/frm/review/SKILL.md", "# Review\n");
	scene_open(&s);
	struct tree_entry before, after;
	struct tree_id id;
	assert_ok(tree_lookup(s.t, STR("skills/ecm"), &tree_limits_default, &before, &support_err));
	repo_commit(s.repo, "skills/frm/review/SKILL.md", "# Review twice\n");
	mirror_refresh(s.m);
	assert_ok(mirror_resolve(s.m, STR("main"), &id, &support_err));
	tree_source_free(TAKE_PTR(s.t));
	assert_ok(tree_git_open(s.m, &id, &s.t, &support_err));
	assert_ok(tree_lookup(s.t, STR("skills/ecm"), &tree_limits_default, &after, &support_err));
	ck_assert(tree_id_equal(&before.id, &after.id));
	assert_ok(tree_lookup(s.t, STR("skills/frm"), &tree_limits_default, &after, &support_err));
	ck_assert(!tree_id_equal(&before.id, &after.id));
}
END_TEST

START_TEST(a_blob_stops_at_its_limit_before_it_is_inflated)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	CLEANUP(buf_release) struct buf big = BUF_INIT(BUF_MAX);
	buf_add_repeat(&big, 'x', tree_limits_default.blob_bytes);
	struct tree_id fits = id_from(git_in(s.repo, buf_str(&big), "hash-object -w --stdin"));
	buf_add_char(&big, 'x');
	struct tree_id over = id_from(git_in(s.repo, buf_str(&big), "hash-object -w --stdin"));
	buf_add_repeat(&big, 'x', 99 * tree_limits_default.blob_bytes);
	struct tree_id bomb = id_from(git_in(s.repo, buf_str(&big), "hash-object -w --stdin"));
	buf_release(&big);
	scene_open(&s);
	CLEANUP(buf_release) struct buf out = BUF_INIT(tree_limits_default.blob_bytes);
	assert_ok(tree_read(s.t, &fits, &out, &support_err));
	ck_assert_uint_eq(out.len, tree_limits_default.blob_bytes);
	buf_reset(&out);
	assert_err(tree_read(s.t, &over, &out, &support_err), ERR_TOO_LARGE,
		   "has 5242881 bytes; at most 5242880 are accepted");
	int64_t t = clock_mono(&clock_real);
	assert_err(tree_read(s.t, &bomb, &out, &support_err), ERR_TOO_LARGE, "at most 5242880");
	ck_assert_int_lt(clock_mono(&clock_real) - t, 200);
	ck_assert_uint_eq(out.len, 0);
}
END_TEST

/* Trees that git itself would not make. */
static const struct hostile {
	const char *mode;
	struct str name;
	int code;
	const char *part; /* of the message; NULL: any */
} hostiles[] = {
	{"100644", {"..", 2}, ERR_INVALID, NULL},
	{"100644", {".", 1}, ERR_INVALID, NULL},
	{"40000", {"..", 2}, ERR_INVALID, NULL},
	{"100644", {".git", 4}, ERR_INVALID, NULL},
	{"40000", {".GIT", 4}, ERR_INVALID, NULL},
	{"40000", {"git~1", 5}, ERR_INVALID, NULL},
	{"40000", {".git ", 5}, ERR_INVALID, NULL},
	{"40000", {".git.", 5}, ERR_INVALID, NULL},
	{"40000", {".g\xe2\x80\x8cit", 7}, ERR_INVALID, NULL},
	{"100644", {"a/b", 3}, ERR_INVALID, NULL},
	{"100644", {"a\\b", 3}, ERR_INVALID, NULL},
	{"100644", {"a\nb", 3}, ERR_INVALID, NULL},
	{"100644", {"a\x1b[31m", 6}, ERR_INVALID, NULL},
	{"100644", {"a\x7f", 2}, ERR_INVALID, NULL},
	{"100644", {"a\xff", 2}, ERR_INVALID, NULL},
	{"100644", {"a\xe2\x80\xae", 4}, ERR_INVALID, NULL},
	{"100644", {"", 0}, ERR_INVALID, NULL},
	{"120000", {"link", 4}, ERR_INVALID, "symbolic link"},
	{"160000", {"sub", 3}, ERR_INVALID, "submodule"},
	{"100666", {"odd", 3}, ERR_INVALID, NULL},
	{"100664", {"odd", 3}, ERR_INVALID, NULL},
	{"40777", {"odd", 3}, ERR_INVALID, NULL},
	{"0", {"odd", 3}, ERR_INVALID, NULL},
};

START_TEST(hostile_entries_reach_the_tree_rules_and_are_refused)
{
	const struct hostile *h = &hostiles[_i];
	CLEANUP(scene_end) struct scene s = {0};
	CLEANUP(buf_release) struct buf tree = BUF_INIT(1 << 16);
	scene_start(&s);
	raw_entry(&tree, h->mode, h->name, s.blob);
	struct tree_id dir = id_from(repo_raw(s.repo, "tree", buf_str(&tree)));
	scene_open(&s);
	struct tree_list l;
	assert_err(list(&s, &dir, &l), h->code, h->part ? h->part : "");
	/* The source itself passes it on as it is. */
	assert_ok(s.t->ops->list(s.t, &dir, s.a, &l, &support_err));
	ck_assert_uint_eq(l.count, 1);
	ck_assert(str_eq(l.items[0].name, h->name));
	ck_assert_uint_eq(l.items[0].mode, (unsigned)strtoul(h->mode, NULL, 8));
}
END_TEST

START_TEST(the_same_name_twice_is_refused)
{
	static const char *const pairs[][2] = {{"a", "a"}, {"A", "a"}, {"README.md", "readme.md"}};
	CLEANUP(scene_end) struct scene s = {0};
	CLEANUP(buf_release) struct buf tree = BUF_INIT(1 << 16);
	scene_start(&s);
	raw_entry(&tree, "100644", str_of(pairs[_i][0]), s.blob);
	raw_entry(&tree, "100644", str_of(pairs[_i][1]), s.blob);
	struct tree_id dir = id_from(repo_raw(s.repo, "tree", buf_str(&tree)));
	scene_open(&s);
	struct tree_list l;
	assert_err(list(&s, &dir, &l), ERR_INVALID, pairs[_i][1]);
}
END_TEST

START_TEST(entries_out_of_order_are_refused)
{
	CLEANUP(scene_end) struct scene s = {0};
	CLEANUP(buf_release) struct buf tree = BUF_INIT(1 << 16);
	scene_start(&s);
	raw_entry(&tree, "100644", STR("b"), s.blob);
	raw_entry(&tree, "100644", STR("a"), s.blob);
	struct tree_id dir = id_from(repo_raw(s.repo, "tree", buf_str(&tree)));
	buf_reset(&tree);
	raw_entry(&tree, "40000", STR("a"), s.blob); /* "a/" is after "a." */
	raw_entry(&tree, "100644", STR("a."), s.blob);
	struct tree_id dir2 = id_from(repo_raw(s.repo, "tree", buf_str(&tree)));
	scene_open(&s);
	struct tree_list l;
	assert_err(list(&s, &dir, &l), ERR_INVALID, "entries out of order at byte 29");
	assert_err(list(&s, &dir2, &l), ERR_INVALID, "entries out of order");
}
END_TEST

START_TEST(a_tree_that_is_no_tree_is_told_with_its_place)
{
	static const struct {
		struct str raw;
		const char *part;
	} rows[] = {
		{{"100644 a", 8}, "damaged at byte 0"},
		{{"100644 a\0short", 14}, "damaged at byte 0"},
		{{"100648 a\0"
		  "01234567890123456789",
		  29},
		 "damaged at byte 0"},
		{{"1006440000 a\0"
		  "01234567890123456789",
		  33},
		 "damaged at byte 0"},
		{{" a\0"
		  "01234567890123456789",
		  23},
		 "damaged at byte 0"},
		{{"100644 a\0"
		  "01234567890123456789x",
		  30},
		 "damaged at byte 29"},
	};
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	struct tree_id ids[ARRAY_SIZE(rows)];
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		ids[i] = id_from(repo_raw(s.repo, "tree", rows[i].raw));
	scene_open(&s);
	struct tree_list l;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_err(s.t->ops->list(s.t, &ids[i], s.a, &l, &support_err), ERR_INVALID,
			   rows[i].part);
}
END_TEST

START_TEST(a_tree_without_entries_is_fine)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	struct tree_id dir = id_from(git_in(s.repo, STR(""), "mktree"));
	scene_open(&s);
	struct tree_list l = {.count = 7};
	assert_ok(list(&s, &dir, &l));
	ck_assert_uint_eq(l.count, 0);
}
END_TEST

START_TEST(the_wrong_kind_of_object_is_told)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	scene_open(&s);
	struct tree_list l;
	struct tree_id blob = id_from(s.blob),
		       none = id_from("1111111111111111111111111111111111111111");
	CLEANUP(buf_release) struct buf b = BUF_INIT(1000);
	assert_err(list(&s, &blob, &l), ERR_INVALID, "is a blob where a tree is needed");
	assert_err(tree_read(s.t, &s.t->root, &b, &support_err), ERR_INVALID,
		   "is a tree where a blob is needed");
	assert_err(list(&s, &none, &l), ERR_NOT_FOUND, "tree 1111");
	assert_err(tree_read(s.t, &none, &b, &support_err), ERR_NOT_FOUND, "1111");
	struct tree_source *t;
	assert_err(tree_git_open(s.m, &blob, &t, &support_err), ERR_NOT_FOUND, "commit ");
}
END_TEST

/* n entries of the given id in one tree. */
static struct tree_id wide_tree(struct scene *s, size_t n, const char *mode, const char *hex)
{
	CLEANUP(buf_release) struct buf tree = BUF_INIT(BUF_MAX);
	char name[32];
	for (size_t i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "f%07zu", i);
		raw_entry(&tree, mode, str_of(name), hex);
	}
	return id_from(repo_raw(s->repo, "tree", buf_str(&tree)));
}

START_TEST(a_folder_of_very_many_entries_is_cut)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	struct tree_id fits = wide_tree(&s, tree_limits_default.entries, "100644", s.blob);
	struct tree_id over = wide_tree(&s, tree_limits_default.entries + 1, "100644", s.blob);
	struct tree_id bomb = wide_tree(&s, 200000, "100644", s.blob);
	scene_open(&s);
	struct tree_list l;
	assert_ok(list(&s, &fits, &l));
	assert_err(list(&s, &over, &l), ERR_TOO_LARGE, "20000");
	assert_err(list(&s, &bomb, &l), ERR_TOO_LARGE, "at most 6291456 are accepted");
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_commit_is_a_tree_of_files),
	CASE(an_unchanged_folder_keeps_its_id),
	CASE(a_blob_stops_at_its_limit_before_it_is_inflated),
	CASE_LOOP(hostile_entries_reach_the_tree_rules_and_are_refused, ARRAY_SIZE(hostiles)),
	CASE_LOOP(the_same_name_twice_is_refused, 3),
	CASE(entries_out_of_order_are_refused),
	CASE(a_tree_that_is_no_tree_is_told_with_its_place),
	CASE(a_tree_without_entries_is_fine),
	CASE(the_wrong_kind_of_object_is_told),
	CASE(a_folder_of_very_many_entries_is_cut),
	{0},
};
int main(void)
{
	return support_main("gitsync/tree", cases);
}
