#include "store/blob.h"

#include "base/map.h"
#include "base/mem.h"
#include "store/txn_int.h"

/* How much of a manifest is fetched at once. */
#define READ_BATCH_BYTES ((uint64_t)8 * 1024 * 1024)

int store_blob_read(struct store *s, const struct digest *d, struct buf *out, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_blob_read);
	bind_digest(&b, d);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int r = wire_query(s, &b, &rows, err);
	if (r < 0)
		return r;
	char hex[DIGEST_HEX + 1];
	if (!rows.count)
		return err_set(err, ERR_NOT_FOUND, "blob %s is not stored", digest_hex(d, hex));
	struct row c = row_of(&rows, 0);
	buf_add_str(out, row_text(&c));
	return buf_check(out, "a stored file", err);
}

static int read_blob(void *state, const struct digest *blob, struct buf *out, struct err *err)
{
	return store_blob_read(state, blob, out, err);
}

struct blob_reader store_blob_reader(struct store *s)
{
	return (struct blob_reader){read_blob, s};
}

typedef int (*each_fn)(void *state, const struct manifest_file *f, struct str bytes,
		       struct err *err);

/* Files [from, to) of the manifest in one statement. Several of them may share a blob. */
static int read_batch(struct store *s, const struct manifest *m, size_t from, size_t to, each_fn fn,
		      void *state, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_blob_read_many);
	BIND_COLUMN(&b, to - from, bind_digest, &m->files[from + i].digest);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int r = wire_query(s, &b, &rows, err);
	if (r < 0)
		return r;
	CLEANUP(map_release) struct map by_digest = MAP_INIT;
	struct row *found = mem_array((size_t)rows.count + 1, sizeof(*found));
	for (int i = 0; i < rows.count; i++) {
		found[i] = row_of(&rows, i);
		struct str key = row_text(&found[i]);
		map_set(&by_digest, key, &found[i]);
	}
	for (size_t i = from; i < to && r >= 0; i++) {
		const struct manifest_file *f = &m->files[i];
		const struct row *at =
			map_find(&by_digest, str_make((const char *)f->digest.bytes, DIGEST_SIZE));
		if (!at) {
			r = err_set(err, ERR_NOT_FOUND, "the bytes of %.*s are not stored",
				    STR_ARG(f->path));
			break;
		}
		struct row c = *at;
		r = fn(state, f, row_text(&c), err);
	}
	free(found);
	return r;
}

int store_blob_each(struct store *s, const struct manifest *m, each_fn fn, void *state,
		    struct err *err)
{
	for (size_t from = 0; from < m->count;) {
		size_t to = from;
		uint64_t bytes = 0;
		while (to < m->count &&
		       (to == from || bytes + m->files[to].size <= READ_BATCH_BYTES))
			bytes += m->files[to++].size;
		int r = read_batch(s, m, from, to, fn, state, err);
		if (r < 0)
			return r;
		from = to;
	}
	return 0;
}

int store_blob_put(struct store *s, struct store_txn *t, struct str bytes, struct digest *ret,
		   struct err *err)
{
	struct digest d = blob_digest(bytes);
	CLEANUP(bind_release) struct bind b = BIND(&sql_blob_put);
	BIND_COLUMN(&b, 1, bind_digest, &d);
	BIND_COLUMN(&b, 1, bind_bytes, bytes.p, bytes.len);
	int r = t ? txn_send(t, &b, err) : wire_query(s, &b, NULL, err);
	if (r >= 0 && ret)
		*ret = d;
	return r;
}

int store_blob_collect(struct store *s, int64_t older_ms, int64_t limit, int64_t *ret_deleted,
		       struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_blob_collect);
	bind_i64(&b, older_ms);
	bind_i64(&b, limit);
	return wire_number(s, &b, ret_deleted, err);
}
