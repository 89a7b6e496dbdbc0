#include <stdio.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/mem.h"
#include "gitsync/gitsync.h"
#include "tests/unit/gitsync/help_git.h"

/* libgit2 1.5 loses memory whenever it opens a repository of format version 1 (SHA-256 among them). */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libpcre2-8.so\n";
}

struct scene {
	char *repo;
	struct mirror *m;
	struct arena *a;
};

static void scene_start(struct scene *s)
{
	assert_ok(gitsync_init(false, &support_err));
	s->repo = repo_new();
	s->a = arena_new(1 << 20);
	assert_ok(mirror_open(s->repo, false, &s->m, &support_err));
}

static void scene_end(struct scene *s)
{
	mirror_close(s->m);
	arena_free(s->a);
	free(s->repo);
	gitsync_shutdown();
}

static struct tree_id resolve(struct scene *s, const char *name)
{
	struct tree_id id;
	assert_ok(mirror_resolve(s->m, str_of(name), &id, &support_err));
	return id;
}

START_TEST(a_mirror_is_made_private_and_found_again)
{
	CLEANUP_FREE char *path = io_join(support_dir(), "deep/down/mirror.git");
	struct mirror *m = NULL;
	struct stat st;
	assert_ok(gitsync_init(false, &support_err));
	assert_err(mirror_open(path, false, &m, &support_err), ERR_NOT_FOUND,
		   "there is no such folder");
	assert_ok(mirror_open(path, true, &m, &support_err));
	ck_assert_str_eq(mirror_path(m), path);
	ck_assert_ptr_null(mirror_work_tree(m));
	mirror_close(m);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0700);
	assert_ok(mirror_open(path, false, &m, &support_err));
	mirror_close(m);
	mirror_close(NULL);
}
END_TEST

START_TEST(a_folder_that_is_no_repository_is_an_error)
{
	struct mirror *m = NULL;
	CLEANUP_FREE char *dir = mem_strdup(support_dir());
	assert_ok(gitsync_init(false, &support_err));
	assert_err(mirror_open(dir, true, &m, &support_err), ERR_GIT,
		   "cannot be opened as a Git repository");
	assert_err(mirror_open_clone(dir, &m, &support_err), ERR_NOT_FOUND,
		   "is not in a Git repository");
	ck_assert_ptr_nonnull(strstr(support_err.remedy, "inside a clone"));
}
END_TEST

START_TEST(a_sha256_repository_is_refused_by_name)
{
	CLEANUP_FREE char *repo = io_join(support_dir(), "new.git");
	struct mirror *m = NULL;
	git("/", "init -q --bare --object-format=sha256 %s", repo);
	assert_ok(gitsync_init(false, &support_err));
	assert_err(mirror_open(repo, false, &m, &support_err), ERR_UNSUPPORTED,
		   "uses SHA-256 object ids");
	ck_assert_ptr_nonnull(strstr(support_err.remedy, "--object-format=sha1"));
	struct remote_opts o = fetch_opts(repo, NULL);
	struct remote_result r;
	struct tree_id id;
	assert_err(remote_run(&o, &r, &support_err), ERR_UNSUPPORTED, "uses SHA-256 object ids");
	assert_err(remote_peek_local(&o.url, "refs/heads/main", &id, &support_err), ERR_UNSUPPORTED,
		   "SHA-256");
}
END_TEST

START_TEST(names_of_all_kinds_lead_to_the_commit)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	char want[41];
	snprintf(want, sizeof(want), "%s", git(s.repo, "rev-parse main"));
	git(s.repo, "tag light");
	git(s.repo, "tag -a -m x heavy");
	git(s.repo, "tag -a -m x heavier heavy");
	git(s.repo, "update-ref refs/remotes/origin/main main");
	static const char *const names[] = {"main",    "refs/heads/main", "HEAD",
					    "light",   "refs/tags/light", "heavy",
					    "heavier", "origin/main"};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct tree_id id = resolve(&s, names[i]);
		ck_assert_str_eq(hex_of_id(&id), want);
	}
	struct tree_id id = resolve(&s, want);
	ck_assert_str_eq(hex_of_id(&id), want);
}
END_TEST

START_TEST(nothing_but_names_and_full_ids_is_resolved)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	char want[41], upper[41], shorter[41];
	snprintf(want, sizeof(want), "%s", git(s.repo, "rev-parse main"));
	snprintf(upper, sizeof(upper), "%s", want);
	for (char *p = upper; *p; p++)
		*p = *p >= 'a' && *p <= 'f' ? (char)(*p - 32) : *p;
	snprintf(shorter, sizeof(shorter), "%.12s", want);
	const char *const rows[] = {
		"",
		"main~1",
		"main^",
		"main^{tree}",
		":/We",
		"@{-1}",
		"@",
		"main:FIRM.md",
		"HEAD~",
		"-main",
		"a..b",
		"main\n",
		upper,
		shorter,
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"};
	struct tree_id id;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_err(mirror_resolve(s.m, str_of(rows[i]), &id, &support_err), ERR_INVALID,
			   "is neither a commit id nor the name of a branch or tag");
		ck_assert_ptr_nonnull(strstr(support_err.remedy, "all 40 lower-case digits"));
	}
	assert_err(mirror_resolve(s.m, STR("nope"), &id, &support_err), ERR_NOT_FOUND,
		   "no branch or tag \"nope\"");
	assert_err(mirror_resolve(s.m, STR("1111111111111111111111111111111111111111"), &id,
				  &support_err),
		   ERR_NOT_FOUND, "1111");
}
END_TEST

START_TEST(people_may_step_back_and_abbreviate)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	char tree[41], commit[41];
	repo_commit(s.repo, "second", "2");
	snprintf(tree, sizeof(tree), "%s", git(s.repo, "rev-parse main^{tree}"));
	git(s.repo, "branch side main~1");
	snprintf(commit, sizeof(commit), "%s",
		 git(s.repo, "commit-tree -m third -p side %s", tree));
	git(s.repo, "update-ref refs/heads/side %s", commit);
	snprintf(commit, sizeof(commit), "%s",
		 git(s.repo, "commit-tree -m both -p main -p side %s", tree));
	git(s.repo, "update-ref refs/heads/main %s", commit);
	static const char *const rows[] = {
		"HEAD",	  "@",	       "HEAD~", "HEAD~0", "main^",
		"main^0", "HEAD~2",    "@^2",	"side~1", "refs/heads/main^2~1",
		"main^^", "HEAD~1^1~0"};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char want[41];
		struct tree_id id;
		snprintf(want, sizeof(want), "%s", git(s.repo, "rev-parse %s", rows[i]));
		assert_ok(mirror_revision(s.m, str_of(rows[i]), &id, &support_err));
		ck_assert_msg(strcmp(hex_of_id(&id), want) == 0, "%s", rows[i]);
		/* Its first digits are as good. */
		for (size_t digits = 7; digits <= 40; digits += 11) {
			assert_ok(mirror_revision(s.m, str_make(want, digits), &id, &support_err));
			ck_assert_str_eq(hex_of_id(&id), want);
		}
	}
}
END_TEST

START_TEST(a_revision_that_is_none_says_what_one_is)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	struct tree_id id;
	static const char *const none[] = {
		"",	      "~1",	  "HEAD~x", "HEAD~1x",	    "HEAD^{tree}",
		"HEAD~10001", "HEAD~1:x", ":/We",   "main:FIRM.md", "a..b"};
	for (size_t i = 0; i < ARRAY_SIZE(none); i++) {
		assert_err(mirror_revision(s.m, str_of(none[i]), &id, &support_err), ERR_INVALID,
			   "is not a revision");
		ck_assert_ptr_nonnull(strstr(support_err.remedy, "HEAD~1"));
	}
	assert_err(mirror_revision(s.m, STR("HEAD~10000"), &id, &support_err), ERR_NOT_FOUND,
		   "\"HEAD~10000\" goes back further than the history does");
	assert_err(mirror_revision(s.m, STR("main^2"), &id, &support_err), ERR_NOT_FOUND,
		   "goes back further");
	assert_err(mirror_revision(s.m, STR("nope~1"), &id, &support_err), ERR_NOT_FOUND,
		   "no branch or tag \"nope\"");
	assert_err(mirror_revision(s.m, STR("dead"), &id, &support_err), ERR_NOT_FOUND,
		   "no branch or tag \"dead\"");
	char blob[8];
	snprintf(blob, sizeof(blob), "%s", git(s.repo, "rev-parse HEAD:FIRM.md"));
	assert_err(mirror_revision(s.m, str_of(blob), &id, &support_err), ERR_GIT, "a blob");
}
END_TEST

START_TEST(what_is_not_a_commit_in_the_end_is_refused)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	struct tree_id id;
	git(s.repo, "tag -a -m x blob main:FIRM.md");
	git(s.repo, "tag -a -m x tag-of-blob blob");
	git(s.repo, "update-ref refs/aspora/tree main^{tree}");
	assert_err(mirror_resolve(s.m, STR("tag-of-blob"), &id, &support_err), ERR_GIT,
		   "\"tag-of-blob\" leads to a blob, not to a commit");
	assert_err(mirror_resolve(s.m, STR("refs/aspora/tree"), &id, &support_err), ERR_GIT,
		   "leads to a tree");
	git(s.repo, "tag -a -m x t1 main");
	git(s.repo, "tag -a -m x t2 t1");
	git(s.repo, "tag -a -m x t3 t2");
	git(s.repo, "tag -a -m x t4 t3");
	git(s.repo, "tag -a -m x t5 t4");
	assert_ok(mirror_resolve(s.m, STR("t4"), &id, &support_err));
	assert_err(mirror_resolve(s.m, STR("t5"), &id, &support_err), ERR_GIT, "more than 4 tags");
}
END_TEST

START_TEST(a_commit_is_read_by_id)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	struct commit c;
	struct tree_id id = resolve(&s, "main");
	assert_ok(mirror_commit(s.m, &id, 0, s.a, &c, &support_err));
	assert_str(c.author.name, "Ada Analyst");
	assert_str(c.subject, "change");
	ck_assert_int_eq(c.author.zone_minutes, 240);
	assert_err(mirror_commit(s.m, &c.tree, 0, s.a, &c, &support_err), ERR_GIT,
		   "is a tree, not a commit");
	struct tree_id none = id_from("1111111111111111111111111111111111111111");
	assert_err(mirror_commit(s.m, &none, 0, s.a, &c, &support_err), ERR_NOT_FOUND,
		   "commit 1111");
}
END_TEST

START_TEST(a_commit_that_git_would_not_make_is_refused)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	struct commit c;
	CLEANUP(buf_release) struct buf raw = BUF_INIT(1 << 16);
	buf_addf(&raw, "tree %s\n", git(s.repo, "rev-parse main^{tree}"));
	buf_addz(&raw,
		 "author A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\ngpgsig a\ngpgsig b\n\nx\n");
	struct tree_id id = id_from(repo_raw(s.repo, "commit", buf_str(&raw)));
	assert_err(mirror_commit(s.m, &id, 0, s.a, &c, &support_err), ERR_GIT,
		   "more than one signature");
}
END_TEST

/* main: 1 - 2 - 4(merge of 2 and 3); side: 1 - 3 */
static void history(struct scene *s, struct tree_id ids[5])
{
	ids[1] = resolve(s, "main");
	git(s->repo, "branch side");
	ids[2] = id_from(repo_commit(s->repo, "a", "a\n"));
	char tree[41], merge[41];
	snprintf(tree, sizeof(tree), "%s", git(s->repo, "rev-parse main^{tree}"));
	ids[3] = id_from(git(s->repo, "commit-tree -m side -p side %s", tree));
	git(s->repo, "update-ref refs/heads/side %s", hex_of_id(&ids[3]));
	snprintf(merge, sizeof(merge), "%s",
		 git(s->repo, "commit-tree -m merge -p main -p side %s", tree));
	git(s->repo, "update-ref refs/heads/main %s", merge);
	ids[4] = id_from(merge);
	mirror_refresh(s->m);
}

START_TEST(a_rewritten_history_is_told_from_an_advance)
{
	CLEANUP(scene_end) struct scene s = {0};
	struct tree_id ids[5];
	scene_start(&s);
	history(&s, ids);
	static const struct {
		int old, new_;
		bool yes;
	} rows[] = {{1, 4, true},  {2, 4, true},  {3, 4, true}, {4, 4, true},
		    {4, 1, false}, {2, 3, false}, {3, 2, false}};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool yes = !rows[i].yes;
		assert_ok(mirror_is_ancestor(s.m, &ids[rows[i].old], &ids[rows[i].new_], &yes,
					     &support_err));
		ck_assert_int_eq(yes, rows[i].yes);
	}
	bool yes;
	struct tree_id none = id_from("1111111111111111111111111111111111111111");
	assert_err(mirror_is_ancestor(s.m, &none, &ids[4], &yes, &support_err), ERR_NOT_FOUND,
		   "1111");
	assert_err(mirror_is_ancestor(s.m, &ids[4], &none, &yes, &support_err), ERR_NOT_FOUND,
		   "1111");
}
END_TEST

START_TEST(the_log_lists_merges_or_everything)
{
	CLEANUP(scene_end) struct scene s = {0};
	struct tree_id ids[5], *list;
	size_t count;
	bool more;
	scene_start(&s);
	history(&s, ids);
	assert_ok(mirror_log(s.m, &ids[4], &ids[1], true, 100, s.a, &list, &count, &more,
			     &support_err));
	ck_assert_uint_eq(count, 2);
	ck_assert(tree_id_equal(&list[0], &ids[4]) && tree_id_equal(&list[1], &ids[2]) && !more);
	assert_ok(mirror_log(s.m, &ids[4], &ids[1], false, 100, s.a, &list, &count, &more,
			     &support_err));
	ck_assert_uint_eq(count, 3);
	assert_ok(
		mirror_log(s.m, &ids[4], NULL, true, 100, s.a, &list, &count, &more, &support_err));
	ck_assert_uint_eq(count, 3);
	ck_assert(tree_id_equal(&list[2], &ids[1]) && !more);
	assert_ok(mirror_log(s.m, &ids[4], NULL, true, 2, s.a, &list, &count, &more, &support_err));
	ck_assert(count == 2 && more);
	assert_ok(mirror_log(s.m, &ids[4], NULL, true, 3, s.a, &list, &count, &more, &support_err));
	ck_assert(count == 3 && !more);
	assert_ok(mirror_log(s.m, &ids[4], &ids[4], false, 9, s.a, &list, &count, &more,
			     &support_err));
	ck_assert(count == 0 && !more);
}
END_TEST

/* A merge brings commits of a branch that nobody saw: the first parents alone would hide them. */
START_TEST(the_log_without_others_has_all_that_is_in_none_of_them)
{
	CLEANUP(scene_end) struct scene s = {0};
	struct tree_id ids[5], *list, none = {0};
	size_t count;
	bool more;
	scene_start(&s);
	history(&s, ids);
	const struct {
		struct tree_id without[2];
		size_t count, first, second;
	} rows[] = {
		{{ids[2], none}, 2, 4, 3},   {{none, ids[3]}, 2, 4, 2}, {{ids[2], ids[3]}, 1, 4, 0},
		{{ids[1], ids[3]}, 2, 4, 2}, {{ids[4], none}, 0, 0, 0}, {{none, none}, 4, 4, 0},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_ok(mirror_log_without(s.m, &ids[4], rows[i].without, 2, 100, s.a, &list,
					     &count, &more, &support_err));
		ck_assert_msg(count == rows[i].count && !more, "%zu: %zu", i, count);
		ck_assert(count < 1 || tree_id_equal(&list[0], &ids[rows[i].first]));
		ck_assert(!rows[i].second || tree_id_equal(&list[1], &ids[rows[i].second]));
	}
	assert_ok(mirror_log_without(s.m, &ids[4], &ids[1], 1, 2, s.a, &list, &count, &more,
				     &support_err));
	ck_assert(count == 2 && more);
	assert_ok(mirror_log_without(s.m, &ids[4], NULL, 0, 4, s.a, &list, &count, &more,
				     &support_err));
	ck_assert(count == 4 && !more);
	struct tree_id strange = id_from("1111111111111111111111111111111111111111");
	assert_err(mirror_log_without(s.m, &ids[4], &strange, 1, 4, s.a, &list, &count, &more,
				      &support_err),
		   ERR_NOT_FOUND, "1111");
}
END_TEST

START_TEST(a_kept_commit_has_a_ref_until_it_is_let_go)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	struct tree_id id = resolve(&s, "main"), none = {0};
	assert_ok(mirror_keep(s.m, "released", &id, &support_err));
	ck_assert_str_eq(git(s.repo, "rev-parse refs/aspora/released"), hex_of_id(&id));
	assert_ok(mirror_keep(s.m, "released", &id, &support_err));
	assert_ok(mirror_keep(s.m, "released", &none, &support_err));
	ck_assert_str_eq(git(s.repo, "for-each-ref refs/aspora"), "");
	assert_ok(mirror_keep(s.m, "released", &none, &support_err));
	assert_err(mirror_keep(s.m, "../heads/x", &id, &support_err), ERR_INVALID,
		   "is no name to keep");
	id = id_from("1111111111111111111111111111111111111111");
	assert_err(mirror_keep(s.m, "released", &id, &support_err), ERR_NOT_FOUND, "1111");
}
END_TEST

START_TEST(a_stale_lock_does_not_keep_us_from_keeping)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	struct tree_id id = resolve(&s, "main");
	assert_ok(mirror_keep(s.m, "released", &id, &support_err));
	CLEANUP_FREE char *lock = io_join(s.repo, "refs/aspora/released.lock");
	assert_ok(io_write_file(lock, STR(""), 0600, &support_err));
	id = id_from(repo_commit(s.repo, "b", "b\n"));
	assert_ok(mirror_keep(s.m, "released", &id, &support_err));
	ck_assert_str_eq(git(s.repo, "rev-parse refs/aspora/released"), hex_of_id(&id));
}
END_TEST

START_TEST(a_clone_is_found_from_inside_and_read_without_its_configuration)
{
	CLEANUP(scene_end) struct scene s = {0};
	scene_start(&s);
	CLEANUP_FREE char *work = io_join(support_dir(), "work");
	CLEANUP_FREE char *inside = io_join(work, "skills/ecm");
	git("/", "clone -q %s %s", s.repo, work);
	assert_ok(io_mkdirs(inside, 0755, &support_err));
	CLEANUP(mirror_closep) struct mirror *m = NULL;
	assert_ok(mirror_open_clone(inside, &m, &support_err));
	ck_assert_str_eq(mirror_work_tree(m), work);
	struct tree_id id, main = resolve(&s, "main");
	assert_ok(mirror_resolve(m, STR("origin/main"), &id, &support_err));
	ck_assert(tree_id_equal(&id, &main));
	assert_err(mirror_resolve(m, STR("origin/nope"), &id, &support_err), ERR_NOT_FOUND,
		   "origin/nope");
	ck_assert_str_eq(support_err.remedy, "fetch it first: git fetch");
}
END_TEST

START_TEST(versions_with_known_holes_are_refused)
{
	static const struct {
		int v[3];
		bool ok;
	} rows[] = {{{1, 5, 1}, true},	{{1, 5, 0}, false}, {{1, 4, 9}, false}, {{0, 28, 0}, false},
		    {{1, 6, 4}, false}, {{1, 6, 5}, true},  {{1, 7, 0}, false}, {{1, 7, 1}, false},
		    {{1, 7, 2}, true},	{{1, 8, 4}, true},  {{2, 0, 0}, true}};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const int *v = rows[i].v;
		if (rows[i].ok) {
			assert_ok(gitsync_version_check(v[0], v[1], v[2], &support_err));
		} else {
			assert_err(gitsync_version_check(v[0], v[1], v[2], &support_err),
				   ERR_UNSUPPORTED, "CVE-20");
			ck_assert_ptr_nonnull(strstr(support_err.remedy, "or newer"));
		}
	}
	ck_assert(!strncmp(gitsync_library(), "libgit2 ", 8));
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_mirror_is_made_private_and_found_again),
	CASE(a_folder_that_is_no_repository_is_an_error),
	CASE(a_sha256_repository_is_refused_by_name),
	CASE(names_of_all_kinds_lead_to_the_commit),
	CASE(nothing_but_names_and_full_ids_is_resolved),
	CASE(people_may_step_back_and_abbreviate),
	CASE(a_revision_that_is_none_says_what_one_is),
	CASE(what_is_not_a_commit_in_the_end_is_refused),
	CASE(a_commit_is_read_by_id),
	CASE(a_commit_that_git_would_not_make_is_refused),
	CASE(a_rewritten_history_is_told_from_an_advance),
	CASE(the_log_lists_merges_or_everything),
	CASE(the_log_without_others_has_all_that_is_in_none_of_them),
	CASE(a_kept_commit_has_a_ref_until_it_is_let_go),
	CASE(a_stale_lock_does_not_keep_us_from_keeping),
	CASE(a_clone_is_found_from_inside_and_read_without_its_configuration),
	CASE(versions_with_known_holes_are_refused),
	{0},
};
int main(void)
{
	return support_main("gitsync/mirror", cases);
}
