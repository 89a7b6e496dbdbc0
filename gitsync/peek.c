#include <fcntl.h>
#include <stdio.h>

#include "base/io.h"
#include "base/mem.h"
#include "gitsync/git_int.h"
#include "gitsync/remote.h"

/*
 * The idle tick of a local source, many times an hour for ever: a branch is read from its file, without opening a repository (0.1 ms, and
 * with format version 1 libgit2 1.5 loses memory each time). Whatever is not that plain goes to libgit2.
 */
#define LOOSE_MAX ((size_t)256)
#define PACKED_MAX ((size_t)4 * 1024 * 1024)

static bool read_beneath(int dir, const char *name, struct buf *out)
{
	CLEANUP_FD int fd = -1;
	struct err ignored = ERR_INIT;
	return io_open_beneath(dir, name, O_RDONLY | O_NONBLOCK, 0, &fd, &ignored) == 0 &&
	       io_read_fd(fd, out, &ignored) == 0;
}

static bool from_loose(int dir, const char *ref, git_oid *ret)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(LOOSE_MAX);
	return read_beneath(dir, ref, &text) && oid_parse(str_trim(buf_str(&text)), ret);
}

/* "<40 hex digits> refs/heads/main", one a line. */
static bool from_packed(int dir, const char *ref, git_oid *ret)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(PACKED_MAX);
	if (!read_beneath(dir, "packed-refs", &text))
		return false;
	struct str rest = buf_str(&text), line;
	while (str_split(&rest, '\n', &line))
		if (line.len > 41 && str_eqz(str_sub(line, 41, line.len), ref))
			return oid_parse(str_sub(line, 0, 40), ret);
	return false;
}

/* A branch points at a commit, always; a tag would have to be followed. */
static bool peek_files(const char *path, const char *ref, git_oid *ret)
{
	CLEANUP_FREE char *inside = io_join(path, ".git");
	if (strncmp(ref, "refs/heads/", 11) != 0 || !ref_name_ok(str_of(ref)))
		return false;
	CLEANUP_FD int dir = open(inside, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 || faccessat(dir, "objects", F_OK, 0) < 0)
		return false;
	return from_loose(dir, ref, ret) ||
	       (faccessat(dir, ref, F_OK, 0) < 0 && from_packed(dir, ref, ret));
}

static int peek_repository(const char *path, const char *ref, git_oid *ret, bool *ret_found,
			   struct err *err)
{
	CLEANUP(mirror_closep) struct mirror *source = NULL;
	git_oid at;
	int rc = mirror_open_source(path, &source, err);
	if (rc < 0)
		return rc;
	rc = git_reference_name_to_id(&at, source->repo, ref);
	if (rc < 0 && rc != GIT_ENOTFOUND)
		return git_fail(err, ERR_GIT, "reading %s of %s", ref, path);
	*ret_found = rc == 0;
	return rc == 0 ? git_peel_commit(source->repo, &at, ref, ret, err) : 0;
}

int remote_peek_local(const struct url *u, const char *ref, struct tree_id *ret, struct err *err)
{
	git_oid commit;
	bool found = peek_files(u->path, ref, &commit);
	int rc = found ? 0 : peek_repository(u->path, ref, &commit, &found, err);
	if (rc < 0)
		return rc;
	if (found)
		*ret = id_of(&commit);
	else
		memset(ret, 0, sizeof(*ret));
	return 0;
}
