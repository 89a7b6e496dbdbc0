/*
 * The inbox: wishes that the gateway records and sync carries out. The result is written on the same row, so that whoever asked waits for exactly its own.
 */
#ifndef STORE_INBOX_H
#define STORE_INBOX_H

#include "base/arena.h"
#include "skill/manifest.h"
#include "store/store.h"
#include "store/txn.h"

struct wish {
	char id[64]; /* id_make("WISH", …) */
	struct str
		kind; /* "apply", "rollback", "sync", "adopt", "quarantine", "clear", "suspend", "resume", "overlay-end" */
	struct str state; /* "pending", "taken", "done", "failed" */
	struct str domain; /* the one it is about; empty: see body */
	struct str source; /* apply set, or the source of a sync wish */
	struct str requested_by;
	bool dry_run;
	struct str expect; /* sync: only while the source has this resourceVersion; empty: any */
	int64_t request_token; /* sync: done when the source has handled this */
	/* apply: {"prune":bool,"override":bool,"ttl_ms":n,"reason":"…"}; rollback: {"skill":"…","to":"release 12"|"i3.47","reason":"…"}; … */
	struct str body_json;
	struct str result_json, error_json; /* once done, or failed (a problem document) */
	int64_t requested_ms, handled_ms;
};

struct upload_file {
	struct str path;
	uint32_t mode; /* TREE_MODE_FILE or TREE_MODE_EXEC */
	struct str bytes;
};

/* Gateway. Files (apply only) are stored as blobs in the same transaction. Repeating the same id with the same request is fine (lost reply), with another one ERR_CONFLICT. */
NODISCARD int store_wish_put(struct store *s, const struct wish *w, const struct upload_file *files,
			     size_t file_count, struct err *err);
/*
 * Gateway. A sync wish together with the source's request that it waits for (w: id, source, requested_by); *ret_token as of store_source_request().
 * ERR_NOT_FOUND when no declared Git source has that name, ERR_CONFLICT when it is not as w expects; repeated as store_wish_put(), whatever has come of
 * the source since.
 */
NODISCARD int store_wish_sync(struct store *s, const struct wish *w, int64_t *ret_token,
			      struct err *err);
/* ERR_NOT_FOUND. */
NODISCARD int store_wish_get(struct store *s, struct arena *a, struct str id, struct wish *ret,
			     struct err *err);
/* Waits for it to be done or failed (wakes on NOTIFY, looks every second). ERR_TIMEOUT. The connection must listen. */
NODISCARD int store_wish_wait(struct store *s, struct arena *a, struct str id, int64_t timeout_ms,
			      struct wish *ret, struct err *err);

/* Sync: what is open, oldest first. One that was taken and not settled is still open, whoever of us took it. */
NODISCARD int store_wish_open(struct store *s, struct arena *a, const struct lease *lease,
			      size_t limit, struct wish **ret, size_t *ret_count, struct err *err);
/*
 * Before it is carried out, in a transaction of its own: who carries out what ends him each time must not find it again for ever. again: this very process
 * took it before and lived, which is no attempt more. Errors: ERR_CONFLICT (settled, or taken by a younger lease). */
NODISCARD int store_wish_take(struct store_txn *t, struct str id, const struct lease *lease,
			      bool again, int *ret_attempts, struct err *err);
/* The files of an upload as a manifest (blobs in the store); in a. */
NODISCARD int store_wish_files(struct store *s, struct arena *a, struct str id,
			       struct manifest *ret, struct err *err);
/* In the transaction that carries it out (or one of its own). error_json empty: done; else failed, with the result kept beside it when there is one. */
NODISCARD int store_wish_settle(struct store_txn *t, struct str id, struct str result_json,
				struct str error_json, struct err *err);
/* Settles every open sync wish of the source up to token. */
NODISCARD int store_wish_settle_sync(struct store_txn *t, struct str source, int64_t token,
				     struct str result_json, struct err *err);
/* Deletes handled ones (and deliveries) older than that, but not uploads that an overlay or a deployed apply set still needs. Role: control. */
NODISCARD int store_wish_retire(struct store *s, int64_t older_ms, int64_t limit, int64_t *ret,
				struct err *err);

/* A webhook: remembers the delivery and raises the source's request token. *ret_new false: it was seen before, nothing happens. ERR_NOT_FOUND: no such source. */
NODISCARD int store_delivery_put(struct store *s, struct str source, struct str delivery_id,
				 struct str body, bool *ret_new, int64_t *ret_token,
				 struct err *err);

/* A result that a CI bot posts for one content digest; replaces an earlier one of that name. */
struct posted_check {
	struct str domain, skill;
	struct digest content;
	struct str name, summary, url, by;
	struct str tool, version;
	bool passed; /* all that ran */
	int64_t passed_count, failed_count, skipped_count, cost_microusd;
	int64_t at_ms;
};
NODISCARD int store_check_post(struct store *s, const struct posted_check *c, struct err *err);
/* Those of one content, or (content NULL) of all contents of the domain; domain or skill STR_NULL: of all. */
NODISCARD int store_check_list(struct store *s, struct arena *a, struct str domain,
			       struct str skill, const struct digest *content,
			       struct posted_check **ret, size_t *ret_count, struct err *err);
/* Another text after every posting; ret is cut at its size. Role: sync. */
NODISCARD int store_check_state(struct store *s, char ret[64], struct err *err);

#endif
