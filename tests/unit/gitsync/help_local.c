#include "tests/unit/gitsync/help_local.h"

#include <dirent.h>

#include "base/io.h"
#include "gitsync/gitsync.h"

void local_start(struct local *s)
{
	assert_ok(gitsync_init(false, &support_err));
	s->repo = repo_new();
	s->mirror = fresh_mirror();
	s->o = fetch_opts(s->repo, s->mirror);
}

void local_end(struct local *s)
{
	remote_result_release(&s->r);
	free(s->repo);
	free(s->mirror);
	gitsync_shutdown();
}

void local_fetch(struct local *s)
{
	remote_result_release(&s->r);
	assert_ok(remote_run(&s->o, &s->r, &support_err));
}

int local_try(struct local *s)
{
	remote_result_release(&s->r);
	return remote_run(&s->o, &s->r, &support_err);
}

void local_expect_whole(struct local *s)
{
	ck_assert_str_eq(git(s->mirror, "rev-parse refs/heads/main"),
			 git(s->repo, "rev-parse refs/heads/main"));
	git(s->mirror, "fsck --full --strict");
	git(s->mirror, "rev-list --objects refs/heads/main");
}

size_t count_files(const char *dir, const char *suffix)
{
	DIR *d = opendir(dir);
	size_t n = 0;
	for (struct dirent *e; d && (e = readdir(d));)
		n += str_ends(str_of(e->d_name), str_of(suffix));
	if (d)
		closedir(d);
	return n;
}

size_t local_packs(const struct local *s)
{
	CLEANUP_FREE char *dir = io_join(s->mirror, "objects/pack");
	return count_files(dir, ".pack");
}
