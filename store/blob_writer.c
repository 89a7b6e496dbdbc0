/* The bulk way of writing blobs: gathered, known ones left out, the rest by COPY. */
#include <assert.h>
#include <poll.h>

#include "base/map.h"
#include "base/mem.h"
#include "store/blob.h"
#include "store/txn_int.h"
#include "store/wire_int.h"

#define BATCH_BYTES ((size_t)4 * 1024 * 1024)
#define BATCH_COUNT 1000u
/* So few go in one statement, together with the question of which are known. */
#define FEW_COUNT 128u
#define FEW_BYTES ((size_t)256 * 1024)
/*
 * A blob alone is nothing: what refers to it is committed later, on this connection, and that commit's log record comes after the blob's. So the
 * disk need not be waited for here.
 */
#define SOON "select set_config('synchronous_commit', 'off', true)"
/* What COPY's binary form begins and ends with. */
static const char copy_head[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0";
static const char copy_tail[] = "\377\377";

struct item {
	struct digest digest;
	size_t offset, len; /* in bytes */
	bool known;
};

struct blob_writer {
	struct store *s;
	struct buf bytes;
	struct item items[BATCH_COUNT];
	size_t count;
	bool asked; /* empty_store is known */
	bool empty_store; /* nothing can be known yet: do not ask */
	struct arena *arena; /* of the digests seen */
	struct map seen;
	struct blob_writer_stats stats;
};

int store_blob_writer_open(struct store *s, struct blob_writer **ret, struct err *err)
{
	if (!s->pg)
		return err_set(err, ERR_UNAVAILABLE, "the connection to PostgreSQL is lost");
	struct blob_writer *w = mem_zalloc(sizeof(*w));
	w->s = s;
	w->arena = arena_new(BUF_MAX);
	buf_init(&w->bytes, BIND_LIMIT);
	*ret = w;
	return 0;
}

int store_blob_writer_add(struct blob_writer *w, const struct digest *d, struct str bytes,
			  struct err *err)
{
	w->stats.added++;
	struct str key = str_make((const char *)d->bytes, DIGEST_SIZE);
	if (map_find(&w->seen, key))
		return 0;
	key = arena_str(w->arena, key);
	map_set(&w->seen, key, w);
	w->items[w->count++] = (struct item){*d, w->bytes.len, bytes.len, false};
	buf_add_str(&w->bytes, bytes);
	int r = buf_check(&w->bytes, "a batch of files", err);
	if (r < 0)
		return r;
	return w->count == BATCH_COUNT || w->bytes.len >= BATCH_BYTES
		       ? store_blob_writer_flush(w, err)
		       : 0;
}

static int ask_empty(struct blob_writer *w, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_blob_any);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	if (w->asked)
		return 0;
	int r = wire_query(w->s, &b, &rows, err);
	if (r < 0)
		return r;
	struct row c = row_of(&rows, 0);
	w->empty_store = !row_bool(&c);
	w->asked = true;
	return 0;
}

static void mark_known(struct blob_writer *w, const struct rows *rows)
{
	CLEANUP(map_release) struct map known = MAP_INIT;
	for (int i = 0; i < rows->count; i++) {
		struct row c = row_of(rows, i);
		map_set(&known, row_text(&c), w);
	}
	for (size_t i = 0; i < w->count; i++) {
		struct str key = str_make((const char *)w->items[i].digest.bytes, DIGEST_SIZE);
		w->items[i].known = map_find(&known, key) != NULL;
	}
}

/* Marks what the store has. */
static int ask_known(struct blob_writer *w, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_blob_known);
	BIND_COLUMN(&b, w->count, bind_digest, &w->items[i].digest);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int r = wire_query(w->s, &b, &rows, err);
	if (r == 0)
		mark_known(w, &rows);
	return r;
}

static void copy_row(struct buf *out, const struct blob_writer *w, const struct item *it)
{
	buf_add(out, "\0\3", 2); /* columns */
	buf_add_u32(out, DIGEST_SIZE);
	buf_add(out, it->digest.bytes, DIGEST_SIZE);
	buf_add_u32(out, 8);
	buf_add_u64(out, it->len);
	buf_add_u32(out, (uint32_t)it->len);
	buf_add(out, w->bytes.data ? w->bytes.data + it->offset : "", it->len);
}

static int put_copy(struct store *s, struct str data, struct err *err)
{
	int64_t deadline = clock_real.mono_ms(NULL) + s->wait_ms;
	for (;;) {
		int n = PQputCopyData(s->pg, data.p, (int)data.len);
		if (n > 0)
			return 0;
		if (n < 0)
			return wire_lost(s, "COPY", err);
		int r = wire_poll(s, POLLOUT, deadline, err);
		if (r < 0)
			return wire_lost(s, "COPY", err);
	}
}

/* Waits for the next result of the COPY; NULL: no more. */
static int next_result(struct store *s, PGresult **ret, struct err *err)
{
	int64_t deadline = clock_real.mono_ms(NULL) + s->wait_ms;
	int unsent;
	while ((unsent = PQflush(s->pg)) >= 0) {
		if (!PQisBusy(s->pg)) {
			*ret = PQgetResult(s->pg);
			return 0;
		}
		if (wire_poll(s, unsent ? POLLIN | POLLOUT : POLLIN, deadline, err) < 0 ||
		    !PQconsumeInput(s->pg))
			break;
	}
	return wire_lost(s, "COPY", err);
}

/* All results up to the end; the first refusal is the outcome. */
static int finish_copy(struct store *s, struct err *err)
{
	int code = 0;
	for (;;) {
		PGresult *res = NULL;
		int r = next_result(s, &res, err);
		if (r < 0)
			return r;
		if (!res)
			return code;
		ExecStatusType status = PQresultStatus(res);
		if (status != PGRES_COMMAND_OK && status != PGRES_COPY_IN && !code)
			code = pg_error(res, "storing files", err);
		PQclear(res);
		if (PQstatus(s->pg) == CONNECTION_BAD)
			return wire_lost(s, "COPY", err);
	}
}

static int stream(struct blob_writer *w, struct err *err)
{
	struct store *s = w->s;
	PGresult *res = NULL;
	int r = next_result(s, &res, err);
	if (r < 0)
		return r;
	bool open = PQresultStatus(res) == PGRES_COPY_IN;
	bool first = PQresultStatus(res) == PGRES_TUPLES_OK; /* of SOON */
	PQclear(res);
	if (first) {
		r = next_result(s, &res, err);
		if (r < 0)
			return r;
		open = PQresultStatus(res) == PGRES_COPY_IN;
		if (!open)
			r = pg_error(res, "storing files", err);
		PQclear(res);
		if (r < 0) {
			int ended = finish_copy(s, err);
			return s->pg ? r : ended;
		}
	}
	if (!open)
		return finish_copy(s, err);
	CLEANUP(buf_release) struct buf out = BUF_INIT(BIND_LIMIT);
	buf_add(&out, copy_head, sizeof(copy_head) - 1);
	for (size_t i = 0; i < w->count; i++) {
		if (w->items[i].known)
			continue;
		copy_row(&out, w, &w->items[i]);
		if (out.len < 256 * 1024)
			continue;
		r = put_copy(s, buf_str(&out), err);
		if (r < 0)
			return r;
		buf_reset(&out);
	}
	buf_add(&out, copy_tail, 2);
	r = put_copy(s, buf_str(&out), err);
	if (r < 0)
		return r;
	while ((r = PQputCopyEnd(s->pg, NULL)) == 0) {
		if (wire_poll(s, POLLOUT, clock_real.mono_ms(NULL) + s->wait_ms, err) < 0)
			break;
	}
	return r == 1 ? finish_copy(s, err) : wire_lost(s, "COPY", err);
}

/* COPY is not to be had in pipeline mode: it is left for the while. */
static int copy_out(struct blob_writer *w, struct err *err)
{
	struct store *s = w->s;
	assert(!s->txn && s->head == s->count);
	if (!s->pg)
		return err_set(err, ERR_UNAVAILABLE, "the connection to PostgreSQL is lost");
	if (!PQexitPipelineMode(s->pg) ||
	    !PQsendQuery(s->pg,
			 SOON "; copy blob (digest, size, bytes) from stdin (format binary)"))
		return wire_lost(s, "COPY", err);
	int r = stream(w, err);
	s->stats.round_trips++;
	s->stats.statements++;
	if (s->pg && !PQenterPipelineMode(s->pg))
		return wire_lost(s, "COPY", err);
	return r;
}

static int by_digest(const void *pa, const void *pb)
{
	const struct item *a = pa, *b = pb;
	return memcmp(a->digest.bytes, b->digest.bytes, DIGEST_SIZE);
}

/* In the order of digests, so that two writers of the same files wait for each other and do not lock each other out. */
static void bind_all(struct bind *b, struct blob_writer *w)
{
	qsort(w->items, w->count, sizeof(*w->items), by_digest);

	BIND_COLUMN(b, w->count, bind_digest, &w->items[i].digest);
	BIND_COLUMN(b, w->count, bind_bytes,
		    w->bytes.data ? w->bytes.data + w->items[i].offset : "", w->items[i].len);
}

/* The slow but tolerant way, for when somebody stored one of them meanwhile. */
static int insert_out(struct blob_writer *w, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_blob_put);
	bind_all(&b, w);
	return wire_query(w->s, &b, NULL, err);
}

/* One round trip and one transaction: which are known, then all of them. */
static int put_few(struct blob_writer *w, struct err *err)
{
	struct store *s = w->s;
	CLEANUP(bind_release) struct bind known = BIND(&sql_blob_known);
	CLEANUP(bind_release) struct bind put = BIND(&sql_blob_put);
	BIND_COLUMN(&known, w->count, bind_digest, &w->items[i].digest);
	bind_all(&put, w);
	assert(!s->txn);
	int r = wire_plain(s, SOON, err);
	if (r == 0)
		r = wire_send(s, &known, true, err);
	if (r == 0)
		r = wire_send(s, &put, false, err);
	if (r == 0)
		r = wire_sync(s, err);
	if (r == 0)
		r = wire_collect(s, err);
	if (r == 0)
		mark_known(w, &s->last);
	return r;
}

static int put_many(struct blob_writer *w, struct err *err)
{
	bool all_known = true;
	int r = ask_empty(w, err);
	if (r == 0 && !w->empty_store)
		r = ask_known(w, err);
	for (size_t i = 0; i < w->count; i++)
		all_known = all_known && w->items[i].known;
	if (r < 0 || all_known)
		return r;
	r = copy_out(w, err);
	return r == ERR_CONFLICT ? insert_out(w, err) : r;
}

static bool is_few(const struct blob_writer *w)
{
	return w->count <= FEW_COUNT && w->bytes.len <= FEW_BYTES;
}

static void forget_gathered(struct blob_writer *w)
{
	for (size_t i = 0; i < w->count; i++) {
		w->stats.known += w->items[i].known;
		w->stats.written += !w->items[i].known;
		w->stats.bytes += w->items[i].known ? 0 : w->items[i].len;
	}
	w->count = 0;
	buf_reset(&w->bytes);
}

int store_blob_writer_flush(struct blob_writer *w, struct err *err)
{
	if (!w->count)
		return 0;
	int r = is_few(w) ? put_few(w, err) : put_many(w, err);
	if (r == 0)
		forget_gathered(w);
	return r;
}

int store_blob_writer_settle(struct blob_writer *w, struct err *err)
{
	return is_few(w) ? 0 : store_blob_writer_flush(w, err);
}

int store_blob_writer_join(struct blob_writer *w, struct store_txn *t, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_blob_put);
	if (!w->count)
		return 0;
	assert(is_few(w));
	bind_all(&b, w);
	int r = txn_send(t, &b, err);
	if (r == 0)
		forget_gathered(w);
	return r;
}

void store_blob_writer_stats(const struct blob_writer *w, struct blob_writer_stats *ret)
{
	*ret = w->stats;
}

void store_blob_writer_close(struct blob_writer *w)
{
	if (!w)
		return;
	buf_release(&w->bytes);
	map_release(&w->seen);
	arena_free(w->arena);
	free(w);
}

void store_blob_writer_closep(struct blob_writer **w)
{
	store_blob_writer_close(*w);
}
