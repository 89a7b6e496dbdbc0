#include "base/mem.h"
#include "gitsync/fetch_int.h"

/*
 * From one local repository to another, object by object: only folders that differ are read, so one commit among 10,000 skills costs
 * what the commit changed (libgit2's own file:// transport reads every tree of both sides).
 */
struct copy {
	struct mirror *from, *to;
	git_packbuilder *pack;
	struct oid_set seen;
	const struct remote_limits *limits;
	uint64_t count, bytes;
	bool prune;
	struct err *err;
};

#define DEPTH_MAX 128

static void cleanup_object(git_odb_object **o)
{
	git_odb_object_free(*o);
}

static int unreadable(struct copy *c, const git_oid *o, int rc)
{
	char hex[GIT_OID_HEXSZ + 1];
	return git_fail(c->err, rc == GIT_ENOTFOUND ? ERR_GIT : git_code(rc, ERR_GIT),
			"object %s of the source repository cannot be read",
			git_oid_tostr(hex, sizeof(hex), o));
}

static int insert(struct copy *c, const git_oid *o, size_t size)
{
	char hex[GIT_OID_HEXSZ + 1];
	if (size > c->limits->object_bytes)
		return err_set(c->err, ERR_TOO_LARGE,
			       "object %s has %zu bytes; at most %llu are accepted",
			       git_oid_tostr(hex, sizeof(hex), o), size,
			       (unsigned long long)c->limits->object_bytes);
	c->bytes += size;
	if (++c->count > c->limits->objects)
		return err_set(c->err, ERR_TOO_LARGE, "more than %llu new objects",
			       (unsigned long long)c->limits->objects);
	/* Inflated against packed: text packs to a quarter; this only keeps a bomb from being packed at all. */
	if (c->bytes / 64 > c->limits->pack_bytes)
		return err_set(c->err, ERR_TOO_LARGE, "the new objects have more than %llu bytes",
			       (unsigned long long)c->limits->pack_bytes * 64);
	return git_packbuilder_insert(c->pack, o, NULL) < 0
		       ? git_fail(c->err, ERR_GIT, "packing object %s",
				  git_oid_tostr(hex, sizeof(hex), o))
		       : 0;
}

static bool have(const struct copy *c, const git_oid *o)
{
	return git_odb_exists_ext(c->to->odb, o, GIT_ODB_LOOKUP_NO_REFRESH);
}

static int take_blob(struct copy *c, const git_oid *o)
{
	size_t size;
	git_object_t type;
	if (!oid_set_add(&c->seen, o) || have(c, o))
		return 0;
	int rc = git_odb_read_header(&size, &type, c->from->odb, o);
	return rc < 0 ? unreadable(c, o, rc) : insert(c, o, size);
}

static int take_tree(struct copy *c, const git_oid *o, unsigned depth)
{
	CLEANUP(cleanup_object) git_odb_object *t = NULL;
	if (depth > DEPTH_MAX)
		return err_set(c->err, ERR_TOO_LARGE, "a tree is deeper than %d folders",
			       DEPTH_MAX);
	if (!oid_set_add(&c->seen, o))
		return 0;
	bool had = have(c, o);
	if (had && c->prune)
		return 0;
	int rc = git_odb_read(&t, c->from->odb, o);
	if (rc < 0)
		return unreadable(c, o, rc);
	struct str rest = str_make(git_odb_object_data(t), git_odb_object_size(t));
	struct tree_entry e;
	rc = had ? 0 : insert(c, o, rest.len);
	for (size_t used = 0; rest.len && rc == 0; rest = str_sub(rest, used, rest.len)) {
		if (!tree_raw_entry(rest.p, rest.len, &e, &used))
			return err_set(c->err, ERR_GIT,
				       "a tree of the source repository is malformed");
		git_oid id = oid_of(&e.id);
		if ((e.mode & 0170000) == 0040000)
			rc = take_tree(c, &id, depth + 1);
		else if ((e.mode & 0170000) != 0160000)
			rc = take_blob(c, &id);
	}
	return rc;
}

static int take_commit(struct copy *c, const git_oid *o)
{
	git_commit *commit = NULL;
	size_t size;
	git_object_t type;
	bool had = have(c, o);
	if (had && c->prune)
		return 0;
	int rc = git_odb_read_header(&size, &type, c->from->odb, o);
	if (rc < 0 || (rc = git_commit_lookup(&commit, c->from->repo, o)) < 0)
		return unreadable(c, o, rc);
	git_oid tree = *git_commit_tree_id(commit);
	git_commit_free(commit);
	rc = had ? 0 : insert(c, o, size);
	return rc < 0 ? rc : take_tree(c, &tree, 0);
}

/* The chain of tags from tip to its commit. */
static int take_tags(struct copy *c, const git_oid *tip, const git_oid *commit)
{
	git_oid at = *tip;
	while (!git_oid_equal(&at, commit)) {
		git_tag *tag = NULL;
		int rc = git_tag_lookup(&tag, c->from->repo, &at);
		if (rc < 0)
			return unreadable(c, &at, rc);
		git_oid next = *git_tag_target_id(tag);
		git_tag_free(tag);
		if (!have(c, &at) && (rc = insert(c, &at, 0)) < 0)
			return rc;
		at = next;
	}
	return 0;
}

/* What the destination's refs hold it has whole. Hiding what the source does not know fails, and means nothing. */
static void hide_known(struct copy *c, git_revwalk *w)
{
	git_reference_iterator *it = NULL;
	git_reference *ref = NULL;
	if (git_reference_iterator_new(&it, c->to->repo) < 0)
		return;
	while (git_reference_next(&ref, it) == 0) {
		if (git_reference_type(ref) == GIT_REFERENCE_DIRECT &&
		    git_odb_exists(c->from->odb, git_reference_target(ref)))
			(void)git_revwalk_hide(w, git_reference_target(ref));
		git_reference_free(ref);
	}
	git_reference_iterator_free(it);
}

static int collect(struct copy *c, const git_oid *tip)
{
	git_oid commit, at;
	int rc = git_peel_commit(c->from->repo, tip, "the ref of the source repository", &commit,
				 c->err);
	if (rc < 0 || (rc = take_tags(c, tip, &commit)) < 0)
		return rc;
	git_revwalk *w = NULL;
	int git = git_revwalk_new(&w, c->from->repo);
	if (git == 0)
		git = git_revwalk_push(w, &commit);
	if (git == 0 && c->prune)
		hide_known(c, w);
	while (git == 0 && rc == 0 && (git = git_revwalk_next(&at, w)) == 0)
		rc = take_commit(c, &at);
	git_revwalk_free(w);
	if (rc == 0 && git < 0 && git != GIT_ITEROVER)
		rc = git_fail(c->err, ERR_GIT, "reading the history of the source repository");
	return rc;
}

static int write_pack(struct copy *c)
{
	CLEANUP_FREE char *dir = mem_printf("%s/objects/pack", c->to->path);
	if (git_packbuilder_object_count(c->pack) == 0)
		return 0;
	int rc = git_packbuilder_write(c->pack, dir, 0, NULL, NULL);
	if (rc < 0)
		return git_fail(c->err, git_code(rc, ERR_IO), "writing a pack into %s", dir);
	return git_odb_refresh(c->to->odb) < 0 ? git_fail(c->err, ERR_IO, "reading %s", dir) : 0;
}

int fetch_copy(struct mirror *from, struct mirror *to, const git_oid *tip, bool prune,
	       const struct remote_limits *limits, uint64_t *objects, struct err *err)
{
	struct copy c = {.from = from, .to = to, .limits = limits, .prune = prune, .err = err};
	if (git_packbuilder_new(&c.pack, from->repo) < 0)
		return git_fail(err, ERR_GIT, "preparing a pack");
	(void)git_packbuilder_set_threads(c.pack, 1);
	oid_set_init(&c.seen);
	int rc = collect(&c, tip);
	if (rc == 0)
		rc = write_pack(&c);
	if (rc == 0)
		*objects += c.count;
	oid_set_release(&c.seen);
	git_packbuilder_free(c.pack);
	return rc;
}
