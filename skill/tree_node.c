#include <unistd.h>

#include "base/mem.h"
#include "skill/manifest.h"
#include "skill/tree_node_int.h"

struct tree_nodes *tree_nodes_new(const struct tree_source_ops *ops, const char *revision)
{
	struct tree_nodes *n = mem_zalloc(sizeof(*n));
	n->source.ops = ops;
	n->fd = -1;
	n->arena = arena_new((size_t)2 << 30);
	n->root = arena_alloc(n->arena, sizeof(*n->root));
	n->root->mode = TREE_MODE_DIR;
	n->root->name = STR("");
	size_t len = strnlen(revision, sizeof(n->source.revision) - 1);
	memcpy(n->source.revision, revision, len);
	return n;
}

void tree_nodes_free(struct tree_source *t)
{
	struct tree_nodes *n = (struct tree_nodes *)t;
	if (n->fd >= 0)
		close(n->fd);
	if (n->ids.free)
		n->ids.free(n->ids.state);
	map_release(&n->by_id);
	arena_free(n->arena);
	free(n);
}

struct tree_node *tree_node_add(struct tree_nodes *n, struct tree_node *parent, struct str name,
				uint32_t mode)
{
	struct tree_node *node = arena_alloc(n->arena, sizeof(*node));
	node->name = arena_str(n->arena, name);
	node->mode = mode;
	node->parent = parent;
	ARENA_GROW(n->arena, parent->children, parent->count, parent->cap);
	parent->children[parent->count++] = node;
	return node;
}

struct tree_id tree_id_of_digest(const struct digest *d)
{
	struct tree_id id = {.len = DIGEST_SIZE};
	memcpy(id.bytes, d->bytes, DIGEST_SIZE);
	return id;
}

static int by_git_order(const void *pa, const void *pb)
{
	const struct tree_node *a = *(struct tree_node *const *)pa;
	const struct tree_node *b = *(struct tree_node *const *)pb;
	struct tree_entry ea = {.name = a->name, .mode = a->mode};
	struct tree_entry eb = {.name = b->name, .mode = b->mode};
	return tree_entry_cmp(&ea, &eb);
}

static void add_field(struct buf *b, const void *data, size_t len)
{
	buf_add_u32(b, (uint32_t)len);
	buf_add(b, data, len);
}

static struct tree_id own_folder_id(const struct tree_list *list)
{
	CLEANUP(buf_release) struct buf record = BUF_INIT(BUF_MAX);
	for (size_t i = 0; i < list->count; i++) {
		const struct tree_entry *e = &list->items[i];
		char mode[16];
		add_field(&record, mode, (size_t)snprintf(mode, sizeof(mode), "%o", e->mode));
		add_field(&record, e->name.p, e->name.len);
		add_field(&record, e->id.bytes, e->id.len);
	}
	struct digest d = digest_tagged("aspora.tree.v1", buf_str(&record));
	return tree_id_of_digest(&d);
}

static struct tree_list entries_of(const struct tree_node *dir, struct arena *a)
{
	struct tree_list list = {arena_array(a, dir->count, sizeof(*list.items)), dir->count};
	for (size_t i = 0; i < dir->count; i++) {
		const struct tree_node *child = dir->children[i];
		list.items[i] = (struct tree_entry){child->name, child->mode, child->id};
	}
	return list;
}

static struct tree_id folder_id(const struct tree_nodes *n, const struct tree_node *dir)
{
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)2 << 30);
	struct tree_list list = entries_of(dir, a);
	return n->ids.tree ? n->ids.tree(n->ids.state, &list) : own_folder_id(&list);
}

struct tree_id tree_nodes_blob(const struct tree_nodes *n, struct str bytes)
{
	if (n->ids.blob)
		return n->ids.blob(n->ids.state, bytes);
	struct digest d = blob_digest(bytes);
	return tree_id_of_digest(&d);
}

static void index_node(struct tree_nodes *n, struct tree_node *node)
{
	struct str key = str_make((const char *)node->id.bytes, node->id.len);
	if (!map_find(&n->by_id, key))
		map_set(&n->by_id, key, node);
}

static void seal(struct tree_nodes *n, struct tree_node *node);

/* Gives ids to what is in a folder. */
static void open_folder(struct tree_nodes *n, struct tree_node *dir)
{
	if (dir->open)
		return;
	dir->open = true;
	for (size_t i = 0; i < dir->count; i++)
		seal(n, dir->children[i]);
	if (dir->count)
		qsort(dir->children, dir->count, sizeof(*dir->children), by_git_order);
}

static void seal(struct tree_nodes *n, struct tree_node *node)
{
	bool known = node->mode == TREE_MODE_DIR && node->whole && n->ids.whole &&
		     n->ids.whole(n->ids.state, node->known, node->files, &node->id);
	if (node->mode == TREE_MODE_DIR && !known) {
		open_folder(n, node);
		node->id = folder_id(n, node);
	}
	index_node(n, node);
}

void tree_nodes_seal(struct tree_nodes *n)
{
	seal(n, n->root);
	n->source.root = n->root->id;
}

static void open_all(struct tree_nodes *n, struct tree_node *dir)
{
	open_folder(n, dir);
	for (size_t i = 0; i < dir->count; i++)
		if (dir->children[i]->mode == TREE_MODE_DIR)
			open_all(n, dir->children[i]);
	n->all_open = true;
}

static struct tree_node *node_of(struct tree_source *t, const struct tree_id *id)
{
	struct tree_nodes *n = (struct tree_nodes *)t;
	struct str key = str_make((const char *)id->bytes, id->len);
	struct tree_node *node = map_find(&n->by_id, key);
	/* Somebody has the id from elsewhere: it may stand in a folder into which nobody has looked. */
	if (!node && !n->all_open) {
		open_all(n, n->root);
		node = map_find(&n->by_id, key);
	}
	return node;
}

int tree_nodes_list(struct tree_source *t, const struct tree_id *dir, struct arena *a,
		    struct tree_list *ret, struct err *err)
{
	struct tree_node *node = node_of(t, dir);
	if (!node || node->mode != TREE_MODE_DIR)
		return err_set(err, ERR_NOT_FOUND, "there is no such folder in this tree");
	if (node->count > TREE_LIST_MAX)
		return err_set(err, ERR_TOO_LARGE,
			       "this folder has %zu entries; at most %d are allowed", node->count,
			       TREE_LIST_MAX);
	open_folder((struct tree_nodes *)t, node);
	struct tree_list list = entries_of(node, a);
	for (size_t i = 0; i < list.count; i++)
		list.items[i].name = arena_str(a, list.items[i].name);
	*ret = list;
	return 0;
}

const struct tree_node *tree_nodes_file(struct tree_source *t, const struct tree_id *blob,
					struct err *err)
{
	const struct tree_node *node = node_of(t, blob);
	if (node && node->mode != TREE_MODE_DIR)
		return node;
	err_set(err, ERR_NOT_FOUND, "there is no such file in this tree");
	return NULL;
}
