#include "skill/tree.h"

#include <stdio.h>

#include "skill/text.h"

const struct tree_limits tree_limits_default = {
	.entries = TREE_LIST_MAX,
	.depth = 16,
	.name_bytes = 255,
	.path_bytes = 1024,
	.blob_bytes = 5 * 1024 * 1024,
	.skill_bytes = 64 * 1024 * 1024,
	.repository_entries = 2000000,
};

bool tree_id_equal(const struct tree_id *a, const struct tree_id *b)
{
	return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

char *tree_id_hex(const struct tree_id *id, char out[65])
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < id->len; i++) {
		out[2 * i] = digits[id->bytes[i] >> 4];
		out[2 * i + 1] = digits[id->bytes[i] & 15];
	}
	out[2 * id->len] = '\0';
	return out;
}

bool tree_id_parse(struct str hex, struct tree_id *ret)
{
	struct tree_id id = {.len = (uint8_t)(hex.len / 2)};
	if ((hex.len != 40 && hex.len != 64) || !hex_parse(hex, id.bytes, id.len))
		return false;
	*ret = id;
	return true;
}

/* Compares as if a folder's name ended in '/'. */
int tree_entry_cmp(const struct tree_entry *a, const struct tree_entry *b)
{
	size_t common = MIN(a->name.len, b->name.len);
	int order = common ? memcmp(a->name.p, b->name.p, common) : 0;
	if (order)
		return order;
	int ca = a->name.len > common	    ? (unsigned char)a->name.p[common]
		 : a->mode == TREE_MODE_DIR ? '/'
					    : 0;
	int cb = b->name.len > common	    ? (unsigned char)b->name.p[common]
		 : b->mode == TREE_MODE_DIR ? '/'
					    : 0;
	return ca - cb;
}

const struct tree_entry *tree_find(const struct tree_list *l, const char *name)
{
	for (size_t i = 0; i < l->count; i++)
		if (str_eqz(l->items[i].name, name))
			return &l->items[i];
	return NULL;
}

int tree_read(struct tree_source *t, const struct tree_id *blob, struct buf *out, struct err *err)
{
	int rc = t->ops->read(t, blob, out, err);
	return rc < 0 ? rc : buf_check(out, "the file", err);
}

void tree_source_free(struct tree_source *t)
{
	if (t)
		t->ops->free(t);
}

void tree_source_freep(struct tree_source **t)
{
	tree_source_free(*t);
	*t = NULL;
}

/* --- walking ---------------------------------------------------------------------------------- */

struct walk {
	struct tree_source *t;
	struct arena *arena; /* all listings: at most limits->entries */
	const struct tree_limits *limits;
	tree_walk_fn fn;
	void *state;
	size_t entries, lists;
	struct buf path; /* of the present folder in the repository, and what is below it */
	size_t relative; /* where the part below the walk's folder begins in path */
	struct err *err;
};

static int walk_dir(struct walk *w, const struct tree_id *dir);

static int walk_entry(struct walk *w, const struct tree_entry *e)
{
	size_t before = w->path.len;
	if (before)
		buf_add_char(&w->path, '/');
	buf_add_str(&w->path, e->name);
	int rc = e->mode == TREE_MODE_DIR
			 ? walk_dir(w, &e->id)
			 : w->fn(w->state, str_sub(buf_str(&w->path), w->relative, SIZE_MAX), e,
				 w->err);
	w->path.len = before;
	return rc;
}

static int walk_dir(struct walk *w, const struct tree_id *dir)
{
	struct tree_list list;
	w->lists++;
	int rc = tree_list(w->t, dir, buf_str(&w->path), w->limits, w->arena, &list, w->err);
	if (rc < 0)
		return rc;
	w->entries += list.count;
	if (w->entries > w->limits->entries) {
		char at[256];
		err_at(w->err, ERR_TOO_LARGE, text_quote(buf_str(&w->path), at, sizeof(at)), 0, 0,
		       "more than %zu files and folders stand here and below", w->limits->entries);
		return err_remedy(w->err, "move what the skill does not need out of it");
	}
	for (size_t i = 0; rc == 0 && i < list.count; i++)
		rc = walk_entry(w, &list.items[i]);
	return rc;
}

int tree_walk(struct tree_source *t, const struct tree_id *dir, struct str dir_path,
	      const struct tree_limits *limits, tree_walk_fn fn, void *state, size_t *entries,
	      size_t *lists, struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)256 << 20);
	struct walk w = {
		.t = t, .arena = a, .limits = limits, .fn = fn, .state = state, .err = err};
	buf_init(&w.path, BUF_MAX);
	buf_add_str(&w.path, dir_path);
	w.relative = dir_path.len + (dir_path.len > 0);
	int rc = walk_dir(&w, dir);
	buf_release(&w.path);
	if (entries)
		*entries += w.entries;
	if (lists)
		*lists += w.lists;
	return rc;
}

int tree_lookup(struct tree_source *t, struct str path, const struct tree_limits *limits,
		struct tree_entry *ret, struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 << 20);
	struct tree_entry at = {STR(""), TREE_MODE_DIR, t->root};
	struct str rest = path, name;
	while (str_split(&rest, '/', &name)) {
		size_t parent = (size_t)(name.p - path.p);
		struct str dir = str_sub(path, 0, parent ? parent - 1 : 0);
		struct tree_list list = {NULL, 0};
		if (at.mode == TREE_MODE_DIR) {
			int rc = tree_list(t, &at.id, dir, limits, a, &list, err);
			if (rc < 0)
				return rc;
		}
		const struct tree_entry *found = NULL;
		for (size_t i = 0; i < list.count && !found; i++)
			if (str_eq(list.items[i].name, name))
				found = &list.items[i];
		char quoted[200];
		if (!found)
			return err_set(err, ERR_NOT_FOUND, "there is no \"%s\" in this tree",
				       text_quote(path, quoted, sizeof(quoted)));
		at = *found;
		at.name = name;
	}
	*ret = at;
	return 0;
}
