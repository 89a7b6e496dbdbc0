/*
 * Blobs: bytes by their digest, each once. They are written ahead of what refers to them, in transactions of their own (an orphan is
 * collected a day later), so that a release of 10,000 skills is never held in memory.
 */
#ifndef STORE_BLOB_H
#define STORE_BLOB_H

#include "skill/manifest.h"
#include "store/store.h"
#include "store/txn.h"

/* Appends the bytes; errors: ERR_NOT_FOUND, ERR_TOO_LARGE by out's limit. */
NODISCARD int store_blob_read(struct store *s, const struct digest *d, struct buf *out,
			      struct err *err);
/* The store as a blob_reader; keeps s. */
struct blob_reader store_blob_reader(struct store *s);
/* All files of a manifest in one statement per 8 MiB: fn is called in the order of the files; an error of fn's ends it. ERR_NOT_FOUND names the file. */
NODISCARD int store_blob_each(struct store *s, const struct manifest *m,
			      int (*fn)(void *state, const struct manifest_file *f,
					struct str bytes, struct err *err),
			      void *state, struct err *err);
/* One blob, outside or (t given) inside a transaction, where it is pipelined. Known ones are only touched. *ret (may be NULL) is its digest. */
NODISCARD int store_blob_put(struct store *s, struct store_txn *t, struct str bytes,
			     struct digest *ret, struct err *err);

/*
 * The bulk way: blobs are gathered (1 MiB or 1,000 at a time), those that the store has are left out, and the rest is streamed by COPY while the next
 * are gathered: between the first store_blob_writer_add() and the next flush, settle or close the connection is the writer's alone.
 */
struct blob_writer;
NODISCARD int store_blob_writer_open(struct store *s, struct blob_writer **ret, struct err *err);
/* Copies. Blobs seen before by this writer cost a look-up in memory. */
NODISCARD int store_blob_writer_add(struct blob_writer *w, const struct digest *d, struct str bytes,
				    struct err *err);
NODISCARD int store_blob_writer_flush(struct blob_writer *w, struct err *err);
/*
 * For the end of what a transaction will refer to: flushes, unless what is gathered is so little that the transaction can carry it without a round trip
 * of its own. Then store_blob_writer_join() sends it in t's flight, or store_blob_writer_flush() alone when there will be no transaction.
 */
NODISCARD int store_blob_writer_settle(struct blob_writer *w, struct err *err);
NODISCARD int store_blob_writer_join(struct blob_writer *w, struct store_txn *t, struct err *err);
struct blob_writer_stats {
	uint64_t added, known, written, bytes;
};
void store_blob_writer_stats(const struct blob_writer *w, struct blob_writer_stats *ret);
void store_blob_writer_close(struct blob_writer *w); /* NULL is fine; does not flush */
void store_blob_writer_closep(struct blob_writer **w);

/* Deletes blobs that nothing refers to and nobody stored in older_ms, at most limit of them. Role: control. */
NODISCARD int store_blob_collect(struct store *s, int64_t older_ms, int64_t limit,
				 int64_t *ret_deleted, struct err *err);

#endif
