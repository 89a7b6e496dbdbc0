/*
 * Repositories of this machine: what is copied, and that it is durable.
 */
#include <stdio.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "tests/unit/gitsync/help_local.h"

START_TEST(first_everything_then_nothing_then_one_commit)
{
	CLEANUP(local_end) struct local s = {0};
	local_start(&s);
	local_fetch(&s);
	local_expect_whole(&s);
	ck_assert(s.r.fetched && !s.r.healed);
	ck_assert_str_eq(s.r.head, "refs/heads/main");
	local_fetch(&s);
	ck_assert(!s.r.fetched);
	ck_assert_uint_eq(s.r.objects, 0);
	repo_commit(s.repo, "skills/ecm/order/SKILL.md", "# Order\n");
	local_fetch(&s);
	ck_assert(s.r.fetched);
	ck_assert_uint_eq(s.r.objects, 6); /* a commit, four trees, a blob */
	local_expect_whole(&s);
	local_fetch(&s);
	ck_assert(!s.r.fetched);
}
END_TEST

START_TEST(file_urls_and_work_trees_are_the_same)
{
	CLEANUP(local_end) struct local s = {0};
	local_start(&s);
	CLEANUP_FREE char *work = io_join(support_dir(), "a work tree");
	CLEANUP_FREE char *quoted = mem_printf("%s/clone", support_dir());
	git("/", "clone -q %s %s", s.repo, quoted);
	ck_assert_int_eq(rename(quoted, work), 0);
	s.o = fetch_opts(work, s.mirror);
	local_fetch(&s);
	local_expect_whole(&s);
	CLEANUP_FREE char *url = mem_printf("file://%s", s.repo);
	s.o = fetch_opts(url, s.mirror);
	local_fetch(&s);
	ck_assert(!s.r.fetched);
}
END_TEST

START_TEST(objects_in_packs_loose_and_borrowed_all_come)
{
	CLEANUP(local_end) struct local s = {0};
	local_start(&s);
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
	local_fetch(&s);
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
	CLEANUP(local_end) struct local s = {0};
	local_start(&s);
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
	local_fetch(&s);
	local_expect_whole(&s);
}
END_TEST

START_TEST(the_source_may_collect_its_garbage_afterwards)
{
	CLEANUP(local_end) struct local s = {0};
	local_start(&s);
	repo_commit(s.repo, "skills/ecm/order/SKILL.md", "# Order\n");
	char before[41];
	snprintf(before, sizeof(before), "%s", git(s.repo, "rev-parse main"));
	local_fetch(&s);
	/* Rewound, and everything unreachable thrown away. */
	git(s.repo, "update-ref refs/heads/main main~1");
	repo_commit(s.repo, "skills/ecm/order/SKILL.md", "# Other\n");
	git(s.repo, "reflog expire --expire=now --all");
	git(s.repo, "gc -q --prune=now");
	local_fetch(&s);
	local_expect_whole(&s);
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
	CLEANUP(local_end) struct local s = {0};
	local_start(&s);
	git(s.repo, "update-ref refs/pull/9/head main");
	git(s.repo, "update-ref refs/pull/10/head main");
	git(s.repo, "tag -a -m x v1 main");
	s.o.refs = refs;
	s.o.ref_count = ARRAY_SIZE(refs);
	local_fetch(&s);
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
	local_fetch(&s);
	ck_assert(!s.r.fetched);
}
END_TEST

START_TEST(a_branch_that_is_deleted_is_told_and_stays_in_the_mirror)
{
	CLEANUP(local_end) struct local s = {0};
	local_start(&s);
	local_fetch(&s);
	struct tree_id id = s.r.refs[0].id;
	git(s.repo, "update-ref -d refs/heads/main");
	local_fetch(&s);
	ck_assert_uint_eq(s.r.refs[0].id.len, 0);
	ck_assert(tree_id_equal(&s.r.refs[0].was, &id));
	ck_assert_str_eq(git(s.mirror, "rev-parse refs/heads/main"), hex_of_id(&id));
}
END_TEST

START_TEST(a_branch_may_become_a_folder_of_branches)
{
	static const char *const refs[] = {"refs/heads/*"};
	CLEANUP(local_end) struct local s = {0};
	local_start(&s);
	s.o.refs = refs;
	git(s.repo, "branch team main");
	local_fetch(&s);
	git(s.repo, "branch -D team");
	git(s.repo, "branch team/ada main");
	local_fetch(&s);
	ck_assert_ptr_nonnull(remote_result_find(&s.r, "refs/heads/team/ada"));
	git(s.repo, "branch -D team/ada");
	git(s.repo, "branch team main");
	local_fetch(&s);
	ck_assert_ptr_nonnull(remote_result_find(&s.r, "refs/heads/team"));
}
END_TEST

START_TEST(a_ref_that_leads_to_no_commit_is_refused)
{
	static const char *const refs[] = {"refs/tags/odd"};
	CLEANUP(local_end) struct local s = {0};
	local_start(&s);
	git(s.repo, "tag -a -m x inner main:FIRM.md");
	git(s.repo, "tag -a -m x odd inner");
	s.o.refs = refs;
	assert_err(local_try(&s), ERR_GIT, "leads to a blob, not to a commit");
	ck_assert_str_eq(git(s.mirror, "for-each-ref"), "");
}
END_TEST

START_TEST(budgets_hold_at_the_limit_and_one_past_it)
{
	CLEANUP(local_end) struct local s = {0};
	local_start(&s);
	local_fetch(&s);
	repo_commit(s.repo, "skills/ecm/order/SKILL.md", "# Order\n"); /* six objects */
	s.o.limits.objects = 5;
	assert_err(local_try(&s), ERR_TOO_LARGE, "more than 5 new objects");
	s.o.limits.objects = 6;
	local_fetch(&s);
	char text[2049];
	memset(text, 'x', sizeof(text));
	text[2048] = '\0';
	repo_commit(s.repo, "big.md", text);
	s.o.limits.object_bytes = 2047;
	assert_err(local_try(&s), ERR_TOO_LARGE, "has 2048 bytes; at most 2047 are accepted");
	s.o.limits.object_bytes = 2048;
	local_fetch(&s);
	local_expect_whole(&s);
}
END_TEST

START_TEST(a_first_copy_has_budgets_too)
{
	CLEANUP(local_end) struct local s = {0};
	local_start(&s);
	repo_commit(s.repo, "skills/ecm/order/SKILL.md", "# Order\n");
	git(s.repo, "repack -adq");
	s.o.limits.objects = 8; /* there are nine */
	assert_err(local_try(&s), ERR_TOO_LARGE, "has more than 8 objects");
	s.o.limits.objects = 9;
	s.o.limits.pack_bytes = 100;
	assert_err(local_try(&s), ERR_TOO_LARGE, "have more than 100 bytes");
	s.o.limits.pack_bytes = 100000;
	local_fetch(&s);
	local_expect_whole(&s);
}
END_TEST

/* Ten folders in ten folders, ten deep: 10^10 files in a few kilobytes. */
START_TEST(a_tree_bomb_is_fetched_in_no_time_and_little_memory)
{
	CLEANUP(local_end) struct local s = {0};
	local_start(&s);
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
	local_fetch(&s);
	ck_assert_int_lt(clock_mono(&clock_real) - t, 2000);
	struct rusage u;
	ck_assert_int_eq(getrusage(RUSAGE_CHILDREN, &u), 0);
	ck_assert_int_lt(u.ru_maxrss, 256 * 1024);
}
END_TEST

START_TEST(a_tree_without_bottom_is_cut)
{
	CLEANUP(local_end) struct local s = {0};
	local_start(&s);
	char id[41];
	snprintf(id, sizeof(id), "%s", git(s.repo, "rev-parse main^{tree}"));
	for (int level = 0; level < 200; level++) {
		CLEANUP(buf_release) struct buf tree = BUF_INIT(4096);
		raw_entry(&tree, "40000", STR("a"), id);
		snprintf(id, sizeof(id), "%s", repo_raw(s.repo, "tree", buf_str(&tree)));
	}
	repo_commit_tree(s.repo, id);
	assert_err(local_try(&s), ERR_TOO_LARGE, "deeper than 128 folders");
}
END_TEST

START_TEST(a_hostile_tree_is_fetched_for_the_rules_to_refuse)
{
	CLEANUP(local_end) struct local s = {0};
	CLEANUP(buf_release) struct buf tree = BUF_INIT(4096);
	local_start(&s);
	char blob[41];
	snprintf(blob, sizeof(blob), "%s", git(s.repo, "rev-parse main:FIRM.md"));
	raw_entry(&tree, "100644", STR(".."), blob);
	raw_entry(&tree, "160000", STR("sub"), "1111111111111111111111111111111111111111");
	const char *tip = repo_commit_tree(s.repo, repo_raw(s.repo, "tree", buf_str(&tree)));
	local_fetch(&s);
	ck_assert_str_eq(hex_of_id(&s.r.refs[0].id), tip);
}
END_TEST

START_TEST(a_source_that_lacks_an_object_is_told)
{
	CLEANUP(local_end) struct local s = {0};
	CLEANUP(buf_release) struct buf tree = BUF_INIT(4096);
	local_start(&s);
	local_fetch(&s);
	raw_entry(&tree, "100644", STR("x"), "1111111111111111111111111111111111111111");
	repo_commit_tree(s.repo, repo_raw(s.repo, "tree", buf_str(&tree)));
	char before[64];
	snprintf(before, sizeof(before), "%s", git(s.mirror, "rev-parse main"));
	assert_err(local_try(&s), ERR_GIT,
		   "object 1111111111111111111111111111111111111111 of the source");
	ck_assert_str_eq(git(s.mirror, "rev-parse main"), before);
}
END_TEST

START_TEST(what_is_not_a_repository_is_told)
{
	CLEANUP(local_end) struct local s = {0};
	local_start(&s);
	CLEANUP_FREE char *inside = io_join(s.repo, "refs");
	s.o = fetch_opts(inside, s.mirror); /* within one is not one */
	assert_err(local_try(&s), ERR_NOT_FOUND, "is no Git repository");
	s.o = fetch_opts("/nonexistent/skills.git", s.mirror);
	assert_err(local_try(&s), ERR_NOT_FOUND, "/nonexistent/skills.git is no Git repository");
	ck_assert_ptr_nonnull(strstr(support_err.remedy, "bare or with a .git folder"));
}
END_TEST

static void expect_peek(struct local *s, const char *ref, const char *want)
{
	struct tree_id id;
	assert_ok(remote_peek_local(&s->o.url, ref, &id, &support_err));
	ck_assert_str_eq(hex_of_id(&id), want);
}

START_TEST(a_peek_reads_one_ref_without_a_child)
{
	CLEANUP(local_end) struct local s = {0};
	local_start(&s);
	char tip[41], second[41];
	snprintf(tip, sizeof(tip), "%s", git(s.repo, "rev-parse main"));
	expect_peek(&s, "refs/heads/main", tip);
	expect_peek(&s, "refs/heads/none", "");
	git(s.repo, "tag -a -m x v1 main");
	expect_peek(&s, "refs/tags/v1", tip);
	git(s.repo, "branch main2 main");
	git(s.repo, "symbolic-ref refs/heads/alias refs/heads/main");
	expect_peek(&s, "refs/heads/alias", tip);
	git(s.repo, "pack-refs --all");
	expect_peek(&s, "refs/heads/main", tip);
	/* What is loose is newer than what is packed. */
	snprintf(second, sizeof(second), "%s", repo_commit(s.repo, "a", "a\n"));
	expect_peek(&s, "refs/heads/main", second);
	expect_peek(&s, "refs/heads/main2", tip);
	git(s.repo, "update-ref -d refs/heads/main2");
	expect_peek(&s, "refs/heads/main2", "");
}
END_TEST

START_TEST(a_peek_at_a_work_tree_and_at_nothing)
{
	CLEANUP(local_end) struct local s = {0};
	local_start(&s);
	CLEANUP_FREE char *work = io_join(support_dir(), "work");
	CLEANUP_FREE char *linked = io_join(support_dir(), "linked");
	char tip[41];
	snprintf(tip, sizeof(tip), "%s", git(s.repo, "rev-parse main"));
	git("/", "clone -q %s %s", s.repo, work);
	git(work, "worktree add -q %s -b side", linked); /* its .git is a file */
	s.o = fetch_opts(work, s.mirror);
	expect_peek(&s, "refs/heads/main", tip);
	s.o = fetch_opts(linked, s.mirror);
	expect_peek(&s, "refs/heads/main", tip);
	s.o = fetch_opts("/nonexistent/x.git", s.mirror);
	struct tree_id id;
	assert_err(remote_peek_local(&s.o.url, "refs/heads/main", &id, &support_err), ERR_NOT_FOUND,
		   "is no Git repository");
	/* A file that has a link in its way is not followed out of the repository. */
	CLEANUP_FREE char *outside = io_join(support_dir(), "outside");
	assert_ok(io_write_file(outside, STR("1111111111111111111111111111111111111111\n"), 0600,
				&support_err));
	CLEANUP_FREE char *ref = io_join(s.repo, "refs/heads/evil");
	ck_assert_int_eq(symlink(outside, ref), 0);
	s.o = fetch_opts(s.repo, s.mirror);
	ck_assert_int_lt(remote_peek_local(&s.o.url, "refs/heads/evil", &id, &support_err), 0);
}
END_TEST

START_TEST(a_full_disk_is_told_and_leaves_no_ref)
{
	CLEANUP(local_end) struct local s = {0};
	CLEANUP(buf_release) struct buf noise = BUF_INIT(1 << 20);
	local_start(&s);
	for (uint32_t x = 1; noise.len < 200000; x = x * 1664525 + 1013904223)
		buf_addf(&noise, "%08x", x);
	repo_commit(s.repo, "noise.md", buf_cstr(&noise));
	if (_i)
		git(s.repo, "repack -adq");
	/* No file may grow past this: the nearest to a full disk that needs no mount. */
	const struct rlimit small = {20000, 20000};
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_err(local_try(&s), ERR_IO, "File too large");
	ck_assert_str_eq(git(s.mirror, "for-each-ref"), "");
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
	CASE(a_peek_at_a_work_tree_and_at_nothing),
	CASE_LOOP(a_full_disk_is_told_and_leaves_no_ref, 2),
	{0},
};
int main(void)
{
	return support_main("gitsync/local", cases);
}
