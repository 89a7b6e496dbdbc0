#include <unistd.h>

#include "base/mem.h"
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

static struct tree_id folder_id(const struct tree_node *dir)
{
	CLEANUP(buf_release) struct buf record = BUF_INIT(BUF_MAX);
	for (size_t i = 0; i < dir->count; i++) {
		const struct tree_node *child = dir->children[i];
		char mode[16];
		add_field(&record, mode, (size_t)snprintf(mode, sizeof(mode), "%o", child->mode));
		add_field(&record, child->name.p, child->name.len);
		add_field(&record, child->id.bytes, child->id.len);
	}
	struct digest d = digest_tagged("aspora.tree.v1", buf_str(&record));
	return tree_id_of_digest(&d);
}

static void seal(struct tree_nodes *n, struct tree_node *node)
{
	if (node->mode == TREE_MODE_DIR) {
		for (size_t i = 0; i < node->count; i++)
			seal(n, node->children[i]);
		if (node->count)
			qsort(node->children, node->count, sizeof(*node->children), by_git_order);
		node->id = folder_id(node);
	}
	struct str key = str_make((const char *)node->id.bytes, node->id.len);
	if (!map_find(&n->by_id, key))
		map_set(&n->by_id, key, node);
}

void tree_nodes_seal(struct tree_nodes *n)
{
	seal(n, n->root);
	n->source.root = n->root->id;
}

static const struct tree_node *node_of(struct tree_source *t, const struct tree_id *id)
{
	return map_find(&((struct tree_nodes *)t)->by_id,
			str_make((const char *)id->bytes, id->len));
}

int tree_nodes_list(struct tree_source *t, const struct tree_id *dir, struct arena *a,
		    struct tree_list *ret, struct err *err)
{
	const struct tree_node *node = node_of(t, dir);
	if (!node || node->mode != TREE_MODE_DIR)
		return err_set(err, ERR_NOT_FOUND, "there is no such folder in this tree");
	if (node->count > TREE_LIST_MAX)
		return err_set(err, ERR_TOO_LARGE,
			       "this folder has %zu entries; at most %d are allowed", node->count,
			       TREE_LIST_MAX);
	struct tree_list list = {arena_array(a, node->count, sizeof(*list.items)), node->count};
	for (size_t i = 0; i < node->count; i++) {
		const struct tree_node *child = node->children[i];
		list.items[i] = (struct tree_entry){arena_str(a, child->name), child->mode,
						    child->id};
	}
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
