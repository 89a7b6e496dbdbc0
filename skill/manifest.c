#include "skill/manifest.h"

#include <stdio.h>

struct digest blob_digest(struct str bytes)
{
	return digest_tagged("aspora.blob.v1", bytes);
}

const struct manifest_file *manifest_find(const struct manifest *m, struct str path)
{
	size_t low = 0, high = m->count;
	while (low < high) {
		size_t mid = (low + high) / 2;
		int order = str_cmp(m->files[mid].path, path);
		if (order == 0)
			return &m->files[mid];
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

void manifest_json(struct json *j, const struct manifest *m)
{
	char mode[16], hex[DIGEST_HEX + 1];
	json_array(j);
	for (size_t i = 0; i < m->count; i++) {
		const struct manifest_file *f = &m->files[i];
		snprintf(mode, sizeof(mode), "%o", f->mode);
		json_object(j);
		json_str(j, "path", f->path);
		json_strz(j, "mode", mode);
		json_int(j, "size", (int64_t)f->size);
		json_strz(j, "digest", digest_hex(&f->digest, hex));
		json_end(j);
	}
	json_end(j);
}

static int path_check(struct str path, struct err *err)
{
	struct str rest = path, name;
	int rc = 0;
	if (path.len == 0 || path.len > tree_limits_default.path_bytes ||
	    path.p[path.len - 1] == '/')
		return err_set(err, ERR_INVALID,
			       "a manifest's path is empty, too long or a folder");
	while (rc == 0 && str_split(&rest, '/', &name))
		rc = tree_name_check(name, &tree_limits_default, err);
	return rc;
}

static int file_from_json(struct arena *a, const struct doc_node *n, struct manifest_file *f,
			  struct err *err)
{
	struct str mode = doc_text(n, "mode");
	int64_t size = doc_int(n, "size", -1);
	int rc = path_check(doc_text(n, "path"), err);
	if (rc < 0)
		return rc;
	f->path = arena_str(a, doc_text(n, "path"));
	f->mode = str_eqz(mode, "100644")   ? TREE_MODE_FILE
		  : str_eqz(mode, "100755") ? TREE_MODE_EXEC
					    : 0;
	if (!f->mode || size < 0 || !digest_parse(doc_text(n, "digest"), &f->digest))
		return err_set(err, ERR_INVALID,
			       "\"%.*s\" in the manifest lacks a file's mode, size or digest",
			       (int)MIN(f->path.len, 100u), f->path.p);
	f->size = (uint64_t)size;
	return 0;
}

int manifest_from_json(struct arena *a, const struct doc_node *array, struct manifest *ret,
		       struct err *err)
{
	if (!array || array->type != DOC_LIST)
		return err_set(err, ERR_INVALID, "a manifest is a list of files");
	struct manifest m = {arena_array(a, array->list.count, sizeof(*m.files)), 0, 0};
	for (size_t i = 0; i < array->list.count; i++) {
		struct manifest_file *f = &m.files[i];
		int rc = file_from_json(a, array->list.items[i], f, err);
		if (rc < 0)
			return rc;
		if (i > 0 && str_cmp(m.files[i - 1].path, f->path) >= 0)
			return err_set(err, ERR_INVALID,
				       "the manifest's paths are not sorted and unique at \"%.*s\"",
				       (int)MIN(f->path.len, 100u), f->path.p);
		if (__builtin_add_overflow(m.bytes, f->size, &m.bytes))
			return err_set(err, ERR_INVALID, "the manifest's sizes overflow");
		m.count++;
	}
	*ret = m;
	return 0;
}
