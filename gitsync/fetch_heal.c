#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/mem.h"
#include "gitsync/fetch_int.h"

static bool is_left_over(const char *name)
{
	size_t n = strlen(name);
	return (n > 5 && !strcmp(name + n - 5, ".lock")) || !strncmp(name, "pack_git2_", 10);
}

static int unlock_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	if (type == FTW_F && is_left_over(path + ftw->base) && !strstr(path, "/refs/aspora/"))
		(void)unlink(path);
	return 0;
}

/* We hold the mirror's lock, so whoever made these is dead. refs/aspora/ is written by our parent, without the lock. */
void fetch_unlock(const char *mirror)
{
	static const char *const places[] = {"refs", "objects/pack"};
	static const char *const files[] = {"packed-refs.lock", "HEAD.lock", "config.lock"};
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		CLEANUP_FREE char *p = io_join(mirror, places[i]);
		(void)nftw(p, unlock_one, 16, FTW_PHYS);
	}
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		CLEANUP_FREE char *p = io_join(mirror, files[i]);
		(void)unlink(p);
	}
}

/* What the old mirror kept by name, as far as it can still be read. */
static void carry_over(const char *from, struct mirror *to, const struct remote_limits *limits)
{
	struct err ignored = ERR_INIT;
	CLEANUP(mirror_closep) struct mirror *old = NULL;
	git_reference_iterator *it = NULL;
	git_reference *ref = NULL;
	if (mirror_open(from, false, &old, &ignored) < 0 ||
	    git_reference_iterator_glob_new(&it, old->repo, "refs/aspora/*") < 0)
		return;
	while (git_reference_next(&ref, it) == 0) {
		uint64_t objects = 0;
		const git_oid *tip = git_reference_target(ref);
		git_reference *made = NULL;
		if (tip && (git_odb_exists(to->odb, tip) ||
			    fetch_copy(old, to, tip, true, limits, &objects, &ignored) == 0))
			(void)git_reference_create(&made, to->repo, git_reference_name(ref), tip, 1,
						   NULL);
		git_reference_free(made);
		git_reference_free(ref);
	}
	git_reference_iterator_free(it);
}

static int swap(const char *fresh, const char *mirror, const char *old, struct err *err)
{
	if (renameat2(AT_FDCWD, fresh, AT_FDCWD, mirror, RENAME_EXCHANGE) == 0)
		return io_remove_tree(fresh, err);
	/* A file system without exchange: begin_clean() finds the old one if we die between the two. */
	if (rename(mirror, old) < 0 || rename(fresh, mirror) < 0)
		return err_sys(err, ERR_IO, errno, "putting the fresh mirror in the place of %s",
			       mirror);
	return io_remove_tree(old, err);
}

static int begin_clean(const char *mirror, const char *fresh, const char *old, struct err *err)
{
	if (!io_exists(mirror) && io_exists(old) && rename(old, mirror) < 0)
		return err_sys(err, ERR_IO, errno, "putting back the mirror %s", mirror);
	int rc = io_remove_tree(fresh, err);
	return rc < 0 ? rc : io_remove_tree(old, err);
}

static void start_over(struct fetch *f)
{
	mirror_close(TAKE_PTR(f->m));
	f->want_count = 0;
	f->bytes = f->objects = 0;
	f->fetched = f->damaged = false;
	f->asked_key = 0;
	memset(&f->why, 0, sizeof(f->why));
}

static int make_afresh(struct fetch *f, int (*bring)(struct fetch *, struct err *),
		       const char *fresh, const char *old, struct err *err)
{
	start_over(f);
	int rc = mirror_open(fresh, true, &f->m, err);
	if (rc == 0)
		rc = bring(f, err);
	if (rc < 0) {
		struct err ignored = ERR_INIT;
		if (io_remove_tree(fresh, &ignored) < 0)
			return rc; /* begin_clean() of the next one tries again */
		return rc;
	}
	carry_over(f->o->mirror, f->m, &f->limits);
	mirror_close(TAKE_PTR(f->m));
	f->healed = true;
	return swap(fresh, f->o->mirror, old, err);
}

int fetch_healing(struct fetch *f, int (*bring)(struct fetch *f, struct err *err), struct err *err)
{
	CLEANUP_FREE char *fresh = mem_printf("%s.fresh", f->o->mirror);
	CLEANUP_FREE char *old = mem_printf("%s.damaged", f->o->mirror);
	int rc = begin_clean(f->o->mirror, fresh, old, err);
	if (rc < 0)
		return rc;
	bool made = !io_exists(f->o->mirror);
	rc = mirror_open(f->o->mirror, true, &f->m, err);
	bool damaged = rc == ERR_GIT;
	if (rc == 0) {
		rc = bring(f, err);
		damaged = rc < 0 && f->damaged;
	}
	if (!damaged || made)
		return rc;
	return make_afresh(f, bring, fresh, old, err);
}
