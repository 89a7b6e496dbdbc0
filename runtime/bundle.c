#include "runtime/bundle.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/fault.h"
#include "base/io.h"
#include "base/mem.h"
#include "skill/digest.h"

#define TEMP_PREFIX ".tmp-"
#define TEMP_AGE_MS ((int64_t)3600 * 1000)

void bundle_release(struct bundle *b)
{
	free(b->path);
	*b = (struct bundle)BUNDLE_INIT;
}

/* The tree rules have been applied long ago; this is the last place before the file system. */
static int check_path(struct str path, struct err *err)
{
	struct str rest = path, part;
	bool ok = path.len > 0 && path.len < ERR_PATH_MAX * 4 && path.p[0] != '/' &&
		  path.p[path.len - 1] != '/' && str_find_byte(path, '\0', 0) < 0;
	while (ok && str_split(&rest, '/', &part))
		ok = part.len > 0 && !str_eqz(part, ".") && !str_eqz(part, "..");
	if (ok)
		return 0;
	return err_set(err, ERR_INVALID, "the file \"%.*s\" would not be inside the bundle",
		       STR_ARG(path));
}

static int check_manifest(const struct manifest *m, struct err *err)
{
	uint64_t bytes = 0;
	size_t count = 0;
	for (size_t i = 0; i < m->count; i++) {
		const struct manifest_file *f = &m->files[i];
		int rc = check_path(f->path, err);
		if (rc < 0)
			return rc;
		if (!skill_file_is_runtime(f->path))
			continue;
		count++;
		bytes += f->size;
		if (f->size > BUNDLE_BYTES_MAX || bytes > BUNDLE_BYTES_MAX)
			return err_set(err, ERR_TOO_LARGE,
				       "the files of the skill have more than %llu bytes together",
				       (unsigned long long)BUNDLE_BYTES_MAX);
	}
	if (count > BUNDLE_FILES_MAX)
		return err_set(err, ERR_TOO_LARGE, "the skill has %zu files, more than %d", count,
			       BUNDLE_FILES_MAX);
	return 0;
}

/* Makes the folders above a file, below root. */
static int make_folders(int root, struct str path, struct err *err)
{
	for (size_t i = 0; i < path.len; i++) {
		if (path.p[i] != '/')
			continue;
		CLEANUP_FREE char *dir = mem_strndup(path.p, i);
		if (mkdirat(root, dir, 0755) == 0 && fchmodat(root, dir, 0755, 0) == 0)
			continue;
		if (errno != EEXIST)
			return err_sys(err, ERR_IO, errno, "cannot make the folder %s of a bundle",
				       dir);
	}
	return 0;
}

static int write_file(int root, const struct manifest_file *f, const struct blob_reader *blobs,
		      struct err *err)
{
	CLEANUP(buf_release) struct buf bytes = BUF_INIT(f->size);
	CLEANUP_FREE char *path = mem_strndup(f->path.p, f->path.len);
	CLEANUP_FD int fd = -1;
	int rc = blobs->read(blobs->state, &f->digest, &bytes, err);
	if (rc < 0)
		return rc;
	struct digest got = blob_digest(buf_str(&bytes));
	if (bytes.overflow || bytes.len != f->size || !digest_equal(&got, &f->digest))
		return err_set(err, ERR_INVALID, "the bytes of %s are not those of its digest",
			       path);
	rc = make_folders(root, f->path, err);
	if (rc == 0)
		rc = io_open_beneath(root, path, O_WRONLY | O_CREAT | O_EXCL, 0600, &fd, err);
	if (rc == 0)
		rc = io_write_all(fd, buf_str(&bytes), err);
	if (rc < 0)
		return rc;
	/* Whatever the umask says: the sandbox's user reads it, nobody writes it. */
	if (fchmod(fd, f->mode == TREE_MODE_EXEC ? 0555 : 0444) < 0 || fsync(fd) < 0)
		return err_sys(err, ERR_IO, errno, "cannot write %s of a bundle", path);
	return 0;
}

static int sync_folder(const char *path, struct err *err)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) < 0)
		return err_sys(err, ERR_IO, errno, "cannot write the folder %s to the disk", path);
	return 0;
}

static int write_all(const char *temp, const struct manifest *m, const struct blob_reader *blobs,
		     struct err *err)
{
	CLEANUP_FD int root = open(temp, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0 || fchmod(root, 0755) < 0)
		return err_sys(err, ERR_IO, errno, "cannot open the folder %s", temp);
	for (size_t i = 0; i < m->count; i++) {
		if (!skill_file_is_runtime(m->files[i].path))
			continue;
		int rc = write_file(root, &m->files[i], blobs, err);
		if (rc < 0)
			return rc;
	}
	if (FAULT("bundle.written"))
		return err_set(err, ERR_IO, "injected fault");
	return sync_folder(temp, err);
}

static char *temp_name(const char *root)
{
	return mem_printf("%s/%sXXXXXX", root, TEMP_PREFIX);
}

/* Puts the finished folder in its place; what stands there is no good, or another process was faster. */
static int put_in_place(const char *root, const char *temp, const char *path,
			const struct manifest *m, struct err *err)
{
	if (rename(temp, path) == 0)
		return sync_folder(root, err);
	if (errno != ENOTEMPTY && errno != EEXIST)
		return err_sys(err, ERR_IO, errno, "cannot put the bundle %s in place", path);
	if (bundle_verify(path, m, NULL) == 0)
		return io_remove_tree(temp, err);
	CLEANUP_FREE char *old = temp_name(root);
	if (!mkdtemp(old) || rename(path, old) < 0 || rename(temp, path) < 0)
		return err_sys(err, ERR_IO, errno, "cannot replace the damaged bundle %s", path);
	int rc = io_remove_tree(old, err);
	return rc < 0 ? rc : sync_folder(root, err);
}

static int build(const char *root, const char *path, const struct manifest *m,
		 const struct blob_reader *blobs, struct err *err)
{
	CLEANUP_FREE char *temp = temp_name(root);
	if (!mkdtemp(temp))
		return err_sys(err, ERR_IO, errno, "cannot make a folder in %s", root);
	int rc = write_all(temp, m, blobs, err);
	if (rc == 0)
		rc = put_in_place(root, temp, path, m, err);
	if (rc < 0 && io_remove_tree(temp, NULL) < 0)
		return rc; /* bundle_collect() takes it later */
	return rc;
}

int bundle_prepare(const char *root, const struct digest *runtime, const struct manifest *m,
		   const struct blob_reader *blobs, struct bundle *ret, struct err *err)
{
	char hex[DIGEST_HEX + 1];
	CLEANUP_FREE char *path = io_join(root, digest_hex(runtime, hex));
	int rc = check_manifest(m, err);
	if (rc == 0)
		rc = io_mkdirs(root, 0755, err);
	if (rc < 0)
		return rc;
	bool reused = io_exists(path) && bundle_verify(path, m, NULL) == 0;
	if (!reused)
		rc = build(root, path, m, blobs, err);
	if (rc < 0)
		return rc;
	*ret = (struct bundle){*runtime, TAKE_PTR(path), reused};
	return 0;
}

/* --- verification --- */

static int verify_file(const char *root, const struct manifest_file *f, struct err *err)
{
	CLEANUP_FREE char *path = mem_printf("%s/%.*s", root, STR_ARG(f->path));
	CLEANUP(buf_release) struct buf bytes = BUF_INIT(f->size);
	struct stat st;
	if (lstat(path, &st) < 0 || !S_ISREG(st.st_mode) || (uint64_t)st.st_size != f->size ||
	    (st.st_mode & 0777) != (f->mode == TREE_MODE_EXEC ? 0555u : 0444u))
		return err_set(err, ERR_CONFLICT,
			       "%.*s is missing from the bundle or is another kind of file",
			       STR_ARG(f->path));
	int rc = io_read_file(path, &bytes, err);
	if (rc < 0)
		return rc;
	struct digest got = blob_digest(buf_str(&bytes));
	if (!digest_equal(&got, &f->digest))
		return err_set(err, ERR_CONFLICT,
			       "%.*s in the bundle has other bytes than it should",
			       STR_ARG(f->path));
	return 0;
}

/* Counts what is not a folder, so that nothing stands there beside the manifest's files. */
static size_t count_files(const char *dir, int depth)
{
	DIR *d = opendir(dir);
	size_t n = 0;
	struct dirent *e;
	while (d && (e = readdir(d))) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		CLEANUP_FREE char *path = io_join(dir, e->d_name);
		struct stat st;
		if (depth < 64 && lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
			n += count_files(path, depth + 1);
		else
			n++;
	}
	if (d)
		closedir(d);
	return n;
}

int bundle_verify(const char *path, const struct manifest *m, struct err *err)
{
	size_t wanted = 0;
	for (size_t i = 0; i < m->count; i++) {
		if (!skill_file_is_runtime(m->files[i].path))
			continue;
		wanted++;
		int rc = verify_file(path, &m->files[i], err);
		if (rc < 0)
			return rc;
	}
	size_t have = count_files(path, 0);
	if (have != wanted)
		return err_set(err, ERR_CONFLICT, "the bundle has %zu files, not %zu", have,
			       wanted);
	return 0;
}

/* --- garbage --- */

static bool is_garbage(const char *root, const char *name, const struct digest *live,
		       size_t live_count, int64_t now_ms)
{
	struct digest d;
	struct stat st;
	if (strncmp(name, TEMP_PREFIX, strlen(TEMP_PREFIX)) == 0) {
		CLEANUP_FREE char *path = io_join(root, name);
		return lstat(path, &st) == 0 &&
		       now_ms - (int64_t)st.st_mtim.tv_sec * 1000 > TEMP_AGE_MS;
	}
	if (!digest_parse(str_of(name), &d))
		return false; /* not ours to judge */
	for (size_t i = 0; i < live_count; i++)
		if (digest_equal(&d, &live[i]))
			return false;
	return true;
}

int bundle_collect(const char *root, const struct digest *live, size_t live_count, int64_t now_ms,
		   size_t *ret_removed, struct err *err)
{
	DIR *d = opendir(root);
	size_t removed = 0;
	int rc = 0;
	if (!d && errno != ENOENT)
		return err_sys(err, ERR_IO, errno, "cannot list %s", root);
	struct dirent *e;
	while (d && rc == 0 && (e = readdir(d))) {
		if (!is_garbage(root, e->d_name, live, live_count, now_ms))
			continue;
		CLEANUP_FREE char *path = io_join(root, e->d_name);
		rc = io_remove_tree(path, err);
		removed += rc == 0;
	}
	if (d)
		closedir(d);
	if (rc == 0 && ret_removed)
		*ret_removed = removed;
	return rc;
}
