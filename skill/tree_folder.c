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

/* What is passed over is no name. */
static bool is_name(const struct tree_node *parent, const char *name)
{
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
	    (!parent->parent && strcmp(name, ".git") == 0))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(left_behind); i++)
		if (strcmp(name, left_behind[i]) == 0)
			return false;
	return true;
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

static bool is_known(const struct scan *s, const struct tree_node *dir, struct tree_node *node,
		     const struct stat *st)
{
	const struct tree_ids *ids = &s->nodes->ids;
	return dir->known && ids->file(ids->state, dir->known, node->name, st, &node->id);
}

static int scan_file(struct scan *s, struct tree_node *dir, struct tree_node *node, int dir_fd,
		     const struct stat *st)
{
	if (st->st_size > (off_t)tree_limits_default.blob_bytes) {
		id_of_large(node, st);
		dir->whole = false;
		return 0;
	}
	dir->files++;
	if (is_known(s, dir, node, st))
		return 0;
	dir->whole = false;
	CLEANUP_FD int fd = openat(dir_fd, node->name.p, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return scan_error(s, node, "open");
	buf_reset(&s->bytes);
	int rc = io_read_fd(fd, &s->bytes, s->err);
	if (rc < 0)
		return rc;
	node->id = tree_nodes_blob(s->nodes, buf_str(&s->bytes));
	return 0;
}

static void scan_other(struct scan *s, struct tree_node *node, int dir_fd)
{
	char target[4096];
	ssize_t len = readlinkat(dir_fd, node->name.p, target, sizeof(target));
	node->id = tree_nodes_blob(s->nodes, str_make(target, len > 0 ? (size_t)len : 0));
}

static int scan_dir(struct scan *s, struct tree_node *dir, int fd, unsigned depth);

static int scan_below(struct scan *s, struct tree_node *dir, struct tree_node *node, int fd,
		      unsigned depth)
{
	const struct tree_ids *ids = &s->nodes->ids;
	/* What is deeper tree_list() refuses unseen. */
	if (depth >= tree_limits_default.depth) {
		dir->whole = false;
		return 0;
	}
	int sub = openat(fd, node->name.p, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (sub < 0)
		return scan_error(s, node, "open");
	node->known = dir->known ? ids->dir(ids->state, dir->known, node->name) : NULL;
	node->whole = node->known != NULL;
	int rc = scan_dir(s, node, sub, depth + 1);
	dir->files += node->files;
	dir->whole &= node->whole && node->count > 0;
	return rc;
}

static int scan_entry(struct scan *s, struct tree_node *dir, int fd, const struct dirent64 *e,
		      unsigned depth)
{
	struct stat st = {.st_mode = S_IFDIR};
	/* Of a folder nothing else is asked. */
	if (e->d_type != DT_DIR && fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : scan_error(s, dir, "read");
	struct tree_node *node = tree_node_add(s->nodes, dir, str_of(e->d_name), git_mode(&st));
	if (++s->entries > tree_limits_default.repository_entries)
		return err_set(s->err, ERR_TOO_LARGE,
			       "the folder has more than %zu files and folders",
			       tree_limits_default.repository_entries);
	if (S_ISREG(st.st_mode))
		return scan_file(s, dir, node, fd, &st);
	if (!S_ISDIR(st.st_mode)) {
		scan_other(s, node, fd);
		dir->whole = false;
		return 0;
	}
	return scan_below(s, dir, node, fd, depth);
}

/* Takes fd. Straight from the kernel: of a large repository most of the time goes into its folders. */
static int scan_dir(struct scan *s, struct tree_node *dir, int fd, unsigned depth)
{
	CLEANUP_FD int own = fd;
	_Alignas(struct dirent64) char some[8192];
	for (;;) {
		ssize_t n = getdents64(own, some, sizeof(some));
		if (n <= 0)
			return n < 0 ? scan_error(s, dir, "read") : 0;
		for (ssize_t at = 0; at < n;) {
			const struct dirent64 *e = (const struct dirent64 *)(some + at);
			int rc = is_name(dir, e->d_name) ? scan_entry(s, dir, own, e, depth) : 0;
			if (rc < 0)
				return rc;
			at += e->d_reclen;
		}
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
	struct tree_id is = tree_nodes_blob(n, str_sub(buf_str(out), before, out->len));
	if (tree_id_equal(&is, blob))
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

static const struct tree_source_ops folder_ops_as = {
	.kind = "folder",
	.list = tree_nodes_list,
	.read = folder_read,
	.size = folder_size,
	.free = tree_nodes_free,
};

/* Takes fd. */
static int scan_root(struct tree_nodes *n, int fd, struct err *err)
{
	const struct tree_ids *ids = &n->ids;
	struct scan s = {.nodes = n, .err = err};
	n->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	n->root->known = ids->dir ? ids->dir(ids->state, NULL, STR("")) : NULL;
	n->root->whole = n->root->known != NULL;
	buf_init(&s.bytes, tree_limits_default.blob_bytes + 4096);
	int rc = scan_dir(&s, n->root, fd, 0);
	buf_release(&s.bytes);
	return rc;
}

int tree_folder_open_as(const char *path, const struct tree_ids *ids, struct tree_source **ret,
			struct err *err)
{
	struct tree_nodes *n = tree_nodes_new(ids->blob ? &folder_ops_as : &folder_ops, "folder");
	n->ids = *ids;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd < 0 ? err_sys(err, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, errno,
				  "cannot open the folder \"%s\"", path)
			: scan_root(n, fd, err);
	if (rc < 0) {
		tree_nodes_free(&n->source);
		return rc;
	}
	tree_nodes_seal(n);
	*ret = &n->source;
	return 0;
}

int tree_folder_open(const char *path, struct tree_source **ret, struct err *err)
{
	return tree_folder_open_as(path, &(struct tree_ids){0}, ret, err);
}
