/*
 * A mirror over time: packs are joined, what killed fetches left is swept away, damage heals.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/mem.h"
#include "gitsync/tree_git.h"
#include "tests/unit/gitsync/help_local.h"

START_TEST(many_small_packs_are_joined_and_nothing_is_lost)
{
	CLEANUP(local_end) struct local s = {0};
	local_start(&s);
	CLEANUP(mirror_closep) struct mirror *m = NULL;
	size_t most = 0;
	local_fetch(&s);
	assert_ok(mirror_open(s.mirror, false, &m,
			      &support_err)); /* held open throughout, as sync does */
	for (int i = 0; i < 60; i++) {
		char text[32];
		snprintf(text, sizeof(text), "edit %d\n", i);
		repo_commit(s.repo, "skills/ecm/order/SKILL.md", text);
		local_fetch(&s);
		mirror_refresh(m);
		most = MAX(most, local_packs(&s));
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
	local_expect_whole(&s);
	ck_assert_str_eq(git(s.mirror, "rev-list --count main"), "61");
	CLEANUP_FREE char *fds = mem_strdup("/proc/self/fd");
	ck_assert_uint_lt(count_files(fds, ""), 120);
}
END_TEST

START_TEST(left_overs_of_killed_fetches_do_no_harm)
{
	CLEANUP(local_end) struct local s = {0};
	local_start(&s);
	local_fetch(&s);
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
	local_fetch(&s);
	local_expect_whole(&s);
	for (size_t i = 0; i < ARRAY_SIZE(left); i++) {
		CLEANUP_FREE char *p = io_join(s.mirror, left[i]);
		ck_assert_msg(!io_exists(p), "%s", left[i]);
	}
}
END_TEST

/* --- healing ------------------------------------------------------------------------------------------------ */

static void damage(struct local *s, const char *path)
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
	CLEANUP(local_end) struct local s = {0};
	local_start(&s);
	local_fetch(&s);
	damage(&s, vital[_i]);
	local_fetch(&s);
	ck_assert(s.r.healed);
	local_expect_whole(&s);
	local_fetch(&s);
	ck_assert(!s.r.healed && !s.r.fetched);
}
END_TEST

/* Every pack loses its middle. */
static void flip_packs(struct local *s)
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
	CLEANUP(local_end) struct local s = {0};
	local_start(&s);
	for (int i = 0; i < 5; i++) {
		char path[32], text[4096];
		snprintf(path, sizeof(path), "skills/d/s%d/SKILL.md", i);
		memset(text, 'a' + i, sizeof(text));
		text[sizeof(text) - 1] = '\0';
		repo_commit(s.repo, path, text);
	}
	local_fetch(&s);
	s.o.check = true;
	local_fetch(&s);
	ck_assert(!s.r.healed);
	flip_packs(&s);
	s.o.check = false;
	local_fetch(&s); /* nothing moved, so nothing is read */
	ck_assert(!s.r.healed);
	s.o.check = true;
	local_fetch(&s);
	ck_assert(s.r.healed);
	local_expect_whole(&s);
}
END_TEST

START_TEST(healing_carries_over_what_is_kept)
{
	CLEANUP(local_end) struct local s = {0};
	local_start(&s);
	char released[41];
	snprintf(released, sizeof(released), "%s", repo_commit(s.repo, "a", "released\n"));
	local_fetch(&s);
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
	local_fetch(&s);
	ck_assert(s.r.healed);
	local_expect_whole(&s);
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
	CLEANUP(local_end) struct local s = {0};
	local_start(&s);
	local_fetch(&s);
	CLEANUP_FREE char *away = mem_printf("%s.away", s.repo);
	ck_assert_int_eq(rename(s.repo, away), 0);
	flip_packs(&s);
	s.o.check = true;
	assert_err(local_try(&s), ERR_NOT_FOUND, "is no Git repository");
	CLEANUP_FREE char *head = io_join(s.mirror, "refs/heads/main");
	ck_assert(io_exists(head));
	ck_assert_int_eq(rename(away, s.repo), 0);
	local_fetch(&s);
	ck_assert(s.r.healed);
	local_expect_whole(&s);
}
END_TEST

START_TEST(a_death_between_the_two_renames_is_recovered)
{
	CLEANUP(local_end) struct local s = {0};
	local_start(&s);
	local_fetch(&s);
	CLEANUP_FREE char *old = mem_printf("%s.damaged", s.mirror);
	CLEANUP_FREE char *fresh = mem_printf("%s.fresh", s.mirror);
	ck_assert_int_eq(rename(s.mirror, old), 0);
	assert_ok(io_mkdirs(fresh, 0700, &support_err));
	local_fetch(&s);
	ck_assert(!s.r.fetched); /* the old one is back */
	local_expect_whole(&s);
	ck_assert(!io_exists(old) && !io_exists(fresh));
}
END_TEST

static const struct support_case cases[] = {
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
	return support_main("gitsync/heal", cases);
}
