#include <stdio.h>

#include "base/mem.h"
#include "gitsync/git_int.h"
#include "gitsync/mirror.h"

#define TAGS_DEEP 4
#define KEEP_PREFIX "refs/aspora/"

int git_peel_commit(git_repository *repo, const git_oid *from, const char *what, git_oid *ret,
		    struct err *err)
{
	git_oid at = *from;
	for (int depth = 0; depth <= TAGS_DEEP; depth++) {
		git_object *o = NULL;
		int rc = git_object_lookup(&o, repo, &at, GIT_OBJECT_ANY);
		if (rc < 0)
			return git_fail(err, git_code(rc, ERR_GIT), "%s", what);
		git_object_t type = git_object_type(o);
		if (type == GIT_OBJECT_TAG)
			at = *git_tag_target_id((const git_tag *)o);
		git_object_free(o);
		if (type == GIT_OBJECT_COMMIT) {
			*ret = at;
			return 0;
		}
		if (type != GIT_OBJECT_TAG)
			return err_set(err, ERR_GIT, "%s leads to a %s, not to a commit", what,
				       git_object_type2string(type));
	}
	return err_set(err, ERR_GIT, "%s leads through more than %d tags", what, TAGS_DEEP);
}

static bool looks_hex(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') ||
		      ((s.p[i] | 0x20) >= 'a' && (s.p[i] | 0x20) <= 'f')))
			return false;
	return s.len >= 7;
}

static int refuse_name(struct str name, struct err *err)
{
	char show[64];
	err_set(err, ERR_INVALID, "\"%s\" is neither a commit id nor the name of a branch or tag",
		ref_name_shown(name, show));
	return err_remedy(err, "write a branch, a tag, or all 40 lower-case digits of a commit id");
}

static int by_name(struct mirror *m, struct str name, git_oid *ret, struct err *err)
{
	char z[256];
	if (!ref_name_ok(name))
		return refuse_name(name, err);
	snprintf(z, sizeof(z), "%.*s", STR_ARG(name));
	git_reference *found = NULL, *direct = NULL;
	int rc = git_reference_dwim(&found, m->repo, z);
	if (rc == 0)
		rc = git_reference_resolve(&direct, found);
	if (rc == 0)
		*ret = *git_reference_target(direct);
	git_reference_free(direct);
	git_reference_free(found);
	if (rc == GIT_ENOTFOUND && looks_hex(name))
		return refuse_name(name, err);
	if (rc == GIT_ENOTFOUND) {
		err_set(err, ERR_NOT_FOUND, "%s has no branch or tag \"%s\"", m->path, z);
		return m->clone ? err_remedy(err, "fetch it first: git fetch") : ERR_NOT_FOUND;
	}
	return rc < 0 ? git_fail(err, ERR_GIT, "reading \"%s\"", z) : 0;
}

int mirror_resolve(struct mirror *m, struct str name, struct tree_id *ret, struct err *err)
{
	git_oid at, commit;
	int rc = oid_parse(name, &at) ? 0 : by_name(m, name, &at, err);
	if (rc < 0)
		return rc;
	char what[300];
	snprintf(what, sizeof(what), "\"%.*s\"", STR_ARG(name));
	if ((rc = git_peel_commit(m->repo, &at, what, &commit, err)) < 0)
		return rc;
	*ret = id_of(&commit);
	return 0;
}

int mirror_commit(struct mirror *m, const struct tree_id *id, int64_t now_ms, struct arena *a,
		  struct commit *ret, struct err *err)
{
	git_oid oid = oid_of(id);
	git_odb_object *o = NULL;
	char hex[65];
	int rc = git_odb_read(&o, m->odb, &oid);
	if (rc < 0)
		return git_fail(err, git_code(rc, ERR_GIT), "commit %s", tree_id_hex(id, hex));
	git_object_t type = git_odb_object_type(o);
	if (type != GIT_OBJECT_COMMIT)
		rc = err_set(err, ERR_GIT, "%s is a %s, not a commit", tree_id_hex(id, hex),
			     git_object_type2string(type));
	else
		rc = commit_parse(str_make(git_odb_object_data(o), git_odb_object_size(o)), id,
				  now_ms, a, ret, err);
	git_odb_object_free(o);
	return rc;
}

static int need_commit(struct mirror *m, const struct tree_id *id, struct err *err)
{
	git_oid oid = oid_of(id);
	size_t size;
	git_object_t type;
	char hex[65];
	int rc = git_odb_read_header(&size, &type, m->odb, &oid);
	if (rc < 0)
		return git_fail(err, git_code(rc, ERR_GIT), "commit %s", tree_id_hex(id, hex));
	if (type != GIT_OBJECT_COMMIT)
		return err_set(err, ERR_GIT, "%s is a %s, not a commit", tree_id_hex(id, hex),
			       git_object_type2string(type));
	return 0;
}

int mirror_is_ancestor(struct mirror *m, const struct tree_id *old, const struct tree_id *new_id,
		       bool *ret, struct err *err)
{
	int rc = need_commit(m, old, err);
	if (rc < 0 || (rc = need_commit(m, new_id, err)) < 0)
		return rc;
	git_oid o = oid_of(old), n = oid_of(new_id);
	if (git_oid_equal(&o, &n)) {
		*ret = true;
		return 0;
	}
	rc = git_graph_descendant_of(m->repo, &n, &o);
	if (rc < 0)
		return git_fail(err, ERR_GIT, "comparing two commits");
	*ret = rc == 1;
	return 0;
}

static int walk(git_revwalk *w, size_t limit, struct arena *a, struct tree_id **ret_ids,
		size_t *ret_count, bool *ret_more, struct err *err)
{
	struct tree_id *ids = NULL;
	size_t count = 0, cap = 0;
	git_oid oid;
	int rc;
	while ((rc = git_revwalk_next(&oid, w)) == 0 && count < limit) {
		ARENA_GROW(a, ids, count, cap);
		ids[count++] = id_of(&oid);
	}
	if (rc < 0 && rc != GIT_ITEROVER)
		return git_fail(err, git_code(rc, ERR_GIT), "reading the history");
	*ret_ids = ids;
	*ret_count = count;
	*ret_more = rc == 0;
	return arena_check(a, "the list of commits", err);
}

/* What a history is read by. */
struct log {
	const struct tree_id *newest, *without;
	size_t without_count;
	bool first_parent;
};

static int open_walk(struct mirror *m, const struct log *l, git_revwalk **ret)
{
	git_oid from = oid_of(l->newest), to;
	int rc = git_revwalk_new(ret, m->repo);
	if (rc == 0)
		rc = git_revwalk_sorting(*ret, l->first_parent
						       ? GIT_SORT_NONE
						       : GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME);
	if (rc == 0 && l->first_parent)
		rc = git_revwalk_simplify_first_parent(*ret);
	if (rc == 0)
		rc = git_revwalk_push(*ret, &from);
	for (size_t i = 0; rc == 0 && i < l->without_count; i++) {
		to = oid_of(&l->without[i]);
		if (l->without[i].len)
			rc = git_revwalk_hide(*ret, &to);
	}
	return rc;
}

static int read_log(struct mirror *m, const struct log *l, size_t limit, struct arena *a,
		    struct tree_id **ret_ids, size_t *ret_count, bool *ret_more, struct err *err)
{
	git_revwalk *w = NULL;
	int rc = need_commit(m, l->newest, err);
	for (size_t i = 0; rc == 0 && i < l->without_count; i++)
		rc = l->without[i].len ? need_commit(m, &l->without[i], err) : 0;
	if (rc < 0)
		return rc;
	rc = open_walk(m, l, &w);
	if (rc < 0)
		rc = git_fail(err, git_code(rc, ERR_GIT), "reading the history");
	else
		rc = walk(w, limit, a, ret_ids, ret_count, ret_more, err);
	git_revwalk_free(w);
	return rc;
}

int mirror_log(struct mirror *m, const struct tree_id *newest, const struct tree_id *oldest,
	       bool first_parent, size_t limit, struct arena *a, struct tree_id **ret_ids,
	       size_t *ret_count, bool *ret_more, struct err *err)
{
	const struct log l = {newest, oldest, oldest ? 1 : 0, first_parent};
	return read_log(m, &l, limit, a, ret_ids, ret_count, ret_more, err);
}

int mirror_log_without(struct mirror *m, const struct tree_id *newest,
		       const struct tree_id *without, size_t count, size_t limit, struct arena *a,
		       struct tree_id **ret_ids, size_t *ret_count, bool *ret_more, struct err *err)
{
	const struct log l = {newest, without, count, false};
	return read_log(m, &l, limit, a, ret_ids, ret_count, ret_more, err);
}

/* The role that keeps commits is the only writer of its refs: a lock there is one that it left behind when it was killed. */
static int write_kept(struct mirror *m, const char *ref, const git_oid *oid)
{
	git_reference *made = NULL;
	int rc = git_reference_create(&made, m->repo, ref, oid, 1, NULL);
	if (rc == GIT_ELOCKED) {
		CLEANUP_FREE char *lock = mem_printf("%s/%s.lock", m->path, ref);
		(void)unlink(lock);
		rc = git_reference_create(&made, m->repo, ref, oid, 1, NULL);
	}
	git_reference_free(made);
	return rc;
}

int mirror_keep(struct mirror *m, const char *name, const struct tree_id *id, struct err *err)
{
	char ref[256];
	snprintf(ref, sizeof(ref), KEEP_PREFIX "%s", name);
	if (strlen(name) > 200 || !ref_name_ok(str_of(ref)))
		return err_set(err, ERR_INVALID, "\"%s\" is no name to keep a commit under", name);
	if (id->len == 0) {
		int rc = git_reference_remove(m->repo, ref);
		return rc < 0 && rc != GIT_ENOTFOUND ? git_fail(err, ERR_IO, "removing %s", ref)
						     : 0;
	}
	int rc = need_commit(m, id, err);
	if (rc < 0)
		return rc;
	git_oid oid = oid_of(id);
	rc = write_kept(m, ref, &oid);
	return rc < 0 ? git_fail(err, ERR_IO, "writing %s", ref) : 0;
}
