/*
 * A batch of blobs on its way by COPY, and the writer that gathers the next one meanwhile.
 */
#ifndef STORE_BLOB_INT_H
#define STORE_BLOB_INT_H

#include "store/blob.h"
#include "store/wire_int.h"

#define BATCH_BYTES ((size_t)1024 * 1024)
#define BATCH_COUNT 1000u

/*
 * A blob alone is nothing: what refers to it is committed later, on this connection, and that commit's log record comes after the blob's. So the
 * disk need not be waited for here.
 */
#define SOON "select set_config('synchronous_commit', 'off', true)"

struct blob_item {
	struct digest digest;
	size_t offset, len; /* in bytes */
	bool known;
};

struct blob_batch {
	struct buf bytes;
	struct blob_item items[BATCH_COUNT];
	size_t count;
};

/* One COPY. While it is active nothing else may be asked of the connection, which is out of pipeline mode. */
struct blob_copy {
	struct store *s;
	const struct blob_batch *batch; /* borrowed until it is over */
	size_t next; /* item to be sent */
	bool active;
	bool ended; /* all is sent, its end too */
};

/* Begins to send the items of the batch that are not known. */
NODISCARD int blob_copy_start(struct blob_copy *c, struct store *s, const struct blob_batch *batch,
			      struct err *err);
/* Sends what the server takes without waiting for it. Nothing to do when none is active. */
NODISCARD int blob_copy_pump(struct blob_copy *c, struct err *err);
/* Sends the rest and waits for the outcome. Errors: ERR_CONFLICT when somebody stored one of them meanwhile. */
NODISCARD int blob_copy_finish(struct blob_copy *c, struct err *err);

#endif
