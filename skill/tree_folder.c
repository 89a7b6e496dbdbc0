/*
 * A folder on disk. Opening walks it once, never following a link and never leaving it; names go to tree_list() as they are. A file over the blob limit
 * gets an id from its path, size and time, since nobody will read it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/mem.h"
#include "skill/manifest.h"
#include "skill/text.h"
#include "skill/tree_node_int.h"

static const char *const left_behind[] = {"__pycache__", ".pytest_cache", ".DS_Store"};

struct scan {
	struct tree_nodes *nodes;
	size_t entries;
	struct buf bytes; /* of the file at hand, kept from one to the next */
	struct err *err;
};

static bool passed_over(const struct tree_node *parent, const char *name)
{
	if (!parent->parent && strcmp(name, ".git") == 0)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(left_behind); i++)
		if (strcmp(name, left_behind[i]) == 0)
			return true;
	return false;
}

static uint32_t git_mode(const struct stat *st)
{
	if (S_ISDIR(st->st_mode))
		return TREE_MODE_DIR;
	if (S_ISREG(st->st_mode))
		return st->st_mode & S_IXUSR ? TREE_MODE_EXEC : TREE_MODE_FILE;
	return st->st_mode & S_IFMT; /* a link is Git's 120000; the rest tree_list() refuses */
}

static char *path_of(const struct tree_node *node)
{
	const struct tree_node *up[64];
	size_t depth = 0;
	CLEANUP(buf_release) struct buf path = BUF_INIT(BUF_MAX);
	for (; node->parent && depth < ARRAY_SIZE(up); node = node->parent)
		up[depth++] = node;
	while (depth-- > 0) {
		if (path.len)
			buf_add_char(&path, '/');
		buf_add_str(&path, up[depth]->name);
	}
	return buf_take(&path);
}

static int scan_error(struct scan *s, const struct tree_node *node, const char *what)
{
	char quoted[200];
	CLEANUP_FREE char *path = path_of(node);
	int sys = errno;
	return err_sys(s->err, sys == ENOENT ? ERR_NOT_FOUND : ERR_IO, sys, "cannot %s \"%s\"",
		       what, text_quote(str_of(path), quoted, sizeof(quoted)));
}

static void id_of_large(struct tree_node *node, const struct stat *st)
{
	CLEANUP(buf_release) struct buf record = BUF_INIT(BUF_MAX);
	CLEANUP_FREE char *path = path_of(node);
	buf_addz(&record, path);
	buf_add_char(&record, '\0');
	buf_add_u64(&record, (uint64_t)st->st_size);
	buf_add_u64(&record, (uint64_t)st->st_mtim.tv_sec);
	buf_add_u64(&record, (uint64_t)st->st_mtim.tv_nsec);
	struct digest d = digest_tagged("aspora.large.v1", buf_str(&record));
	node->id = tree_id_of_digest(&d);
}

static int scan_file(struct scan *s, struct tree_node *node, int dir_fd, const struct stat *st)
{
	if (st->st_size > (off_t)tree_limits_default.blob_bytes) {
		id_of_large(node, st);
		return 0;
	}
	CLEANUP_FD int fd = openat(dir_fd, node->name.p, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return scan_error(s, node, "open");
	buf_reset(&s->bytes);
	int rc = io_read_fd(fd, &s->bytes, s->err);
	if (rc < 0)
		return rc;
	struct digest d = blob_digest(buf_str(&s->bytes));
	node->id = tree_id_of_digest(&d);
	return 0;
}

static void scan_other(struct tree_node *node, int dir_fd)
{
	char target[4096];
	ssize_t len = readlinkat(dir_fd, node->name.p, target, sizeof(target));
	struct digest d = blob_digest(str_make(target, len > 0 ? (size_t)len : 0));
	node->id = tree_id_of_digest(&d);
}

static int scan_dir(struct scan *s, struct tree_node *dir, int fd, unsigned depth);

static int scan_entry(struct scan *s, struct tree_node *dir, int fd, const char *name,
		      unsigned depth)
{
	struct stat st;
	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : scan_error(s, dir, "read");
	struct tree_node *node = tree_node_add(s->nodes, dir, str_of(name), git_mode(&st));
	if (++s->entries > tree_limits_default.repository_entries)
		return err_set(s->err, ERR_TOO_LARGE,
			       "the folder has more than %zu files and folders",
			       tree_limits_default.repository_entries);
	if (S_ISREG(st.st_mode))
		return scan_file(s, node, fd, &st);
	if (!S_ISDIR(st.st_mode)) {
		scan_other(node, fd);
		return 0;
	}
	/* What is deeper tree_list() refuses unseen. */
	if (depth >= tree_limits_default.depth)
		return 0;
	int sub = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return sub < 0 ? scan_error(s, node, "open") : scan_dir(s, node, sub, depth + 1);
}

static void close_dir(DIR **d)
{
	if (*d)
		closedir(*d);
}

/* Takes fd. */
static int scan_dir(struct scan *s, struct tree_node *dir, int fd, unsigned depth)
{
	CLEANUP(close_dir) DIR *d = fdopendir(fd);
	if (!d) {
		close(fd);
		return scan_error(s, dir, "read");
	}
	for (;;) {
		errno = 0;
		const struct dirent *e = readdir(d);
		if (!e)
			return errno ? scan_error(s, dir, "read") : 0;
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
		    passed_over(dir, e->d_name))
			continue;
		int rc = scan_entry(s, dir, fd, e->d_name, depth);
		if (rc < 0)
			return rc;
	}
}

static int folder_read(struct tree_source *t, const struct tree_id *blob, struct buf *out,
		       struct err *err)
{
	struct tree_nodes *n = (struct tree_nodes *)t;
	const struct tree_node *node = tree_nodes_file(t, blob, err);
	if (!node)
		return ERR_NOT_FOUND;
	CLEANUP_FREE char *path = path_of(node);
	CLEANUP_FD int fd = -1;
	size_t before = out->len;
	int rc = io_open_beneath(n->fd, path, O_RDONLY | O_NONBLOCK, 0, &fd, err);
	if (rc == 0)
		rc = io_read_fd(fd, out, err);
	if (rc < 0 || out->overflow)
		return rc;
	struct digest d = blob_digest(str_sub(buf_str(out), before, out->len));
	if (memcmp(d.bytes, blob->bytes, DIGEST_SIZE) == 0)
		return 0;
	char quoted[200];
	err_set(err, ERR_CONFLICT, "\"%s\" has changed while it was being read",
		text_quote(str_of(path), quoted, sizeof(quoted)));
	return err_remedy(err, "try again");
}

static int64_t folder_size(struct tree_source *t, const struct tree_id *blob, struct err *err)
{
	struct tree_nodes *n = (struct tree_nodes *)t;
	const struct tree_node *node = tree_nodes_file(t, blob, err);
	if (!node)
		return ERR_NOT_FOUND;
	CLEANUP_FREE char *path = path_of(node);
	CLEANUP_FD int fd = -1;
	struct stat st;
	int rc = io_open_beneath(n->fd, path, O_RDONLY | O_NONBLOCK, 0, &fd, err);
	if (rc < 0)
		return rc;
	if (fstat(fd, &st) < 0)
		return err_sys(err, ERR_IO, errno, "cannot read \"%s\"", path);
	return st.st_size;
}

static const struct tree_source_ops folder_ops = {
	.kind = "folder",
	.id_is_digest = true,
	.list = tree_nodes_list,
	.read = folder_read,
	.size = folder_size,
	.free = tree_nodes_free,
};

int tree_folder_open(const char *path, struct tree_source **ret, struct err *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, errno,
			       "cannot open the folder \"%s\"", path);
	struct tree_nodes *n = tree_nodes_new(&folder_ops, "folder");
	n->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	struct scan s = {.nodes = n, .err = err};
	buf_init(&s.bytes, tree_limits_default.blob_bytes + 4096);
	int rc = scan_dir(&s, n->root, fd, 0);
	buf_release(&s.bytes);
	if (rc < 0) {
		tree_nodes_free(&n->source);
		return rc;
	}
	tree_nodes_seal(n);
	*ret = &n->source;
	return 0;
}
