/*
 * Removing a tree whose names somebody else chose: no symbolic link is followed, no mount point
 * crossed, and depth costs neither stack nor descriptors.
 */
#include "base/io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* Folders below this depth are moved up to the top and removed from there. */
#define DEPTH_MAX 32

struct removal {
	const char *path; /* for messages */
	int top_fd;
	unsigned moved;
};

static void close_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static int open_folder(int parent, const char *name)
{
	struct open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
	};
	int fd = (int)syscall(SYS_openat2, parent, name, &how, sizeof(how));
	if (fd >= 0 || errno != EACCES)
		return fd;
	/* Its owner may have taken the permission to list from himself. */
	how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
	CLEANUP_FD int path_fd = (int)syscall(SYS_openat2, parent, name, &how, sizeof(how));
	char link[40];
	snprintf(link, sizeof(link), "/proc/self/fd/%d", path_fd);
	if (path_fd < 0 || chmod(link, 0700) < 0)
		return -1;
	return openat(path_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int empty_folder(struct removal *r, int fd, unsigned depth, struct err *err);

static int remove_entry(struct removal *r, int parent, const char *name, unsigned depth,
			struct err *err)
{
	if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return err_sys(err, ERR_IO, errno, "cannot remove %s below %s", name, r->path);
	if (depth >= DEPTH_MAX) {
		char up[40];
		snprintf(up, sizeof(up), ".aspora-remove-%u", r->moved++);
		if (renameat(parent, name, r->top_fd, up) < 0)
			return err_sys(err, ERR_IO, errno, "cannot move %s below %s", name,
				       r->path);
		return 0;
	}
	int fd = open_folder(parent, name);
	if (fd < 0)
		return err_sys(err, ERR_IO, errno, "cannot open the folder %s below %s", name,
			       r->path);
	int rc = empty_folder(r, fd, depth + 1, err);
	if (rc < 0)
		return rc;
	if (unlinkat(parent, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return err_sys(err, ERR_IO, errno, "cannot remove the folder %s below %s", name,
			       r->path);
	return 0;
}

/* Takes fd. */
static int empty_folder(struct removal *r, int fd, unsigned depth, struct err *err)
{
	struct stat st;
	if (fstat(fd, &st) == 0 && (st.st_mode & 0700) != 0700)
		(void)!fchmod(fd, 0700);
	CLEANUP(close_dir) DIR *dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return err_sys(err, ERR_IO, errno, "cannot list a folder below %s", r->path);
	}
	unsigned moved_before;
	do { /* what was moved up while we read may have been missed */
		moved_before = r->moved;
		rewinddir(dir);
		for (struct dirent *e; (e = readdir(dir));) {
			if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
				continue;
			int rc = remove_entry(r, dirfd(dir), e->d_name, depth, err);
			if (rc < 0)
				return rc;
		}
	} while (depth == 0 && r->moved != moved_before);
	return 0;
}

int io_remove_tree(const char *path, struct err *err)
{
	if (unlink(path) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return err_sys(err, ERR_IO, errno, "cannot remove %s", path);
	struct removal r = {path, open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), 0};
	if (r.top_fd < 0)
		return err_sys(err, ERR_IO, errno, "cannot open the folder %s", path);
	int rc = empty_folder(&r, r.top_fd, 0, err);
	if (rc < 0)
		return rc;
	if (rmdir(path) < 0 && errno != ENOENT)
		return err_sys(err, ERR_IO, errno, "cannot remove the folder %s", path);
	return 0;
}
