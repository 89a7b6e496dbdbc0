/* The bulk way of writing blobs: gathered, known ones left out, the rest by COPY. */
#include <assert.h>

#include "base/map.h"
#include "base/mem.h"
#include "store/blob_int.h"
#include "store/txn_int.h"

/* So few go in one statement, together with the question of which are known. */
#define FEW_COUNT 128u
#define FEW_BYTES ((size_t)256 * 1024)
/* So often the server is given what it can take of the batch before. */
#define PUMP_BYTES ((size_t)16 * 1024)

struct blob_writer {
	struct store *s;
	struct blob_batch batches[2];
	struct blob_batch *now; /* gathered; the other one is on its way */
	struct blob_copy copy;
	size_t since_pump;
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
	for (size_t i = 0; i < ARRAY_SIZE(w->batches); i++)
		buf_init(&w->batches[i].bytes, BIND_LIMIT);
	w->now = &w->batches[0];
	*ret = w;
	return 0;
}

static bool is_few(const struct blob_writer *w)
{
	return w->now->count <= FEW_COUNT && w->now->bytes.len <= FEW_BYTES;
}

static void batch_done(struct blob_writer *w, struct blob_batch *b)
{
	for (size_t i = 0; i < b->count; i++) {
		w->stats.known += b->items[i].known;
		w->stats.written += !b->items[i].known;
		w->stats.bytes += b->items[i].known ? 0 : b->items[i].len;
	}
	b->count = 0;
	buf_reset(&b->bytes);
}

/* --- which are known ---------------------------------------------------------------------------------------- */

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

static void mark_known(struct blob_batch *b, const struct rows *rows)
{
	CLEANUP(map_release) struct map known = MAP_INIT;
	for (int i = 0; i < rows->count; i++) {
		struct row c = row_of(rows, i);
		map_set(&known, row_text(&c), b);
	}
	for (size_t i = 0; i < b->count; i++) {
		struct str key = str_make((const char *)b->items[i].digest.bytes, DIGEST_SIZE);
		b->items[i].known = map_find(&known, key) != NULL;
	}
}

static void bind_digests(struct bind *out, const struct blob_batch *b)
{
	BIND_COLUMN(out, b->count, bind_digest, &b->items[i].digest);
}

/* Marks what the store has. */
static int ask_known(struct blob_writer *w, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_blob_known);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	bind_digests(&b, w->now);
	int r = wire_query(w->s, &b, &rows, err);
	if (r == 0)
		mark_known(w->now, &rows);
	return r;
}

/* --- few, in a statement --------------------------------------------------------------------------------------- */

static int by_digest(const void *pa, const void *pb)
{
	const struct blob_item *a = pa, *b = pb;
	return memcmp(a->digest.bytes, b->digest.bytes, DIGEST_SIZE);
}

/* In the order of digests, so that two writers of the same files wait for each other and do not lock each other out. */
static void bind_all(struct bind *out, struct blob_batch *b)
{
	qsort(b->items, b->count, sizeof(*b->items), by_digest);
	bind_digests(out, b);
	BIND_COLUMN(out, b->count, bind_bytes,
		    b->bytes.data ? b->bytes.data + b->items[i].offset : "", b->items[i].len);
}

/* One round trip and one transaction: which are known, then all of them. */
static int put_few(struct blob_writer *w, struct err *err)
{
	struct store *s = w->s;
	CLEANUP(bind_release) struct bind known = BIND(&sql_blob_known);
	CLEANUP(bind_release) struct bind put = BIND(&sql_blob_put);
	assert(!s->txn);
	bind_digests(&known, w->now);
	bind_all(&put, w->now);
	int r = wire_plain(s, SOON, err);
	if (r == 0)
		r = wire_send(s, &known, true, err);
	if (r == 0)
		r = wire_send(s, &put, false, err);
	if (r == 0)
		r = wire_sync(s, err);
	if (r == 0)
		r = wire_collect(s, err);
	if (r < 0)
		return r;
	mark_known(w->now, &s->last);
	batch_done(w, w->now);
	return 0;
}

/* --- many, by COPY ------------------------------------------------------------------------------------------------ */

/* The batch that is on its way arrives. */
static int await_copy(struct blob_writer *w, struct err *err)
{
	struct blob_batch *sent = w->now == &w->batches[0] ? &w->batches[1] : &w->batches[0];
	struct err why = ERR_INIT;
	if (!w->copy.active)
		return 0;
	int r = blob_copy_finish(&w->copy, &why);
	if (r == ERR_CONFLICT) {
		/* The slow but tolerant way: somebody stored one of them meanwhile. */
		CLEANUP(bind_release) struct bind b = BIND(&sql_blob_put);
		bind_all(&b, sent);
		r = wire_query(w->s, &b, NULL, &why);
	}
	if (r < 0) {
		if (err)
			*err = why;
		return r;
	}
	batch_done(w, sent);
	return 0;
}

/* The batch sets out, and another is begun. */
static int send_batch(struct blob_writer *w, struct err *err)
{
	bool all_known = true;
	int r = await_copy(w, err);
	if (r == 0)
		r = ask_empty(w, err);
	if (r == 0 && !w->empty_store)
		r = ask_known(w, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < w->now->count; i++)
		all_known = all_known && w->now->items[i].known;
	if (all_known) {
		batch_done(w, w->now);
		return 0;
	}
	if ((r = blob_copy_start(&w->copy, w->s, w->now, err)) < 0)
		return r;
	w->now = w->now == &w->batches[0] ? &w->batches[1] : &w->batches[0];
	return blob_copy_pump(&w->copy, err);
}

int store_blob_writer_add(struct blob_writer *w, const struct digest *d, struct str bytes,
			  struct err *err)
{
	struct blob_batch *b = w->now;
	w->stats.added++;
	struct str key = str_make((const char *)d->bytes, DIGEST_SIZE);
	if (map_find(&w->seen, key))
		return 0;
	key = arena_str(w->arena, key);
	map_set(&w->seen, key, w);
	b->items[b->count++] = (struct blob_item){*d, b->bytes.len, bytes.len, false};
	buf_add_str(&b->bytes, bytes);
	int r = buf_check(&b->bytes, "a batch of files", err);
	if (r < 0)
		return r;
	if (b->count == BATCH_COUNT || b->bytes.len >= BATCH_BYTES)
		return send_batch(w, err);
	w->since_pump += bytes.len;
	if (w->since_pump < PUMP_BYTES)
		return 0;
	w->since_pump = 0;
	return blob_copy_pump(&w->copy, err);
}

int store_blob_writer_flush(struct blob_writer *w, struct err *err)
{
	int r = await_copy(w, err);
	if (r < 0 || !w->now->count)
		return r;
	if (is_few(w))
		return put_few(w, err);
	r = send_batch(w, err);
	return r < 0 ? r : await_copy(w, err);
}

int store_blob_writer_settle(struct blob_writer *w, struct err *err)
{
	return is_few(w) ? await_copy(w, err) : store_blob_writer_flush(w, err);
}

int store_blob_writer_join(struct blob_writer *w, struct store_txn *t, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_blob_put);
	assert(!w->copy.active && is_few(w));
	if (!w->now->count)
		return 0;
	bind_all(&b, w->now);
	int r = txn_send(t, &b, err);
	if (r == 0)
		batch_done(w, w->now);
	return r;
}

void store_blob_writer_stats(const struct blob_writer *w, struct blob_writer_stats *ret)
{
	*ret = w->stats;
}

void store_blob_writer_close(struct blob_writer *w)
{
	struct err ignored = ERR_INIT;
	if (!w)
		return;
	/* Nobody else could use the connection before. */
	(void)!await_copy(w, &ignored);
	for (size_t i = 0; i < ARRAY_SIZE(w->batches); i++)
		buf_release(&w->batches[i].bytes);
	map_release(&w->seen);
	arena_free(w->arena);
	free(w);
}

void store_blob_writer_closep(struct blob_writer **w)
{
	store_blob_writer_close(*w);
}
