/* A tree made of (path, mode, bytes) triples. */
#include "skill/manifest.h"
#include "skill/text.h"
#include "skill/tree_node_int.h"

static int memory_read(struct tree_source *t, const struct tree_id *blob, struct buf *out,
		       struct err *err)
{
	const struct tree_node *node = tree_nodes_file(t, blob, err);
	if (!node)
		return ERR_NOT_FOUND;
	buf_add_str(out, node->bytes);
	return 0;
}

static int64_t memory_size(struct tree_source *t, const struct tree_id *blob, struct err *err)
{
	const struct tree_node *node = tree_nodes_file(t, blob, err);
	return node ? (int64_t)node->bytes.len : ERR_NOT_FOUND;
}

static const struct tree_source_ops memory_ops = {
	.kind = "upload",
	.id_is_digest = true,
	.list = tree_nodes_list,
	.read = memory_read,
	.size = memory_size,
	.free = tree_nodes_free,
};

struct builder {
	struct tree_nodes *nodes;
	struct map by_path; /* of everything added, to its node */
};

/* The folder of the path's first `len` bytes; made when absent. NULL when a file stands there. */
static struct tree_node *folder(struct builder *b, struct str path)
{
	if (path.len == 0)
		return b->nodes->root;
	struct tree_node *have = map_find(&b->by_path, path);
	if (have)
		return have->mode == TREE_MODE_DIR ? have : NULL;
	size_t slash = path.len;
	while (slash > 0 && path.p[slash - 1] != '/')
		slash--;
	struct tree_node *parent = folder(b, str_sub(path, 0, slash ? slash - 1 : 0));
	if (!parent)
		return NULL;
	struct tree_node *made = tree_node_add(b->nodes, parent, str_sub(path, slash, SIZE_MAX),
					       TREE_MODE_DIR);
	map_set(&b->by_path, path, made);
	return made;
}

static int path_check(struct str path, struct err *err)
{
	struct str rest = path, name;
	char quoted[200];
	int rc = 0;
	unsigned depth = 0;
	bool whole = path.len && path.p[0] != '/' && path.p[path.len - 1] != '/';
	if (!whole) {
		rc = err_set(err, ERR_INVALID, "the path \"%s\" is not relative and whole",
			     text_quote(path, quoted, sizeof(quoted)));
		err_remedy(err, "write it like skills/ecm/order-details/SKILL.md");
		return rc;
	}
	if (path.len > tree_limits_default.path_bytes)
		return err_set(err, ERR_TOO_LARGE,
			       "the path \"%s\" has %zu bytes; at most %zu are allowed",
			       text_quote(path, quoted, 100), path.len,
			       tree_limits_default.path_bytes);
	while (rc == 0 && str_split(&rest, '/', &name)) {
		rc = tree_name_check(name, &tree_limits_default, err);
		depth++;
	}
	if (rc == 0 && depth > tree_limits_default.depth + 1)
		rc = err_set(err, ERR_TOO_LARGE, "folders are nested deeper than %u here",
			     tree_limits_default.depth);
	if (rc < 0)
		err_path(err, text_quote(path, quoted, sizeof(quoted)));
	return rc;
}

static int add_file(struct builder *b, const struct tree_file *f, struct err *err)
{
	char quoted[200];
	int rc = path_check(f->path, err);
	if (rc < 0)
		return rc;
	struct str path = arena_str(b->nodes->arena, f->path);
	size_t slash = path.len;
	while (slash > 0 && path.p[slash - 1] != '/')
		slash--;
	struct tree_node *parent = folder(b, str_sub(path, 0, slash ? slash - 1 : 0));
	if (!parent || map_find(&b->by_path, path)) {
		err_set(err, ERR_INVALID, "the path \"%s\" %s",
			text_quote(path, quoted, sizeof(quoted)),
			parent ? "stands twice" : "goes through a file");
		return err_remedy(err, "leave one of them out");
	}
	struct tree_node *node = tree_node_add(b->nodes, parent, str_sub(path, slash, SIZE_MAX),
					       f->mode);
	struct digest d = blob_digest(f->bytes);
	node->bytes = f->bytes;
	node->id = tree_id_of_digest(&d);
	map_set(&b->by_path, path, node);
	return 0;
}

int tree_memory_open(const struct tree_file *files, size_t count, const char *revision,
		     struct tree_source **ret, struct err *err)
{
	struct builder b = {tree_nodes_new(&memory_ops, revision), MAP_INIT};
	int rc = 0;
	if (count > tree_limits_default.repository_entries)
		rc = err_set(err, ERR_TOO_LARGE,
			     "the upload has %zu files; at most %zu are allowed", count,
			     tree_limits_default.repository_entries);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = add_file(&b, &files[i], err);
	map_release(&b.by_path);
	if (rc < 0) {
		tree_nodes_free(&b.nodes->source);
		return rc;
	}
	tree_nodes_seal(b.nodes);
	*ret = &b.nodes->source;
	return 0;
}
