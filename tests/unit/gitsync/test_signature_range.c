/* Which commits have to be signed, and what their signatures come to in words. */
#include "gitsync/signature_range.h"

#include "base/mem.h"
#include "gitsync/gitsync.h"
#include "tests/unit/gitsync/help_git.h"

static char *repo;
static struct mirror *m;
static struct arena *a;
static struct tree_id ids[5]; /* main: 1 - 2 - 4 (merge of 2 and 3); side: 1 - 3 */
static const struct tree_id none;
static struct signature_range r;

static void set_up(void)
{
	char tree[41];
	repo = repo_new();
	ids[1] = id_from(git(repo, "rev-parse main"));
	ids[2] = id_from(repo_commit(repo, "a", "a\n"));
	snprintf(tree, sizeof(tree), "%s", git(repo, "rev-parse main^{tree}"));
	ids[3] = id_from(git(repo, "commit-tree -m side -p main~1 %s", tree));
	char side[41];
	snprintf(side, sizeof(side), "%s", hex_of_id(&ids[3]));
	ids[4] = id_from(git(repo, "commit-tree -m merge -p main -p %s %s", side, tree));
	git(repo, "update-ref refs/heads/main %s", hex_of_id(&ids[4]));
	assert_ok(gitsync_init(true, &support_err));
	assert_ok(mirror_open(repo, false, &m, &support_err));
	a = arena_new((size_t)64 << 20);
}

static void tear_down(void)
{
	mirror_close(m);
	arena_free(a);
	free(repo);
}

static void list(int newest, const struct tree_id *released, const struct tree_id *since)
{
	assert_ok(signature_range(m, &ids[newest], released, since, a, &r, &support_err));
}

START_TEST(all_that_came_is_listed_whatever_parent_it_came_by)
{
	set_up();
	list(4, &ids[2], &none);
	ck_assert_uint_eq(r.count, 2);
	ck_assert(tree_id_equal(&r.commits[0], &ids[4]) && tree_id_equal(&r.commits[1], &ids[3]));
	ck_assert(!r.exempt);
	list(4, &none, &none);
	ck_assert_uint_eq(r.count, 4);
	list(4, &ids[2], &ids[3]);
	ck_assert_uint_eq(r.count, 1);
	ck_assert(tree_id_equal(&r.commits[0], &ids[4]) && !r.exempt);
	tear_down();
}
END_TEST

START_TEST(the_newest_is_asked_for_also_when_it_is_the_released_one)
{
	set_up();
	list(4, &ids[4], &none);
	ck_assert(r.count == 1 && tree_id_equal(&r.commits[0], &ids[4]) && !r.exempt);
	/* Back at one that was released long ago. */
	list(1, &ids[4], &none);
	ck_assert(r.count == 1 && tree_id_equal(&r.commits[0], &ids[1]) && !r.exempt);
	tear_down();
}
END_TEST

START_TEST(what_the_operator_answers_for_is_exempt)
{
	set_up();
	list(2, &none, &ids[2]);
	ck_assert(r.count == 1 && r.exempt);
	list(1, &none, &ids[2]);
	ck_assert(r.exempt);
	list(4, &none, &ids[2]);
	ck_assert(r.count == 2 && !r.exempt);
	/* Beside it is not before it. */
	list(3, &none, &ids[2]);
	ck_assert(r.count == 1 && !r.exempt);
	tear_down();
}
END_TEST

START_TEST(a_released_commit_that_is_gone_covers_nothing_and_since_has_to_be_there)
{
	set_up();
	struct tree_id gone = id_from("1111111111111111111111111111111111111111");
	list(4, &gone, &none);
	ck_assert_uint_eq(r.count, 4);
	assert_err(signature_range(m, &ids[4], &none, &gone, a, &r, &support_err), ERR_NOT_FOUND,
		   "signers.since: ");
	assert_err(signature_range(m, &gone, &none, &none, a, &r, &support_err), ERR_NOT_FOUND,
		   "1111");
	tear_down();
}
END_TEST

/* n commits more on main, quickly. */
static void grow(size_t n)
{
	CLEANUP(buf_release) struct buf stream = BUF_INIT(BUF_MAX);
	for (size_t i = 0; i < n; i++) {
		buf_addf(&stream,
			 "commit refs/heads/main\ncommitter C <c@x> %zu +0000\ndata 1\nx\n",
			 1700000000 + i);
		if (i == 0)
			buf_addf(&stream, "from %s\n", hex_of_id(&ids[4]));
	}
	git_in(repo, buf_str(&stream), "fast-import --quiet");
	mirror_refresh(m);
}

START_TEST(a_thousand_are_looked_at_and_no_more)
{
	set_up();
	grow(SIGNATURE_COMMITS_MAX + 1);
	struct tree_id tip = id_from(git(repo, "rev-parse main")),
		       last = id_from(git(repo, "rev-parse main~1"));
	assert_ok(signature_range(m, &last, &ids[4], &none, a, &r, &support_err));
	ck_assert_uint_eq(r.count, SIGNATURE_COMMITS_MAX);
	char want[128];
	snprintf(want, sizeof(want), "more than 1000 commits came since the released %.12s, and",
		 hex_of_id(&ids[4]));
	assert_err(signature_range(m, &tip, &ids[4], &none, a, &r, &support_err), ERR_TOO_LARGE,
		   want);
	ck_assert_ptr_nonnull(strstr(support_err.remedy, "signers.since"));
	assert_err(signature_range(m, &tip, &none, &none, a, &r, &support_err), ERR_TOO_LARGE,
		   "more than 1000 commits came since the beginning, and");
	assert_ok(signature_range(m, &tip, &none, &last, a, &r, &support_err));
	ck_assert_uint_eq(r.count, 1);
	tear_down();
}
END_TEST

static const struct signature good = {SIGNATURE_GOOD, SIGNATURE_SSH, "ana", "SHA256:x", ""},
			      plain = {SIGNATURE_NONE, SIGNATURE_NO_KIND, "", "", ""},
			      strange = {SIGNATURE_UNTRUSTED, SIGNATURE_SSH, "", "SHA256:y", ""},
			      old = {SIGNATURE_EXPIRED, SIGNATURE_SSH, "", "SHA256:z", ""};

START_TEST(the_newest_that_is_not_well_is_named_and_the_others_counted)
{
	static const struct {
		const struct signature *known[3];
		const char *signer, *problem, *remedy;
		int at;
	} rows[] = {
		{{&good, &good, &good}, "ana", "", "", 0},
		{{&good, &plain, &good}, "ana", "is not signed", "git commit --amend", 1},
		{{&plain, &strange, &good},
		 "",
		 "is not signed; of 3 commits that came, 1 more is "
		 "not signed well",
		 "git commit --amend",
		 0},
		{{&strange, &plain, &old},
		 "",
		 "is signed with a key that nobody trusts (ssh SHA256:y); of 3 commits that came, "
		 "2 more are not signed well",
		 "adds it to the source's signers",
		 0},
		{{&good, &good, &old},
		 "ana",
		 "is signed with a key that was not valid then",
		 "lengthens its time",
		 2},
	};
	set_up();
	list(4, &ids[1], &none);
	ck_assert_uint_eq(r.count, 3);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct signature_facts f;
		char want[512] = "";
		signature_facts(m, &r, rows[i].known, a, &f);
		assert_str(f.signer, rows[i].signer);
		if (*rows[i].problem)
			snprintf(want, sizeof(want),
				 "commit %.12s by Ada Analyst <ada@example.com> %s",
				 hex_of_id(&r.commits[rows[i].at]), rows[i].problem);
		ck_assert_msg(str_starts(f.problem, str_of(want)) && !f.problem.len == !*want,
			      "%zu: %.*s", i, STR_ARG(f.problem));
		ck_assert_msg(str_find(f.remedy, str_of(rows[i].remedy), 0) >= 0, "%.*s",
			      STR_ARG(f.remedy));
	}
	tear_down();
}
END_TEST

int main(void)
{
	static const struct support_case cases[] = {
		CASE(all_that_came_is_listed_whatever_parent_it_came_by),
		CASE(the_newest_is_asked_for_also_when_it_is_the_released_one),
		CASE(what_the_operator_answers_for_is_exempt),
		CASE(a_released_commit_that_is_gone_covers_nothing_and_since_has_to_be_there),
		CASE_SLOW(a_thousand_are_looked_at_and_no_more, 60),
		CASE(the_newest_that_is_not_well_is_named_and_the_others_counted),
		{0}};
	return support_main("gitsync/signature_range", cases);
}
