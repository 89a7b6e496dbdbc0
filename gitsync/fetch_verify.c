#include "gitsync/fetch_int.h"

#define DEPTH_MAX 128 /* the tree rules refuse more than 16 later, with a better message */
#define ENTRIES_MAX ((uint64_t)5 * 1000 * 1000)

void oid_set_init(struct oid_set *s)
{
	s->map = (struct map)MAP_INIT;
	s->arena = arena_new((size_t)256 * 1024 * 1024);
}

void oid_set_release(struct oid_set *s)
{
	map_release(&s->map);
	arena_free(s->arena);
}

bool oid_set_add(struct oid_set *s, const git_oid *o)
{
	struct str key = str_make((const char *)o->id, GIT_OID_RAWSZ);
	if (map_find(&s->map, key))
		return false;
	key = arena_str(s->arena, key);
	map_set(&s->map, key, s);
	return true;
}

struct verify {
	struct fetch *f;
	git_odb *odb;
	struct oid_set
		seen; /* a folder that holds another ten times, ten levels deep, is read ten times and not 10^10 */
	uint64_t entries;
	bool deep;
	struct err *err;
};

static void cleanup_object(git_odb_object **o)
{
	git_odb_object_free(*o);
}

static int missing(struct verify *v, const git_oid *o, const char *what)
{
	char hex[GIT_OID_HEXSZ + 1];
	git_oid_tostr(hex, sizeof(hex), o);
	v->f->damaged = true;
	return git_fail(v->err, ERR_GIT, "%s %s is missing or damaged", what, hex);
}

static int check_blob(struct verify *v, const git_oid *o)
{
	CLEANUP(cleanup_object) git_odb_object *b = NULL;
	char hex[GIT_OID_HEXSZ + 1];
	size_t size;
	git_object_t type;
	if (!oid_set_add(&v->seen, o))
		return 0;
	if (git_odb_read_header(&size, &type, v->odb, o) < 0)
		return missing(v, o, "blob");
	/* GIT_OPT_SET_PACK_MAX_OBJECT_SIZE lets whole objects pass; libgit2 streams them, so they cost disk only. */
	if (size > v->f->limits.object_bytes)
		return err_set(v->err, ERR_TOO_LARGE,
			       "object %s has %zu bytes; at most %llu are accepted",
			       git_oid_tostr(hex, sizeof(hex), o), size,
			       (unsigned long long)v->f->limits.object_bytes);
	return v->deep && git_odb_read(&b, v->odb, o) < 0 ? missing(v, o, "blob") : 0;
}

/* The tree that is known to be whole, read beside the new one: an entry that is equal in both needs no look. */
struct beside {
	struct str raw;
	struct tree_entry entry;
	bool valid;
};

static void beside_next(struct beside *b)
{
	size_t used = 0;
	b->valid = tree_raw_entry(b->raw.p, b->raw.len, &b->entry, &used);
	b->raw = str_sub(b->raw, used, b->raw.len);
}

static int check_tree(struct verify *v, const git_oid *o, const git_oid *known, unsigned depth);

static int check_entry(struct verify *v, const struct tree_entry *e, struct beside *b,
		       unsigned depth)
{
	if (++v->entries > ENTRIES_MAX)
		return err_set(v->err, ERR_TOO_LARGE,
			       "the commit's tree has more than %llu entries",
			       (unsigned long long)ENTRIES_MAX);
	while (b->valid && tree_raw_order(&b->entry, e) < 0)
		beside_next(b);
	bool same_name = b->valid && str_eq(b->entry.name, e->name);
	if (same_name && b->entry.mode == e->mode && tree_id_equal(&b->entry.id, &e->id))
		return 0;
	git_oid id = oid_of(&e->id), was;
	switch (e->mode & 0170000) {
	case 0040000:
		if (same_name)
			was = oid_of(&b->entry.id);
		return check_tree(v, &id, same_name && b->entry.mode == e->mode ? &was : NULL,
				  depth + 1);
	case 0160000:
		return 0; /* a submodule's commit lives elsewhere */
	default:
		return check_blob(v, &id);
	}
}

static int read_tree(struct verify *v, const git_oid *o, git_odb_object **ret)
{
	if (git_odb_read(ret, v->odb, o) < 0)
		return missing(v, o, "tree");
	if (git_odb_object_type(*ret) == GIT_OBJECT_TREE)
		return 0;
	char hex[GIT_OID_HEXSZ + 1];
	git_oid_tostr(hex, sizeof(hex), o);
	return err_set(v->err, ERR_GIT, "object %s is a %s where a tree is needed", hex,
		       git_object_type2string(git_odb_object_type(*ret)));
}

static struct str raw_of(git_odb_object *o)
{
	return o ? str_make(git_odb_object_data(o), git_odb_object_size(o)) : STR_NULL;
}

static int check_tree(struct verify *v, const git_oid *o, const git_oid *known, unsigned depth)
{
	CLEANUP(cleanup_object) git_odb_object *t = NULL;
	CLEANUP(cleanup_object) git_odb_object *k = NULL;
	if (depth > DEPTH_MAX)
		return err_set(v->err, ERR_TOO_LARGE, "the commit's tree is deeper than %d folders",
			       DEPTH_MAX);
	if (!oid_set_add(&v->seen, o))
		return 0;
	int rc = read_tree(v, o, &t);
	if (rc < 0)
		return rc;
	if (known && git_odb_read(&k, v->odb, known) < 0)
		k = NULL;
	struct beside b = {.raw = raw_of(k)};
	beside_next(&b);
	struct str rest = raw_of(t);
	struct tree_entry e;
	for (size_t used = 0; rest.len && rc == 0; rest = str_sub(rest, used, rest.len)) {
		if (!tree_raw_entry(rest.p, rest.len, &e, &used)) {
			char hex[GIT_OID_HEXSZ + 1];
			return err_set(v->err, ERR_GIT, "tree %s is malformed",
				       git_oid_tostr(hex, sizeof(hex), o));
		}
		rc = check_entry(v, &e, &b, depth);
	}
	return rc;
}

static int check_commit_tree(struct verify *v, const git_oid *o, const git_oid *known)
{
	git_commit *c = NULL;
	if (git_commit_lookup(&c, v->f->m->repo, o) < 0)
		return missing(v, o, "commit");
	git_oid tree = *git_commit_tree_id(c);
	git_commit_free(c);
	return check_tree(v, &tree, known, 0);
}

/* Every commit back to what the mirror's refs already hold; deep: with all their trees, and to the beginning. */
static int check_history(struct verify *v, const git_oid *commit)
{
	git_revwalk *w = NULL;
	git_oid at;
	int ours = 0, rc = git_revwalk_new(&w, v->f->m->repo);
	if (rc == 0)
		rc = git_revwalk_push(w, commit);
	if (rc == 0 && !v->deep)
		(void)git_revwalk_hide_glob(w, "refs/*");
	while (rc == 0 && ours == 0)
		if ((rc = git_revwalk_next(&at, w)) == 0 && v->deep)
			ours = check_commit_tree(v, &at, NULL);
	git_revwalk_free(w);
	if (ours < 0)
		return ours;
	return rc == GIT_ITEROVER ? 0 : missing(v, commit, "a part of the history of commit");
}

/* The tree of what some ref held before: whole, because it was checked when it came. */
static bool known_tree(struct verify *v, git_oid *ret)
{
	for (size_t i = 0; i < v->f->want_count && !v->deep; i++) {
		const struct fetch_want *w = &v->f->wants[i];
		git_commit *commit = NULL;
		if (!w->had || git_commit_lookup(&commit, v->f->m->repo, &w->held) < 0)
			continue;
		*ret = *git_commit_tree_id(commit);
		git_commit_free(commit);
		return true;
	}
	return false;
}

static int check_tip(struct verify *v, const git_oid *tip)
{
	CLEANUP(cleanup_object) git_odb_object *o = NULL;
	git_oid at, known;
	if (git_odb_read(&o, v->odb, tip) < 0)
		return missing(v, tip, "object");
	int rc = git_peel_commit(v->f->m->repo, tip, "what the remote sent", &at, v->err);
	if (rc < 0)
		return rc == ERR_NOT_FOUND ? missing(v, tip, "what is tagged by object") : rc;
	if ((rc = check_history(v, &at)) < 0)
		return rc;
	return check_commit_tree(v, &at, known_tree(v, &known) ? &known : NULL);
}

int fetch_verify(struct fetch *f, const git_oid *tip, bool deep, struct err *err)
{
	struct verify v = {.f = f, .odb = f->m->odb, .deep = deep, .err = err};
	oid_set_init(&v.seen);
	int rc = check_tip(&v, tip);
	if (rc == 0)
		rc = arena_check(v.seen.arena, "the list of folders in a commit", err);
	oid_set_release(&v.seen);
	return rc;
}
