#include "store/inbox.h"

#include <assert.h>

#include "base/map.h"
#include "base/mem.h"
#include "store/blob.h"
#include "store/meta.h"
#include "store/txn_int.h"

static void row_wish(struct row *c, struct arena *a, void *ret)
{
	struct wish *w = ret;
	memset(w, 0, sizeof(*w));
	row_name(c, w->id, sizeof(w->id));
	w->kind = row_copy(c, a);
	w->state = row_copy(c, a);
	w->domain = row_copy(c, a);
	w->source = row_copy(c, a);
	w->requested_by = row_copy(c, a);
	w->dry_run = row_bool(c);
	w->request_token = row_i64(c);
	w->body_json = row_copy(c, a);
	w->result_json = row_copy(c, a);
	w->error_json = row_copy(c, a);
	w->requested_ms = row_time(c);
	w->handled_ms = row_time(c);
}

static void field(struct buf *out, struct str s)
{
	buf_add_u32(out, (uint32_t)s.len);
	buf_add_str(out, s);
}

static struct digest request_digest(const struct wish *w, const struct upload_file *files,
				    size_t count)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	field(&text, w->kind);
	field(&text, w->domain);
	field(&text, w->source);
	field(&text, w->requested_by);
	buf_add_u8(&text, w->dry_run);
	field(&text, w->body_json);
	for (size_t i = 0; i < count; i++) {
		struct digest d = blob_digest(files[i].bytes);
		field(&text, files[i].path);
		buf_add_u32(&text, files[i].mode);
		buf_add(&text, d.bytes, DIGEST_SIZE);
	}
	return digest_tagged("aspora.wish.v1", buf_str(&text));
}

static int put_row(struct store_txn *t, const struct wish *w, const struct digest *request,
		   struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_wish_put);
	bind_textz(&b, w->id);
	bind_text(&b, w->kind);
	bind_text(&b, w->domain);
	bind_text(&b, w->source);
	bind_text(&b, w->requested_by);
	bind_bool(&b, w->dry_run);
	bind_i64_or_null(&b, w->request_token);
	bind_text(&b, w->body_json);
	bind_digest(&b, request);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int r = txn_query(t, &b, &rows, err);
	if (r < 0)
		return r;
	struct row c = row_of(&rows, 0);
	bool inserted = row_bool(&c);
	if (inserted)
		return 1;
	/* Null when it was written by somebody else between our two looks: then it cannot be ours either. */
	if (!row_null(&c) && row_bool(&c))
		return 0;
	return err_set(err, ERR_CONFLICT, "%s is the id of another wish", w->id);
}

static int put_files(struct store_txn *t, const struct wish *w, const struct upload_file *files,
		     size_t count, struct err *err)
{
	CLEANUP(bind_release) struct bind blobs = BIND(&sql_blob_put);
	CLEANUP(bind_release) struct bind b = BIND(&sql_wish_put_files);
	CLEANUP(arena_freep) struct arena *a = arena_new(BUF_MAX);
	struct digest *digests = arena_array(a, count, sizeof(*digests));
	size_t unique = 0;
	for (size_t i = 0; i < count; i++)
		digests[i] = blob_digest(files[i].bytes);
	/* ON CONFLICT cannot meet one row twice in a statement: equal files are sent once. */
	size_t *first = arena_array(a, count, sizeof(*first));
	struct map seen = MAP_INIT;
	for (size_t i = 0; i < count; i++) {
		struct str key = str_make((const char *)digests[i].bytes, DIGEST_SIZE);
		if (map_find(&seen, key))
			continue;
		map_set(&seen, key, &digests[i]);
		first[unique++] = i;
	}
	map_release(&seen);
	BIND_COLUMN(&blobs, unique, bind_digest, &digests[first[i]]);
	BIND_COLUMN(&blobs, unique, bind_bytes, files[first[i]].bytes.p, files[first[i]].bytes.len);
	int r = txn_send(t, &blobs, err);
	if (r < 0)
		return r;
	bind_textz(&b, w->id);
	BIND_COLUMN(&b, count, bind_text, files[i].path);
	BIND_COLUMN(&b, count, bind_i32, files[i].mode);
	BIND_COLUMN(&b, count, bind_i64, (int64_t)files[i].bytes.len);
	BIND_COLUMN(&b, count, bind_digest, &digests[i]);
	return txn_send(t, &b, err);
}

/* A wish is an act of who wishes: it has its row in the chain, with who, what and about what. */
static void log_wish(struct store_txn *t, const struct wish *w)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(4096);
	struct json j;
	json_init(&j, &text);
	json_object(&j);
	json_str(&j, "wish", w->kind);
	if (w->source.len)
		json_str(&j, "source", w->source);
	if (w->dry_run)
		json_bool(&j, "dryRun", true);
	json_end(&j);
	store_txn_change(t, "Wish", w->domain, str_of(w->id), STORE_CREATE, buf_str(&text));
}

int store_wish_put(struct store *s, const struct wish *w, const struct upload_file *files,
		   size_t file_count, struct err *err)
{
	assert(w->id[0] && w->requested_by.len);
	struct digest request = request_digest(w, files, file_count);
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	CLEANUP_FREE char *actor = mem_strndup(w->requested_by.p, w->requested_by.len);
	int r = store_txn_begin(s, STORE_CONDITIONAL, actor, NULL, &t, err);
	if (r >= 0)
		r = put_row(t, w, &request, err);
	if (r == 1)
		log_wish(t, w);
	if (r == 1 && file_count)
		r = put_files(t, w, files, file_count, err);
	return r < 0 ? r : store_txn_commit(t, NULL, err);
}

int store_wish_sync(struct store *s, const struct wish *w, int64_t *ret_token, struct err *err)
{
	struct digest request = request_digest(w, NULL, 0);
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	CLEANUP_FREE char *actor = mem_strndup(w->requested_by.p, w->requested_by.len);
	CLEANUP(bind_release) struct bind b = BIND(&sql_wish_sync);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	bind_textz(&b, w->id);
	bind_text(&b, w->source);
	bind_text(&b, w->requested_by);
	bind_digest(&b, &request);
	bind_text(&b, w->body_json);
	CLEANUP(bind_release) struct bind lock = BIND(&sql_wish_sync_lock);
	int r = store_txn_begin(s, STORE_CONDITIONAL, actor, NULL, &t, err);
	if (r >= 0)
		r = txn_send(t, &lock, err);
	if (r >= 0)
		r = txn_query(t, &b, &rows, err);
	if (r < 0)
		return r;
	if (!rows.count) {
		err_set(err, ERR_NOT_FOUND, "there is no Git source \"%.*s\"", STR_ARG(w->source));
		return err_remedy(err, "aspora get sources lists them");
	}
	struct row c = row_of(&rows, 0);
	*ret_token = row_i64(&c);
	if (!row_bool(&c))
		return err_set(err, ERR_CONFLICT, "%s is the id of another wish", w->id);
	if (row_bool(&c)) {
		log_wish(t, w);
		if (w->expect.len)
			store_object_expect(t, "Source", STR_NULL, w->source, w->expect);
	}
	return store_txn_commit(t, NULL, err);
}

int store_wish_get(struct store *s, struct arena *a, struct str id, struct wish *ret,
		   struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_wish_get);
	bind_text(&b, id);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	struct row c;
	int r = wire_one(s, &b, &rows, &c, err, "there is no wish %.*s", STR_ARG(id));
	if (r < 0)
		return r;
	row_wish(&c, a, ret);
	return 0;
}

int store_wish_wait(struct store *s, struct arena *a, struct str id, int64_t timeout_ms,
		    struct wish *ret, struct err *err)
{
	int64_t deadline = clock_real.mono_ms(NULL) + timeout_ms;
	for (;;) {
		int r = store_wish_get(s, a, id, ret, err);
		if (r < 0 || ret->handled_ms)
			return r;
		int64_t left = deadline - clock_real.mono_ms(NULL);
		if (left <= 0)
			return err_set(err, ERR_TIMEOUT, "wish %.*s was not handled within %lld ms",
				       STR_ARG(id), (long long)timeout_ms);
		bool woken;
		r = store_wait(s, MIN(left, 1000), &woken, err);
		if (r < 0)
			return r;
	}
}

int store_wish_open(struct store *s, struct arena *a, const struct lease *lease, size_t limit,
		    struct wish **ret, size_t *ret_count, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_wish_open);
	bind_i64(&b, lease->epoch);
	bind_i64(&b, (int64_t)limit);
	return wire_list(s, &b, &(struct row_list){a, row_wish, sizeof(**ret), ret, ret_count},
			 err);
}

int store_wish_take(struct store_txn *t, struct str id, const struct lease *lease, bool again,
		    int *ret_attempts, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_wish_take);
	bind_text(&b, id);
	bind_textz(&b, lease->holder);
	bind_i64(&b, lease->epoch);
	bind_bool(&b, again);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int r = txn_query(t, &b, &rows, err);
	if (r < 0)
		return r;
	if (!rows.count)
		return err_set(err, ERR_CONFLICT, "the wish %.*s is not open any more",
			       STR_ARG(id));
	struct row c = row_of(&rows, 0);
	*ret_attempts = (int)row_i64(&c);
	return 0;
}

int store_wish_files(struct store *s, struct arena *a, struct str id, struct manifest *ret,
		     struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_wish_files);
	bind_text(&b, id);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int r = wire_query(s, &b, &rows, err);
	if (r < 0)
		return r;
	*ret = (struct manifest){arena_array(a, (size_t)rows.count + 1, sizeof(*ret->files)),
				 (size_t)rows.count, 0};
	for (int i = 0; i < rows.count; i++) {
		struct row c = row_of(&rows, i);
		struct manifest_file *f = &ret->files[i];
		f->path = row_copy(&c, a);
		f->mode = (uint32_t)row_i64(&c);
		f->size = (uint64_t)row_i64(&c);
		f->digest = row_digest(&c);
		ret->bytes += f->size;
	}
	return 0;
}

int store_wish_settle(struct store_txn *t, struct str id, struct str result_json,
		      struct str error_json, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_wish_settle);
	bind_text(&b, id);
	bind_text(&b, result_json);
	bind_text_or_null(&b, error_json);
	return txn_send(t, &b, err);
}

int store_wish_settle_sync(struct store_txn *t, struct str source, int64_t token,
			   struct str result_json, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_wish_settle_sync);
	bind_text(&b, source);
	bind_i64(&b, token);
	bind_text(&b, result_json);
	return txn_send(t, &b, err);
}

int store_wish_retire(struct store *s, int64_t older_ms, int64_t limit, int64_t *ret,
		      struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_wish_retire);
	bind_i64(&b, older_ms);
	bind_i64(&b, limit);
	return wire_number(s, &b, ret, err);
}
