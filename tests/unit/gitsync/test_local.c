#include "base/io.h"
#include "base/mem.h"
#include "gitsync/gitsync.h"
#include "gitsync/tree_git.h"
#include "tests/unit/gitsync/help_git.h"

START_TEST(a_local_repository_is_fetched)
{
	CLEANUP_FREE char *repo = repo_new();
	CLEANUP_FREE char *mirror = fresh_mirror();
	struct remote_opts o = fetch_opts(repo, mirror);
	CLEANUP(remote_result_release) struct remote_result r = {0};
	assert_ok(remote_run(&o, &r, &support_err));
	ck_assert_uint_eq(r.ref_count, 1);
	ck_assert_str_eq(hex_of_id(&r.refs[0].id), git(repo, "rev-parse refs/heads/main"));
	ck_assert(r.fetched);
	ck_assert_str_eq(r.head, "refs/heads/main");
}
END_TEST

static const struct support_case cases[] = {CASE(a_local_repository_is_fetched), {0}};
int main(void)
{
	return support_main("gitsync/local", cases);
}
