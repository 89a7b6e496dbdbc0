#include "gitsync/tree_work.h"

#include <stdlib.h>

#include "base/io.h"
#include "base/map.h"
#include "base/mem.h"
#include "gitsync/git_int.h"
#include "gitsync/work_index.h"

#define ATTRIBUTES_MAX ((size_t)1 << 20)

/* A folder of which the index knows something. */
struct known_dir {
	const struct known_dir *above;
	struct str name;
	struct work_range range;
};

struct work {
	struct mirror *m;
	struct arena *arena;
	struct work_index *index; /* NULL: it is not asked */
	struct known_dir *root;
	bool strange; /* an attributes file that the index does not know */
};

static void work_free(void *state)
{
	struct work *w = state;
	work_index_free(w->index);
	arena_free(w->arena);
	free(w);
}

/* --- ids -------------------------------------------------------------------------------------------------------- */

static struct tree_id hash(struct str bytes, git_object_t type)
{
	git_oid id = {{0}};
	(void)git_odb_hash(&id, bytes.p ? bytes.p : "", bytes.len, type);
	return id_of(&id);
}

static struct tree_id blob_id(void *state, struct str bytes)
{
	(void)state;
	return hash(bytes, GIT_OBJECT_BLOB);
}

/* Entries in Git's order; an id that is not Git's (of a file nobody will read) is cut, and so is in no commit. */
static struct tree_id tree_id(void *state, const struct tree_list *list)
{
	CLEANUP(buf_release) struct buf raw = BUF_INIT(BUF_MAX);
	(void)state;
	for (size_t i = 0; i < list->count; i++) {
		const struct tree_entry *e = &list->items[i];
		buf_addf(&raw, "%o %.*s", e->mode, STR_ARG(e->name));
		buf_add_char(&raw, '\0');
		buf_add(&raw, e->id.bytes, GIT_OID_RAWSZ);
	}
	return hash(buf_str(&raw), GIT_OBJECT_TREE);
}

/* --- what the index knows ------------------------------------------------------------------------------------------ */

static const void *known_folder(void *state, const void *above, struct str name)
{
	struct work *w = state;
	const struct known_dir *dir = above;
	if (!dir)
		return w->root;
	struct work_range r = work_index_folder(w->index, dir->range, name);
	if (r.from == r.to)
		return NULL;
	struct known_dir *d = arena_alloc(w->arena, sizeof(*d));
	*d = (struct known_dir){dir, name, r};
	return d;
}

static bool known_file(void *state, const void *above, struct str name, const struct stat *st,
		       struct tree_id *ret)
{
	struct work *w = state;
	const struct known_dir *dir = above;
	struct work_entry *e = work_index_file(w->index, dir->range, name);
	bool is = e && work_entry_is(w->index, e, st);
	if (!is) {
		w->strange |= str_eqz(name, ".gitattributes");
		return false;
	}
	e->used = true;
	*ret = work_entry_id(e);
	return true;
}

static const struct work_tree *tree_of(struct work *w, const struct known_dir *d)
{
	if (!d->above)
		return work_index_tree(w->index, NULL, STR(""));
	const struct work_tree *above = tree_of(w, d->above);
	return above ? work_index_tree(w->index, above, d->name) : NULL;
}

/* As many as Git counted: none of its files is gone. */
static bool known_whole(void *state, const void *dir, size_t files, struct tree_id *ret)
{
	const struct work_tree *t = tree_of(state, dir);
	if (!t || t->files < 0 || (uint64_t)t->files != files)
		return false;
	ret->len = GIT_OID_RAWSZ;
	memcpy(ret->bytes, t->id, GIT_OID_RAWSZ);
	return true;
}

/* --- whether the index tells of these very bytes ------------------------------------------------------------------- */

static bool names_filter(struct str text)
{
	return str_find(text, STR("filter"), 0) >= 0 || str_find(text, STR("encoding"), 0) >= 0;
}

/* A file that cannot be read is taken to name one. */
static bool file_names_filter(const char *folder, const char *name)
{
	CLEANUP_FREE char *path = io_join(folder, name);
	CLEANUP(buf_release) struct buf text = BUF_INIT(ATTRIBUTES_MAX);
	struct err why = ERR_INIT;
	if (io_read_file(path, &text, &why) < 0)
		return why.code != ERR_NOT_FOUND;
	return text.overflow || names_filter(buf_str(&text));
}

static bool entry_names_filter(struct work *w, const struct work_entry *e)
{
	git_blob *blob = NULL;
	struct tree_id id = work_entry_id(e);
	git_oid oid = oid_of(&id);
	if (git_blob_lookup(&blob, w->m->repo, &oid) < 0)
		return true;
	bool names =
		names_filter(str_make(git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob)));
	git_blob_free(blob);
	return names;
}

static bool user_names_filter(void)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	CLEANUP_FREE char *usual = home ? io_join(home, ".config") : NULL;
	const char *folder = config && *config ? config : usual;
	return file_names_filter("/etc", "gitattributes") ||
	       (folder && file_names_filter(folder, "git/attributes"));
}

/* Attributes of the repository and of the folders above root, which are not walked. */
static bool names_filter_above(struct work *w, const char *root)
{
	const char *top = w->m->work_tree;
	CLEANUP_FREE char *at = mem_strdup(root);
	if (file_names_filter(git_repository_commondir(w->m->repo), "info/attributes"))
		return true;
	for (size_t len = strlen(at); len > strlen(top);) {
		while (len > 0 && at[len - 1] != '/')
			len--;
		at[len ? len - 1 : 0] = '\0';
		len = strlen(at);
		if (file_names_filter(at, ".gitattributes"))
			return true;
	}
	return false;
}

static bool any_filter(struct work *w, const char *root)
{
	for (size_t i = 0; i < w->index->count; i++) {
		struct str path = w->index->entries[i].path;
		if (str_ends(path, STR(".gitattributes")) &&
		    entry_names_filter(w, &w->index->entries[i]))
			return true;
	}
	return names_filter_above(w, root) || user_names_filter();
}

static bool sizes_hold(struct work *w, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		const struct work_entry *e = &w->index->entries[i];
		struct tree_id id = work_entry_id(e);
		git_oid oid = oid_of(&id);
		git_object_t type;
		size_t size;
		if (e->used && (git_odb_read_header(&size, &type, w->m->odb, &oid) < 0 ||
				type != GIT_OBJECT_BLOB || (uint32_t)size != work_entry_size(e)))
			return false;
	}
	return true;
}

/* Some entries at once: a domain's, or whatever stands between. */
static bool group_holds(struct work *w, const struct tree_work_memory *memory, size_t from,
			size_t to)
{
	struct hasher h;
	hasher_init(&h);
	hasher_add(&h, "aspora.work.v1", 15);
	for (size_t i = from; i < to; i++)
		if (w->index->entries[i].used)
			hasher_add(&h, work_entry_held(&w->index->entries[i]), WORK_ENTRY_HELD);
	struct digest d = hasher_end(&h);
	if (memory->has(memory->state, &d))
		return true;
	if (!sizes_hold(w, from, to))
		return false;
	memory->add(memory->state, &d);
	return true;
}

/* "skills/ecm" of "skills/ecm/manager/SKILL.md", empty for what is not in a domain. */
static struct str group_of(const struct work *w, size_t i)
{
	struct str path = str_sub(w->index->entries[i].path, w->root->range.prefix, SIZE_MAX);
	ptrdiff_t end = str_starts(path, STR("skills/")) ? str_find_byte(path, '/', 7) : -1;
	return end < 0 ? STR("") : str_sub(path, 0, (size_t)end);
}

static bool all_hold(struct work *w, const struct tree_work_memory *memory)
{
	size_t from = w->root->range.from, end = w->root->range.to;
	if (w->strange)
		return false;
	while (from < end) {
		struct str group = group_of(w, from);
		size_t to = from + 1;
		while (to < end && str_eq(group_of(w, to), group))
			to++;
		if (!group_holds(w, memory, from, to))
			return false;
		from = to;
	}
	return true;
}

/* --- opening --------------------------------------------------------------------------------------------------------- */

/* From the top of the work tree down to the root. */
static struct known_dir *find_root(struct work *w, const char *root)
{
	struct known_dir *at = arena_alloc(w->arena, sizeof(*at));
	struct str rest = str_of(arena_strdup(w->arena, root + strlen(w->m->work_tree))), name;
	*at = (struct known_dir){NULL, STR(""), work_index_all(w->index)};
	while (str_split(&rest, '/', &name)) {
		if (!name.len)
			continue;
		struct known_dir *d = arena_alloc(w->arena, sizeof(*d));
		*d = (struct known_dir){at, name, work_index_folder(w->index, at->range, name)};
		at = d;
	}
	return at;
}

static bool is_below(const char *root, const char *top)
{
	size_t n = top ? strlen(top) : 0;
	return n && strncmp(root, top, n) == 0 && (root[n] == '/' || root[n] == '\0');
}

/* False, and the index is not asked, when there is none that can be used. */
static bool ask_index(struct work *w, const char *root)
{
	CLEANUP_FREE char *path = io_join(git_repository_path(w->m->repo), "index");
	if (!is_below(root, w->m->work_tree) || work_index_open(path, &w->index, NULL) < 0)
		return false;
	w->root = find_root(w, root);
	if (w->root->range.from < w->root->range.to && !any_filter(w, root))
		return true;
	work_index_free(w->index);
	w->index = NULL;
	return false;
}

static int open_with(struct mirror *m, const char *root, const struct tree_work_memory *memory,
		     bool *ret_holds, struct tree_source **ret, struct err *err)
{
	struct work *w = mem_zalloc(sizeof(*w));
	struct tree_ids ids = {.blob = blob_id, .tree = tree_id, .free = work_free, .state = w};
	w->m = m;
	w->arena = arena_new((size_t)1 << 30);
	bool asked = memory && ask_index(w, root);
	if (asked) {
		ids.dir = known_folder;
		ids.file = known_file;
		ids.whole = known_whole;
	}
	int rc = tree_folder_open_as(root, &ids, ret, err);
	*ret_holds = rc == 0 && (!asked || all_hold(w, memory));
	return rc;
}

int tree_work_open(struct mirror *m, const char *root, const struct tree_work_memory *memory,
		   struct tree_source **ret, struct err *err)
{
	CLEANUP(tree_source_freep) struct tree_source *t = NULL;
	bool holds = false;
	int rc = open_with(m, root, memory, &holds, &t, err);
	if (rc == 0 && !holds) {
		tree_source_free(t);
		t = NULL;
		rc = open_with(m, root, NULL, &holds, &t, err);
	}
	if (rc == 0)
		*ret = TAKE_PTR(t);
	return rc;
}
