#include "gitsync/mirror.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/mem.h"
#include "gitsync/git_int.h"

#define REOPEN_EVERY 64 /* refreshes: packs that were merged away keep a descriptor until then */

static int fail_open(const char *path, int rc, struct err *err)
{
	if (git_said_sha256())
		return git_refuse_sha256(err, path);
	struct stat st;
	if (stat(path, &st) < 0 && errno == ENOENT)
		return err_set(err, ERR_NOT_FOUND, "%s: there is no such folder", path);
	return git_fail(err, rc == GIT_ENOTFOUND ? ERR_GIT : git_code(rc, ERR_GIT),
			"%s cannot be opened as a Git repository", path);
}

static int attach(struct mirror *m, struct err *err)
{
	struct stat st;
	if (git_repository_odb(&m->odb, m->repo) < 0)
		return git_fail(err, ERR_GIT, "%s has no object database", m->path);
	if (stat(git_repository_path(m->repo), &st) == 0) {
		m->dev = st.st_dev;
		m->ino = st.st_ino;
	}
	return 0;
}

static int open_bare(const char *path, git_repository **ret)
{
	return git_repository_open_ext(
		ret, path, GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_BARE, NULL);
}

static int create(const char *path, git_repository **ret, struct err *err)
{
	git_repository_init_options o = GIT_REPOSITORY_INIT_OPTIONS_INIT;
	o.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKDIR | GIT_REPOSITORY_INIT_MKPATH;
	o.mode = 0700;
	o.initial_head = "aspora-none"; /* HEAD means nothing in a mirror */
	int rc = git_repository_init_ext(ret, path, &o);
	if (rc < 0)
		return git_fail(err, git_code(rc, ERR_IO), "%s cannot be made", path);
	return 0;
}

int mirror_open(const char *path, bool make, struct mirror **ret, struct err *err)
{
	CLEANUP(mirror_closep) struct mirror *m = mem_zalloc(sizeof(*m));
	m->path = mem_strdup(path);
	int rc = 0;
	if (make && !io_exists(path))
		rc = create(path, &m->repo, err);
	else if ((rc = open_bare(path, &m->repo)) < 0)
		rc = fail_open(path, rc, err);
	if (rc < 0 || (rc = attach(m, err)) < 0)
		return rc;
	*ret = TAKE_PTR(m);
	return 0;
}

static void set_work_tree(struct mirror *m)
{
	const char *w = git_repository_workdir(m->repo);
	if (!w)
		return;
	size_t n = strlen(w);
	while (n > 1 && w[n - 1] == '/')
		n--;
	m->work_tree = mem_strndup(w, n);
}

static int open_foreign(const char *path, unsigned flags, struct mirror **ret, struct err *err)
{
	CLEANUP(mirror_closep) struct mirror *m = mem_zalloc(sizeof(*m));
	m->path = mem_strdup(path);
	m->clone = true;
	int rc = git_repository_open_ext(&m->repo, path, flags, NULL);
	if (rc < 0)
		return rc == GIT_ENOTFOUND ? ERR_NOT_FOUND : fail_open(path, rc, err);
	set_work_tree(m);
	if ((rc = attach(m, err)) < 0)
		return rc;
	*ret = TAKE_PTR(m);
	return 0;
}

int mirror_open_clone(const char *path, struct mirror **ret, struct err *err)
{
	int rc = open_foreign(path, GIT_REPOSITORY_OPEN_CROSS_FS, ret, err);
	if (rc != ERR_NOT_FOUND)
		return rc;
	err_set(err, ERR_NOT_FOUND, "%s is not in a Git repository", path);
	return err_remedy(err, "run this inside a clone of the skills repository");
}

int mirror_open_source(const char *path, struct mirror **ret, struct err *err)
{
	int rc = open_foreign(path, GIT_REPOSITORY_OPEN_NO_SEARCH, ret, err);
	if (rc != ERR_NOT_FOUND)
		return rc;
	err_set(err, ERR_NOT_FOUND, "%s is no Git repository", path);
	return err_remedy(err, "write the path of a repository, bare or with a .git folder");
}

void mirror_close(struct mirror *m)
{
	if (!m)
		return;
	git_odb_free(m->odb);
	git_repository_free(m->repo);
	free(m->path);
	free(m->work_tree);
	free(m);
}

void mirror_closep(struct mirror **m)
{
	mirror_close(*m);
}

/* The old handle stays when the new one cannot be had: what is loaded still serves. */
static void reopen(struct mirror *m)
{
	git_repository *repo = NULL;
	git_odb *odb = NULL;
	if (open_bare(m->path, &repo) < 0)
		return;
	if (git_repository_odb(&odb, repo) < 0) {
		git_repository_free(repo);
		return;
	}
	git_odb_free(m->odb);
	git_repository_free(m->repo);
	m->repo = repo;
	m->odb = odb;
	m->refreshes = 0;
	struct stat st;
	if (stat(m->path, &st) == 0) {
		m->dev = st.st_dev;
		m->ino = st.st_ino;
	}
}

void mirror_refresh(struct mirror *m)
{
	struct stat st;
	bool replaced = !m->clone && stat(m->path, &st) == 0 &&
			(st.st_ino != m->ino || st.st_dev != m->dev);
	if (replaced || (!m->clone && ++m->refreshes >= REOPEN_EVERY))
		reopen(m);
	else
		(void)git_odb_refresh(m->odb);
}

const char *mirror_path(const struct mirror *m)
{
	return m->path;
}

const char *mirror_work_tree(const struct mirror *m)
{
	return m->work_tree;
}
