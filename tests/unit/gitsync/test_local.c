/*
 * Repositories of this machine: what is copied, what is durable, and what happens to a mirror that is damaged.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "gitsync/gitsync.h"
#include "gitsync/tree_git.h"
#include "tests/unit/gitsync/help_git.h"

struct scene {
	char *repo, *mirror;
	struct remote_opts o;
	struct remote_result r;
};

static void scene_start(struct scene *s)
{
	assert_ok(gitsync_init(false, &support_err));
	s->repo = repo_new();
	s->mirror = fresh_mirror();
	s->o = fetch_opts(s->repo, s->mirror);
}

static void scene_end(struct scene *s)
{
	remote_result_release(&s->r);
	free(s->repo);
	free(s->mirror);
	gitsync_shutdown();
}

static void fetch(struct scene *s)
{
	remote_result_release(&s->r);
	assert_ok(remote_run(&s->o, &s->r, &support_err));
}

static int try_fetch(struct scene *s)
{
	remote_result_release(&s->r);
	return remote_run(&s->o, &s->r, &support_err);
}

/* The mirror has everything, whatever becomes of the source. */
static void expect_whole(struct scene *s)
{
	ck_assert_str_eq(git(s->mirror, "rev-parse refs/heads/main"),
			 git(s->repo, "rev-parse refs/heads/main"));
	git(s->mirror, "fsck --full --strict");
	git(s->mirror, "rev-list --objects refs/heads/main");
}

static size_t count_files(const char *dir, const char *suffix)
{
	DIR *d = opendir(dir);
	size_t n = 0;
	for (struct dirent *e; d && (e = readdir(d));)
		n += str_ends(str_of(e->d_name), str_of(suffix));
	if (d)
		closedir(d);
	return n;
}

static size_t packs(const struct scene *s)
{
	CLEANUP_FREE char *dir = io_join(s->mirror, "objects/pack");
	return count_files(dir, ".pack");
}

START_TEST(first_everything_then_nothing_then_one_commit)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	fetch(&s);
	expect_whole(&s);
	ck_assert(s.r.fetched && !s.r.healed);
	ck_assert_str_eq(s.r.head, "refs/heads/main");
	fetch(&s);
	ck_assert(!s.r.fetched);
	ck_assert_uint_eq(s.r.objects, 0);
	repo_commit(s.repo, "skills/ecm/order/SKILL.md", "# Order\n");
	fetch(&s);
	ck_assert(s.r.fetched);
	ck_assert_uint_eq(s.r.objects, 6); /* a commit, four trees, a blob */
	expect_whole(&s);
	fetch(&s);
	ck_assert(!s.r.fetched);
}
END_TEST

START_TEST(file_urls_and_work_trees_are_the_same)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	CLEANUP_FREE char *work = io_join(support_dir(), "a work tree");
	CLEANUP_FREE char *quoted = mem_printf("%s/clone", support_dir());
	git("/", "clone -q %s %s", s.repo, quoted);
	ck_assert_int_eq(rename(quoted, work), 0);
	s.o = fetch_opts(work, s.mirror);
	fetch(&s);
	expect_whole(&s);
	CLEANUP_FREE char *url = mem_printf("file://%s", s.repo);
	s.o = fetch_opts(url, s.mirror);
	fetch(&s);
	ck_assert(!s.r.fetched);
}
END_TEST

START_TEST(objects_in_packs_loose_and_borrowed_all_come)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	for (int i = 0; i < 20; i++) {
		char path[64];
		snprintf(path, sizeof(path), "skills/ecm/s%d/SKILL.md", i);
		repo_commit(s.repo, path, path);
		if (i == 7)
			git(s.repo, "repack -adq"); /* what follows stays loose */
	}
	CLEANUP_FREE char *borrower = io_join(support_dir(), "borrower.git");
	git("/", "clone -q --bare --shared %s %s", s.repo, borrower);
	repo_commit(borrower, "skills/frm/x/SKILL.md", "# X\n");
	s.o = fetch_opts(borrower, s.mirror);
	fetch(&s);
	ck_assert_str_eq(git(s.mirror, "rev-parse main"), git(borrower, "rev-parse main"));
	git(s.mirror, "fsck --full --strict");
	CLEANUP_FREE char *alternates = io_join(s.mirror, "objects/info/alternates");
	ck_assert(!io_exists(alternates));
	ck_assert_str_eq(git(s.mirror, "rev-list --count main"), "22");
}
END_TEST

/* A pack may hold a commit whose blob came loose with a branch that is not asked for. */
START_TEST(a_pack_that_leans_on_another_branch_is_completed)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	char blob[41], tree[41], side[41];
	snprintf(blob, sizeof(blob), "%s",
		 git_in(s.repo, STR("shared\n"), "hash-object -w --stdin"));
	git(s.repo, "read-tree main");
	git(s.repo, "update-index --add --cacheinfo 100644,%s,shared.md", blob);
	snprintf(tree, sizeof(tree), "%s", git(s.repo, "write-tree"));
	snprintf(side, sizeof(side), "%s", git(s.repo, "commit-tree -m side -p main %s", tree));
	git(s.repo, "update-ref refs/heads/side %s", side);
	const char *tip = repo_commit(s.repo, "shared.md", "shared\n");
	CLEANUP(buf_release) struct buf ids = BUF_INIT(1000);
	buf_addf(&ids, "%s\n%s\n", tip, git(s.repo, "rev-parse main^{tree}"));
	CLEANUP_FREE char *base = io_join(s.repo, "objects/pack/pack");
	git_in(s.repo, buf_str(&ids), "pack-objects -q %s",
	       base); /* the commit and its tree, not the blob */
	git(s.repo, "prune-packed -q");
	fetch(&s);
	expect_whole(&s);
}
END_TEST

START_TEST(the_source_may_collect_its_garbage_afterwards)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	repo_commit(s.repo, "skills/ecm/order/SKILL.md", "# Order\n");
	char before[41];
	snprintf(before, sizeof(before), "%s", git(s.repo, "rev-parse main"));
	fetch(&s);
	/* Rewound, and everything unreachable thrown away. */
	git(s.repo, "update-ref refs/heads/main main~1");
	repo_commit(s.repo, "skills/ecm/order/SKILL.md", "# Other\n");
	git(s.repo, "reflog expire --expire=now --all");
	git(s.repo, "gc -q --prune=now");
	fetch(&s);
	expect_whole(&s);
	CLEANUP(mirror_closep) struct mirror *m = NULL;
	bool advance = true;
	struct tree_id old = id_from(before);
	assert_ok(mirror_open(s.mirror, false, &m, &support_err));
	ck_assert(tree_id_equal(&s.r.refs[0].was, &old));
	/* The rewrite can be told, because the old commit is still here. */
	assert_ok(mirror_is_ancestor(m, &old, &s.r.refs[0].id, &advance, &support_err));
	ck_assert(!advance);
}
END_TEST

START_TEST(refs_come_in_the_order_asked_and_by_prefix)
{
	static const char *const refs[] = {"refs/heads/gone", "HEAD", "refs/pull/*",
					   "refs/tags/v1"};
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	git(s.repo, "update-ref refs/pull/9/head main");
	git(s.repo, "update-ref refs/pull/10/head main");
	git(s.repo, "tag -a -m x v1 main");
	s.o.refs = refs;
	s.o.ref_count = ARRAY_SIZE(refs);
	fetch(&s);
	static const char *const names[] = {"refs/heads/gone", "HEAD", "refs/pull/10/head",
					    "refs/pull/9/head", "refs/tags/v1"};
	ck_assert_uint_eq(s.r.ref_count, ARRAY_SIZE(names));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		ck_assert_str_eq(s.r.refs[i].name, names[i]);
		ck_assert_ptr_eq(remote_result_find(&s.r, names[i]), &s.r.refs[i]);
		if (i) /* the tag leads to the commit */
			ck_assert_str_eq(hex_of_id(&s.r.refs[i].id), git(s.repo, "rev-parse main"));
	}
	ck_assert_uint_eq(s.r.refs[0].id.len, 0);
	ck_assert_ptr_null(remote_result_find(&s.r, "refs/heads/main"));
	fetch(&s);
	ck_assert(!s.r.fetched);
}
END_TEST

START_TEST(a_branch_that_is_deleted_is_told_and_stays_in_the_mirror)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	fetch(&s);
	struct tree_id id = s.r.refs[0].id;
	git(s.repo, "update-ref -d refs/heads/main");
	fetch(&s);
	ck_assert_uint_eq(s.r.refs[0].id.len, 0);
	ck_assert(tree_id_equal(&s.r.refs[0].was, &id));
	ck_assert_str_eq(git(s.mirror, "rev-parse refs/heads/main"), hex_of_id(&id));
}
END_TEST

START_TEST(a_branch_may_become_a_folder_of_branches)
{
	static const char *const refs[] = {"refs/heads/*"};
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	s.o.refs = refs;
	git(s.repo, "branch team main");
	fetch(&s);
	git(s.repo, "branch -D team");
	git(s.repo, "branch team/ada main");
	fetch(&s);
	ck_assert_ptr_nonnull(remote_result_find(&s.r, "refs/heads/team/ada"));
	git(s.repo, "branch -D team/ada");
	git(s.repo, "branch team main");
	fetch(&s);
	ck_assert_ptr_nonnull(remote_result_find(&s.r, "refs/heads/team"));
}
END_TEST

START_TEST(a_ref_that_leads_to_no_commit_is_refused)
{
	static const char *const refs[] = {"refs/tags/odd"};
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	git(s.repo, "tag -a -m x inner main:FIRM.md");
	git(s.repo, "tag -a -m x odd inner");
	s.o.refs = refs;
	assert_err(try_fetch(&s), ERR_GIT, "leads to a blob, not to a commit");
	ck_assert_str_eq(git(s.mirror, "for-each-ref"), "");
}
END_TEST

START_TEST(budgets_hold_at_the_limit_and_one_past_it)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	fetch(&s);
	repo_commit(s.repo, "skills/ecm/order/SKILL.md", "# Order\n"); /* six objects */
	s.o.limits.objects = 5;
	assert_err(try_fetch(&s), ERR_TOO_LARGE, "more than 5 new objects");
	s.o.limits.objects = 6;
	fetch(&s);
	char text[2049];
	memset(text, 'x', sizeof(text));
	text[2048] = '\0';
	repo_commit(s.repo, "big.md", text);
	s.o.limits.object_bytes = 2047;
	assert_err(try_fetch(&s), ERR_TOO_LARGE, "has 2048 bytes; at most 2047 are accepted");
	s.o.limits.object_bytes = 2048;
	fetch(&s);
	expect_whole(&s);
}
END_TEST

START_TEST(a_first_copy_has_budgets_too)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	repo_commit(s.repo, "skills/ecm/order/SKILL.md", "# Order\n");
	git(s.repo, "repack -adq");
	s.o.limits.objects = 8; /* there are nine */
	assert_err(try_fetch(&s), ERR_TOO_LARGE, "has more than 8 objects");
	s.o.limits.objects = 9;
	s.o.limits.pack_bytes = 100;
	assert_err(try_fetch(&s), ERR_TOO_LARGE, "have more than 100 bytes");
	s.o.limits.pack_bytes = 100000;
	fetch(&s);
	expect_whole(&s);
}
END_TEST

/* Ten folders in ten folders, ten deep: 10^10 files in a few kilobytes. */
START_TEST(a_tree_bomb_is_fetched_in_no_time_and_little_memory)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	char id[41], mode[8] = "100644";
	snprintf(id, sizeof(id), "%s", git(s.repo, "rev-parse main:FIRM.md"));
	for (int level = 0; level < 10; level++) {
		CLEANUP(buf_release) struct buf tree = BUF_INIT(4096);
		for (char name[2] = "a"; name[0] <= 'j'; name[0]++)
			raw_entry(&tree, mode, str_of(name), id);
		snprintf(id, sizeof(id), "%s", repo_raw(s.repo, "tree", buf_str(&tree)));
		snprintf(mode, sizeof(mode), "40000");
	}
	repo_commit_tree(s.repo, id);
	int64_t t = clock_mono(&clock_real);
	fetch(&s);
	ck_assert_int_lt(clock_mono(&clock_real) - t, 2000);
	struct rusage u;
	ck_assert_int_eq(getrusage(RUSAGE_CHILDREN, &u), 0);
	ck_assert_int_lt(u.ru_maxrss, 256 * 1024);
}
END_TEST

START_TEST(a_tree_without_bottom_is_cut)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	char id[41];
	snprintf(id, sizeof(id), "%s", git(s.repo, "rev-parse main^{tree}"));
	for (int level = 0; level < 200; level++) {
		CLEANUP(buf_release) struct buf tree = BUF_INIT(4096);
		raw_entry(&tree, "40000", STR("a"), id);
		snprintf(id, sizeof(id), "%s", repo_raw(s.repo, "tree", buf_str(&tree)));
	}
	repo_commit_tree(s.repo, id);
	assert_err(try_fetch(&s), ERR_TOO_LARGE, "deeper than 128 folders");
}
END_TEST

START_TEST(a_hostile_tree_is_fetched_for_the_rules_to_refuse)
{
	CLEANUP(scene_end) struct scene s = {0};
	CLEANUP(buf_release) struct buf tree = BUF_INIT(4096);
	scene_start(&s);
	char blob[41];
	snprintf(blob, sizeof(blob), "%s", git(s.repo, "rev-parse main:FIRM.md"));
	raw_entry(&tree, "100644", STR(".."), blob);
	raw_entry(&tree, "160000", STR("sub"), "1111111111111111111111111111111111111111");
	const char *tip = repo_commit_tree(s.repo, repo_raw(s.repo, "tree", buf_str(&tree)));
	fetch(&s);
	ck_assert_str_eq(hex_of_id(&s.r.refs[0].id), tip);
}
END_TEST

START_TEST(a_source_that_lacks_an_object_is_told)
{
	CLEANUP(scene_end) struct scene s = {0};
	CLEANUP(buf_release) struct buf tree = BUF_INIT(4096);
	scene_start(&s);
	fetch(&s);
	raw_entry(&tree, "100644", STR("x"), "1111111111111111111111111111111111111111");
	repo_commit_tree(s.repo, repo_raw(s.repo, "tree", buf_str(&tree)));
	char before[64];
	snprintf(before, sizeof(before), "%s", git(s.mirror, "rev-parse main"));
	assert_err(try_fetch(&s), ERR_GIT,
		   "object 1111111111111111111111111111111111111111 of the source");
	ck_assert_str_eq(git(s.mirror, "rev-parse main"), before);
}
END_TEST

START_TEST(what_is_not_a_repository_is_told)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	CLEANUP_FREE char *inside = io_join(s.repo, "refs");
	s.o = fetch_opts(inside, s.mirror); /* within one is not one */
	assert_err(try_fetch(&s), ERR_NOT_FOUND, "is no Git repository");
	s.o = fetch_opts("/nonexistent/skills.git", s.mirror);
	assert_err(try_fetch(&s), ERR_NOT_FOUND, "/nonexistent/skills.git is no Git repository");
	ck_assert_ptr_nonnull(strstr(support_err.remedy, "bare or with a .git folder"));
}
END_TEST

START_TEST(a_peek_reads_one_ref_without_a_child)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	struct tree_id id;
	assert_ok(remote_peek_local(&s.o.url, "refs/heads/main", &id, &support_err));
	ck_assert_str_eq(hex_of_id(&id), git(s.repo, "rev-parse main"));
	assert_ok(remote_peek_local(&s.o.url, "refs/heads/none", &id, &support_err));
	ck_assert_uint_eq(id.len, 0);
	git(s.repo, "tag -a -m x v1 main");
	assert_ok(remote_peek_local(&s.o.url, "refs/tags/v1", &id, &support_err));
	ck_assert_str_eq(hex_of_id(&id), git(s.repo, "rev-parse main"));
}
END_TEST

START_TEST(many_small_packs_are_joined_and_nothing_is_lost)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	CLEANUP(mirror_closep) struct mirror *m = NULL;
	size_t most = 0;
	fetch(&s);
	assert_ok(mirror_open(s.mirror, false, &m,
			      &support_err)); /* held open throughout, as sync does */
	for (int i = 0; i < 60; i++) {
		char text[32];
		snprintf(text, sizeof(text), "edit %d\n", i);
		repo_commit(s.repo, "skills/ecm/order/SKILL.md", text);
		fetch(&s);
		mirror_refresh(m);
		most = MAX(most, packs(&s));
		struct tree_source *t = NULL;
		struct tree_entry e;
		CLEANUP(buf_release) struct buf b = BUF_INIT(100);
		assert_ok(tree_git_open(m, &s.r.refs[0].id, &t, &support_err));
		assert_ok(tree_lookup(t, STR("skills/ecm/order/SKILL.md"), &tree_limits_default, &e,
				      &support_err));
		assert_ok(tree_read(t, &e.id, &b, &support_err));
		assert_str(buf_str(&b), text);
		tree_source_free(t);
	}
	ck_assert_uint_le(most, 24);
	expect_whole(&s);
	ck_assert_str_eq(git(s.mirror, "rev-list --count main"), "61");
	CLEANUP_FREE char *fds = mem_strdup("/proc/self/fd");
	ck_assert_uint_lt(count_files(fds, ""), 120);
}
END_TEST

START_TEST(left_overs_of_killed_fetches_do_no_harm)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	fetch(&s);
	static const char *const left[] = {"refs/heads/main.lock",
					   "packed-refs.lock",
					   "HEAD.lock",
					   "config.lock",
					   "objects/pack/pack_git2_abc123",
					   "objects/pack/pack_git2_copy_pack-1.pack"};
	for (size_t i = 0; i < ARRAY_SIZE(left); i++) {
		CLEANUP_FREE char *p = io_join(s.mirror, left[i]);
		assert_ok(io_write_file(p, STR("junk"), 0600, &support_err));
	}
	repo_commit(s.repo, "a", "a\n");
	fetch(&s);
	expect_whole(&s);
	for (size_t i = 0; i < ARRAY_SIZE(left); i++) {
		CLEANUP_FREE char *p = io_join(s.mirror, left[i]);
		ck_assert_msg(!io_exists(p), "%s", left[i]);
	}
}
END_TEST

/* --- healing ------------------------------------------------------------------------------------------------ */

static void damage(struct scene *s, const char *path)
{
	CLEANUP_FREE char *p = io_join(s->mirror, path);
	struct stat st;
	if (stat(p, &st) == 0 && S_ISDIR(st.st_mode))
		assert_ok(io_remove_tree(p, &support_err));
	else
		ck_assert_int_eq(unlink(p), 0);
}

static const char *const vital[] = {"HEAD", "objects", "refs"};

START_TEST(a_mirror_without_a_vital_part_is_made_afresh)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	fetch(&s);
	damage(&s, vital[_i]);
	fetch(&s);
	ck_assert(s.r.healed);
	expect_whole(&s);
	fetch(&s);
	ck_assert(!s.r.healed && !s.r.fetched);
}
END_TEST

/* Every pack loses its middle. */
static void flip_packs(struct scene *s)
{
	CLEANUP_FREE char *dir = io_join(s->mirror, "objects/pack");
	DIR *d = opendir(dir);
	for (struct dirent *e; (e = readdir(d));) {
		if (!str_ends(str_of(e->d_name), STR(".pack")))
			continue;
		CLEANUP_FREE char *p = io_join(dir, e->d_name);
		struct stat st;
		ck_assert_int_eq(stat(p, &st), 0);
		ck_assert_int_eq(chmod(p, 0600), 0);
		CLEANUP_FD int fd = open(p, O_RDWR);
		char junk[16] = "................";
		ck_assert_int_eq(pwrite(fd, junk, sizeof(junk), st.st_size / 2), sizeof(junk));
	}
	closedir(d);
}

START_TEST(a_check_finds_flipped_bits_and_heals_them)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	for (int i = 0; i < 5; i++) {
		char path[32], text[4096];
		snprintf(path, sizeof(path), "skills/d/s%d/SKILL.md", i);
		memset(text, 'a' + i, sizeof(text));
		text[sizeof(text) - 1] = '\0';
		repo_commit(s.repo, path, text);
	}
	fetch(&s);
	s.o.check = true;
	fetch(&s);
	ck_assert(!s.r.healed);
	flip_packs(&s);
	s.o.check = false;
	fetch(&s); /* nothing moved, so nothing is read */
	ck_assert(!s.r.healed);
	s.o.check = true;
	fetch(&s);
	ck_assert(s.r.healed);
	expect_whole(&s);
}
END_TEST

START_TEST(healing_carries_over_what_is_kept)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	char released[41];
	snprintf(released, sizeof(released), "%s", repo_commit(s.repo, "a", "released\n"));
	fetch(&s);
	CLEANUP(mirror_closep) struct mirror *m = NULL;
	assert_ok(mirror_open(s.mirror, false, &m, &support_err));
	assert_ok(mirror_keep(m, "released", &s.r.refs[0].id, &support_err));
	/* The remote forgets it, then the mirror loses what is newest. */
	git(s.repo, "update-ref refs/heads/main main~1");
	repo_commit(s.repo, "b", "rewritten\n");
	git(s.repo, "reflog expire --expire=now --all");
	git(s.repo, "gc -q --prune=now");
	CLEANUP_FREE char *ref = io_join(s.mirror, "refs/heads/main");
	assert_ok(io_write_file(ref, STR("garbage\n"), 0600, &support_err));
	fetch(&s);
	ck_assert(s.r.healed);
	expect_whole(&s);
	ck_assert_str_eq(git(s.mirror, "rev-parse refs/aspora/released"), released);
	git(s.mirror, "rev-list --objects refs/aspora/released");
	/* An open handle finds the new folder in the old one's place. */
	struct tree_id id;
	mirror_refresh(m);
	assert_ok(mirror_resolve(m, STR("main"), &id, &support_err));
	ck_assert(tree_id_equal(&id, &s.r.refs[0].id));
	CLEANUP_FREE char *dir = mem_strndup(s.mirror, (size_t)(strrchr(s.mirror, '/') - s.mirror));
	ck_assert_uint_eq(count_files(dir, ".fresh") + count_files(dir, ".damaged"), 0);
}
END_TEST

START_TEST(a_damaged_mirror_stays_when_the_remote_is_away)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	fetch(&s);
	CLEANUP_FREE char *away = mem_printf("%s.away", s.repo);
	ck_assert_int_eq(rename(s.repo, away), 0);
	flip_packs(&s);
	s.o.check = true;
	assert_err(try_fetch(&s), ERR_NOT_FOUND, "is no Git repository");
	CLEANUP_FREE char *head = io_join(s.mirror, "refs/heads/main");
	ck_assert(io_exists(head));
	ck_assert_int_eq(rename(away, s.repo), 0);
	fetch(&s);
	ck_assert(s.r.healed);
	expect_whole(&s);
}
END_TEST

START_TEST(a_death_between_the_two_renames_is_recovered)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	fetch(&s);
	CLEANUP_FREE char *old = mem_printf("%s.damaged", s.mirror);
	CLEANUP_FREE char *fresh = mem_printf("%s.fresh", s.mirror);
	ck_assert_int_eq(rename(s.mirror, old), 0);
	assert_ok(io_mkdirs(fresh, 0700, &support_err));
	fetch(&s);
	ck_assert(!s.r.fetched); /* the old one is back */
	expect_whole(&s);
	ck_assert(!io_exists(old) && !io_exists(fresh));
}
END_TEST

static const struct support_case cases[] = {
	CASE(first_everything_then_nothing_then_one_commit),
	CASE(file_urls_and_work_trees_are_the_same),
	CASE(objects_in_packs_loose_and_borrowed_all_come),
	CASE(a_pack_that_leans_on_another_branch_is_completed),
	CASE(the_source_may_collect_its_garbage_afterwards),
	CASE(refs_come_in_the_order_asked_and_by_prefix),
	CASE(a_branch_that_is_deleted_is_told_and_stays_in_the_mirror),
	CASE(a_branch_may_become_a_folder_of_branches),
	CASE(a_ref_that_leads_to_no_commit_is_refused),
	CASE(budgets_hold_at_the_limit_and_one_past_it),
	CASE(a_first_copy_has_budgets_too),
	CASE(a_tree_bomb_is_fetched_in_no_time_and_little_memory),
	CASE(a_tree_without_bottom_is_cut),
	CASE(a_hostile_tree_is_fetched_for_the_rules_to_refuse),
	CASE(a_source_that_lacks_an_object_is_told),
	CASE(what_is_not_a_repository_is_told),
	CASE(a_peek_reads_one_ref_without_a_child),
	CASE(many_small_packs_are_joined_and_nothing_is_lost),
	CASE(left_overs_of_killed_fetches_do_no_harm),
	CASE_LOOP(a_mirror_without_a_vital_part_is_made_afresh, ARRAY_SIZE(vital)),
	CASE(a_check_finds_flipped_bits_and_heals_them),
	CASE(healing_carries_over_what_is_kept),
	CASE(a_damaged_mirror_stays_when_the_remote_is_away),
	CASE(a_death_between_the_two_renames_is_recovered),
	{0},
};
int main(void)
{
	return support_main("gitsync/local", cases);
}
