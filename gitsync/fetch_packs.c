#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/mem.h"
#include "gitsync/fetch_int.h"

/*
 * The first copy of a local repository: its packs as they are, byte for byte. Every object is hashed again whenever it is read, so a
 * flipped bit is found there; an index that lies finds nothing, and fetch_verify() says so.
 */

static int copy_bytes(int in, int out, uint64_t size, const char *name, struct err *err)
{
	while (size) {
		ssize_t n = copy_file_range(in, NULL, out, NULL,
					    (size_t)MIN(size, (uint64_t)64 << 20), 0);
		if (n < 0 &&
		    (errno == EXDEV || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP)) {
			char piece[65536];
			n = read(in, piece, sizeof(piece));
			if (n > 0) {
				int rc = io_write_all(out, str_make(piece, (size_t)n), err);
				if (rc < 0)
					return rc;
			}
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, ERR_IO, errno, "copying %s", name);
		if (n == 0)
			return err_set(err, ERR_GIT, "copying %s: it has become shorter", name);
		size -= MIN((uint64_t)n, size);
	}
	return 0;
}

/* Beside its place, synced, then renamed: a pack is there whole or not at all. */
static int copy_file(int from_dir, int to_dir, const char *name, uint64_t *ret_size,
		     struct err *err)
{
	char temp[300];
	struct stat st;
	CLEANUP_FD int in = openat(from_dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (in < 0 || fstat(in, &st) < 0)
		return err_sys(err, ERR_IO, errno, "opening %s", name);
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_GIT, "%s is not a file", name);
	snprintf(temp, sizeof(temp), "pack_git2_copy_%.200s", name);
	CLEANUP_FD int out = openat(to_dir, temp,
				    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0400);
	if (out < 0)
		return err_sys(err, ERR_IO, errno, "writing %s", name);
	int rc = copy_bytes(in, out, (uint64_t)st.st_size, name, err);
	if (rc == 0 && (fsync(out) < 0 || renameat(to_dir, temp, to_dir, name) < 0))
		rc = err_sys(err, ERR_IO, errno, "writing %s", name);
	if (rc < 0)
		(void)unlinkat(to_dir, temp, 0);
	*ret_size = (uint64_t)st.st_size;
	return rc;
}

/* "PACK", version 2 or 3, and how many objects follow. */
static int pack_objects(int dir, const char *name, uint64_t *ret, struct err *err)
{
	unsigned char h[12];
	CLEANUP_FD int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return err_sys(err, ERR_IO, errno, "opening %s", name);
	if (read(fd, h, sizeof(h)) != (ssize_t)sizeof(h) || memcmp(h, "PACK", 4) != 0)
		return err_set(err, ERR_GIT, "%s is no pack", name);
	*ret = (uint64_t)h[8] << 24 | (uint64_t)h[9] << 16 | (uint64_t)h[10] << 8 | h[11];
	return 0;
}

static bool pack_name(const char *name)
{
	size_t n = strlen(name);
	return n > 9 && n < 200 && !strncmp(name, "pack-", 5) && !strcmp(name + n - 4, ".idx");
}

struct pack_copy {
	int from, to;
	const struct remote_limits *limits;
	uint64_t *objects, *bytes;
};

static int copy_pack(struct pack_copy *c, const char *idx, struct err *err)
{
	char pack[256];
	struct stat st;
	uint64_t count = 0, size = 0;
	snprintf(pack, sizeof(pack), "%.*s.pack", (int)(strlen(idx) - 4), idx);
	if (faccessat(c->to, idx, F_OK, 0) == 0)
		return 0;
	int rc = pack_objects(c->from, pack, &count, err);
	if (rc < 0)
		return rc;
	if (fstatat(c->from, pack, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(err, ERR_IO, errno, "opening %s", pack);
	*c->objects += count;
	*c->bytes += (uint64_t)st.st_size;
	if (*c->objects > c->limits->objects)
		return err_set(err, ERR_TOO_LARGE,
			       "the source repository has more than %llu objects",
			       (unsigned long long)c->limits->objects);
	if (*c->bytes > c->limits->pack_bytes)
		return err_set(err, ERR_TOO_LARGE,
			       "the packs of the source repository have more than %llu bytes",
			       (unsigned long long)c->limits->pack_bytes);
	rc = copy_file(c->from, c->to, pack, &size, err);
	return rc < 0 ? rc : copy_file(c->from, c->to, idx, &size, err);
}

static void cleanup_dir(DIR **d)
{
	if (*d)
		closedir(*d);
}

int fetch_copy_packs(struct mirror *from, struct mirror *to, const struct remote_limits *limits,
		     uint64_t *objects, uint64_t *bytes, struct err *err)
{
	CLEANUP_FREE char *source = mem_printf("%s/objects/pack",
					       git_repository_commondir(from->repo));
	CLEANUP_FREE char *target = mem_printf("%s/objects/pack", to->path);
	CLEANUP(cleanup_dir) DIR *d = opendir(source);
	if (!d)
		return errno == ENOENT ? 0 : err_sys(err, ERR_IO, errno, "reading %s", source);
	CLEANUP_FD int to_fd = open(target, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (to_fd < 0)
		return err_sys(err, ERR_IO, errno, "opening %s", target);
	struct pack_copy c = {dirfd(d), to_fd, limits, objects, bytes};
	int rc = 0;
	for (struct dirent *e; rc == 0 && (e = readdir(d));)
		if (pack_name(e->d_name))
			rc = copy_pack(&c, e->d_name, err);
	if (rc == 0 && fsync(to_fd) < 0)
		rc = err_sys(err, ERR_IO, errno, "syncing %s", target);
	(void)git_odb_refresh(to->odb);
	return rc;
}
