/*
 * API keys: "aspora_" + 8 base62 digits (public, in lists and logs) + 28 base62 digits (166 bits, secret) + 6 digits of CRC32, so that leaks can be
 * scanned for and typing errors are refused without asking the database. The store holds only a digest of it.
 */
#ifndef STORE_KEY_H
#define STORE_KEY_H

#include "base/arena.h"
#include "store/store.h"
#include "store/txn.h"

#define KEY_PREFIX "aspora_"
#define KEY_TEXT 49 /* characters of a key */
#define KEY_ID 15 /* of its public part, prefix included */
#define KEY_DAYS_DEFAULT 90
#define KEY_DAYS_MAX 365

struct key {
	struct str id; /* "aspora_1a2b3c4d" */
	struct str name, role; /* role: "viewer", "operator", "approver", "ci-bot", "admin" */
	struct str domains; /* "*" or names separated by commas */
	struct str created_by;
	int64_t created_ms, expires_ms, revoked_ms, last_used_ms; /* 0: not */
};

struct key_new {
	struct str name, role, domains; /* domains empty: "*" */
	int64_t days; /* 0: KEY_DAYS_DEFAULT */
};

/* Makes one; the key goes into *ret_key and is not to be had again. Errors: ERR_INVALID (name, role, days), ERR_CONFLICT (name in use; from commit). */
NODISCARD int store_key_create(struct store_txn *t, const struct key_new *k, struct secret *ret_key,
			       char ret_id[KEY_ID + 1], struct err *err);
/* Form and checksum alone, without the database. */
bool store_key_looks_right(struct str key);
/* One SELECT by hash; ERR_UNAUTHENTICATED for an unknown, revoked or expired one (the same words for all). */
NODISCARD int store_key_check(struct store *s, struct arena *a, struct str key, struct key *ret,
			      struct err *err);
/* Notes that keys were used; the caller gathers and calls it now and then. ids are KEY_ID long texts. */
NODISCARD int store_key_used(struct store *s, const struct str *ids, size_t count, struct err *err);
/* By name or id. ERR_NOT_FOUND (from commit). */
NODISCARD int store_key_revoke(struct store_txn *t, struct str name_or_id, struct err *err);
NODISCARD int store_key_list(struct store *s, struct arena *a, struct key **ret, size_t *ret_count,
			     struct err *err);
/* Deletes keys that expired or were revoked that long ago. Role: control. */
NODISCARD int store_key_retire(struct store *s, int64_t older_ms, int64_t *ret, struct err *err);

#endif
