#include "gitsync/tree_git.h"

#include "base/mem.h"
#include "gitsync/git_int.h"

/* One tree object; 20,000 entries of the longest names fit. */
#define TREE_MAX_BYTES ((size_t)6 * 1024 * 1024)

struct tree_git {
	struct tree_source source;
	struct mirror *m;
};

static void cleanup_object(git_odb_object **o)
{
	git_odb_object_free(*o);
}

static int header(struct tree_git *t, const struct tree_id *id, git_object_t want, size_t *ret_size,
		  struct err *err)
{
	git_oid oid = oid_of(id);
	git_object_t type;
	char hex[65];
	int rc = git_odb_read_header(ret_size, &type, t->m->odb, &oid);
	if (rc < 0)
		return git_fail(err, git_code(rc, ERR_GIT), "object %s", tree_id_hex(id, hex));
	if (type != want)
		return err_set(err, ERR_INVALID, "object %s is a %s where a %s is needed",
			       tree_id_hex(id, hex), git_object_type2string(type),
			       git_object_type2string(want));
	return 0;
}

/*
 * An object that has its own id and is yet no proper tree is what somebody pushed, not damage of ours: ERR_INVALID, a finding where it stands,
 * and no reason for the rest to wait.
 */
static int parse_tree(struct str raw, const struct tree_id *id, struct arena *a,
		      struct tree_list *ret, struct err *err)
{
	char hex[65];
	struct tree_list l = {0};
	for (size_t at = 0; at < raw.len;) { /* counting first: the array is made once */
		const char *nul = memchr(raw.p + at, 0, raw.len - at);
		if (!nul)
			break;
		l.count++;
		at = (size_t)(nul - raw.p) + 1 + GIT_OID_RAWSZ;
	}
	l.items = arena_array(a, l.count ? l.count : 1, sizeof(*l.items));
	int rc = arena_check(a, "the list of a folder", err);
	if (rc < 0)
		return rc;
	size_t at = 0, used = 0;
	for (size_t i = 0; i < l.count; i++, at += used) {
		if (!tree_raw_entry(raw.p + at, raw.len - at, &l.items[i], &used))
			return err_set(err, ERR_INVALID, "tree %s is damaged at byte %zu",
				       tree_id_hex(id, hex), at);
		if (i && tree_raw_order(&l.items[i - 1], &l.items[i]) > 0)
			return err_set(err, ERR_INVALID,
				       "tree %s has its entries out of order at byte %zu",
				       tree_id_hex(id, hex), at);
	}
	if (at != raw.len)
		return err_set(err, ERR_INVALID, "tree %s is damaged at byte %zu",
			       tree_id_hex(id, hex), at);
	*ret = l;
	return 0;
}

static int git_list(struct tree_source *source, const struct tree_id *dir, struct arena *a,
		    struct tree_list *ret, struct err *err)
{
	struct tree_git *t = (struct tree_git *)source;
	CLEANUP(cleanup_object) git_odb_object *o = NULL;
	git_oid oid = oid_of(dir);
	char hex[65];
	int rc = git_odb_read(&o, t->m->odb, &oid);
	if (rc < 0)
		return git_fail(err, git_code(rc, ERR_GIT), "tree %s", tree_id_hex(dir, hex));
	if (git_odb_object_type(o) != GIT_OBJECT_TREE)
		return err_set(err, ERR_INVALID, "object %s is a %s where a tree is needed",
			       tree_id_hex(dir, hex),
			       git_object_type2string(git_odb_object_type(o)));
	if (git_odb_object_size(o) > TREE_MAX_BYTES)
		return err_set(err, ERR_TOO_LARGE,
			       "tree %s has %zu bytes; at most %zu are accepted",
			       tree_id_hex(dir, hex), git_odb_object_size(o), TREE_MAX_BYTES);
	struct str raw = arena_str(a, str_make(git_odb_object_data(o), git_odb_object_size(o)));
	return parse_tree(raw, dir, a, ret, err);
}

static int64_t git_size(struct tree_source *source, const struct tree_id *blob, struct err *err)
{
	size_t size = 0;
	int rc = header((struct tree_git *)source, blob, GIT_OBJECT_BLOB, &size, err);
	return rc < 0 ? rc : (int64_t)size;
}

static int git_read(struct tree_source *source, const struct tree_id *blob, struct buf *out,
		    struct err *err)
{
	struct tree_git *t = (struct tree_git *)source;
	CLEANUP(cleanup_object) git_odb_object *o = NULL;
	size_t size = 0;
	char hex[65];
	int rc = header(t, blob, GIT_OBJECT_BLOB, &size, err);
	if (rc < 0)
		return rc;
	if (size > out->limit - MIN(out->limit, out->len))
		return err_set(err, ERR_TOO_LARGE,
			       "blob %s has %zu bytes; at most %zu are accepted",
			       tree_id_hex(blob, hex), size, out->limit);
	git_oid oid = oid_of(blob);
	if ((rc = git_odb_read(&o, t->m->odb, &oid)) < 0)
		return git_fail(err, git_code(rc, ERR_GIT), "blob %s", tree_id_hex(blob, hex));
	buf_add(out, git_odb_object_data(o), git_odb_object_size(o));
	return buf_check(out, "a blob", err);
}

static void git_free(struct tree_source *source)
{
	free(source);
}

static const struct tree_source_ops git_ops = {
	.kind = "git",
	.list = git_list,
	.read = git_read,
	.size = git_size,
	.free = git_free,
};

int tree_git_open(struct mirror *m, const struct tree_id *commit, struct tree_source **ret,
		  struct err *err)
{
	git_commit *c = NULL;
	git_oid oid = oid_of(commit);
	char hex[65];
	int rc = git_commit_lookup(&c, m->repo, &oid);
	if (rc < 0)
		return git_fail(err, git_code(rc, ERR_GIT), "commit %s", tree_id_hex(commit, hex));
	struct tree_git *t = mem_zalloc(sizeof(*t));
	t->source.ops = &git_ops;
	t->source.root = id_of(git_commit_tree_id(c));
	(void)tree_id_hex(commit, t->source.revision);
	t->m = m;
	git_commit_free(c);
	*ret = &t->source;
	return 0;
}
