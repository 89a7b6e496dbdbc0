#include "store/rollout.h"

#include <assert.h>

#include "store/rollout_int.h"

const char *const rollout_slot_names[] = {"", "stable", "candidate", "draining", NULL};
const char *const rollout_state_names[] = {"pending",  "starting", "shadow", "canary", "stable",
					   "draining", "failed",   "ended",  NULL};

const char *rollout_slot_name(enum rollout_slot s)
{
	return rollout_slot_names[s];
}

const char *rollout_state_name(enum rollout_state s)
{
	return rollout_state_names[s];
}

struct rollout_key row_key(struct row *c, struct arena *a)
{
	struct rollout_key k;
	k.domain = row_copy(c, a);
	k.skill = row_copy(c, a);
	k.content = row_digest(c);
	k.runtime = row_digest(c);
	return k;
}

void bind_keys(struct bind *b, const struct rollout_key *keys, size_t count)
{
	BIND_COLUMN(b, count, bind_text, keys[i].domain);
	BIND_COLUMN(b, count, bind_text, keys[i].skill);
	BIND_COLUMN(b, count, bind_digest, &keys[i].content);
	BIND_COLUMN(b, count, bind_digest, &keys[i].runtime);
}

static void read_item(struct row *c, struct arena *a, void *into)
{
	struct rollout_item *it = into;
	it->key = row_key(c, a);
	it->context = row_digest(c);
	it->slot = (enum rollout_slot)row_choice(c, rollout_slot_names);
	it->state = (enum rollout_state)row_choice(c, rollout_state_names);
	it->desired = row_bool(c);
	it->quarantined = row_bool(c);
	it->generation = row_i64(c);
	it->attempt = (int)row_i64(c);
	it->entered_ms = row_time(c);
	it->hold_until_ms = row_time(c);
	it->now_ms = row_time(c);
	it->ready = (int)row_i64(c);
	it->starting = (int)row_i64(c);
	it->failed = (int)row_i64(c);
	it->failure_cause = row_copy(c, a);
	it->failure_message = row_copy(c, a);
	it->active = row_i64(c);
	it->reason = row_copy(c, a);
	it->paused = row_bool(c);
}

static int list_items(struct store *s, struct arena *a, const struct bind *b,
		      struct rollout_item **ret, size_t *ret_count, struct err *err)
{
	return wire_list(s, b, &(struct row_list){a, read_item, sizeof(**ret), ret, ret_count},
			 err);
}

int store_rollout_todo(struct store *s, struct arena *a, struct rollout_item **ret,
		       size_t *ret_count, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_rollout_todo);
	return list_items(s, a, &b, ret, ret_count, err);
}

int store_rollout_list(struct store *s, struct arena *a, struct str domain, struct str skill,
		       struct rollout_item **ret, size_t *ret_count, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_rollout_list);
	bind_text_or_null(&b, domain);
	bind_text_or_null(&b, skill);
	return list_items(s, a, &b, ret, ret_count, err);
}

/* A skill's rollout moved: watchers of the skill see it. */
static void log_keys(struct store_txn *t, const struct rollout_key *keys, size_t count,
		     const char *what)
{
	for (size_t i = 0; i < count; i++) {
		char text[200], hex[DIGEST_HEX + 1];
		snprintf(text, sizeof(text), "{\"rollout\":\"%s\",\"content\":\"%s\"}", what,
			 digest_hex(&keys[i].content, hex));
		store_txn_change(t, "Skill", keys[i].domain, keys[i].skill, STORE_UPDATE,
				 str_of(text));
	}
}

int store_rollout_begin(struct store_txn *t, const struct rollout_key *keys, size_t count,
			struct err *err)
{
	(void)err;
	if (!count)
		return 0;
	CLEANUP(bind_release) struct bind b = BIND(&sql_rollout_begin);
	bind_keys(&b, keys, count);
	txn_late(t, &b);
	log_keys(t, keys, count, "pending");
	return 0;
}

int store_rollout_move(struct store_txn *t, const struct rollout_move *m, size_t count,
		       struct err *err)
{
	(void)err;
	if (!count)
		return 0;
	CLEANUP(bind_release) struct bind b = BIND(&sql_rollout_move);
	BIND_COLUMN(&b, count, bind_text, m[i].key.domain);
	BIND_COLUMN(&b, count, bind_text, m[i].key.skill);
	BIND_COLUMN(&b, count, bind_digest, &m[i].key.content);
	BIND_COLUMN(&b, count, bind_digest, &m[i].key.runtime);
	BIND_COLUMN(&b, count, bind_textz, rollout_state_name(m[i].to));
	BIND_COLUMN(&b, count, bind_i64, m[i].hold_ms);
	BIND_COLUMN(&b, count, bind_i32, m[i].attempt);
	BIND_COLUMN(&b, count, bind_text, m[i].reason);
	BIND_COLUMN(&b, count, bind_text, m[i].message);
	txn_late(t, &b);
	for (size_t i = 0; i < count; i++) {
		assert(m[i].to != ROLLOUT_STABLE && m[i].to != ROLLOUT_ENDED);
		log_keys(t, &m[i].key, 1, rollout_state_name(m[i].to));
	}
	return 0;
}

static void late_keys(struct store_txn *t, const struct stmt *stmt, const struct rollout_key *keys,
		      size_t count)
{
	CLEANUP(bind_release) struct bind b = BIND(stmt);
	bind_keys(&b, keys, count);
	txn_late(t, &b);
}

static void late_keys_hold(struct store_txn *t, const struct stmt *stmt,
			   const struct rollout_key *keys, size_t count, int64_t hold_ms)
{
	CLEANUP(bind_release) struct bind b = BIND(stmt);
	bind_keys(&b, keys, count);
	bind_i64(&b, hold_ms);
	txn_late(t, &b);
}

/* Each key's version alone, at weight 1. */
static void late_whole(struct store_txn *t, const struct rollout_key *keys, size_t count)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_route_versions_set);
	bind_keys(&b, keys, count);
	BIND_COLUMN(&b, count, bind_i32, 1000000);
	BIND_COLUMN(&b, count, bind_textz, "live");
	txn_late(t, &b);
}

int store_rollout_promote(struct store_txn *t, const struct rollout_key *keys, size_t count,
			  int64_t drain_ms, struct err *err)
{
	(void)err;
	if (!count)
		return 0;
	late_keys_hold(t, &sql_rollout_drain, keys, count, drain_ms);
	late_keys(t, &sql_rollout_stable, keys, count);
	late_keys(t, &sql_route_promote, keys, count);
	late_whole(t, keys, count);
	log_keys(t, keys, count, "stable");
	return 0;
}

int store_rollout_withdraw(struct store_txn *t, const struct rollout_key *keys, size_t count,
			   int64_t drain_ms, struct err *err)
{
	(void)err;
	if (!count)
		return 0;
	late_keys_hold(t, &sql_rollout_withdraw, keys, count, drain_ms);
	CLEANUP(bind_release) struct bind b = BIND(&sql_route_withdraw);
	BIND_COLUMN(&b, count, bind_text, keys[i].domain);
	BIND_COLUMN(&b, count, bind_text, keys[i].skill);
	txn_late(t, &b);
	log_keys(t, keys, count, "draining");
	return 0;
}

int store_rollout_end(struct store_txn *t, const struct rollout_key *keys, size_t count,
		      struct err *err)
{
	(void)err;
	if (!count)
		return 0;
	late_keys(t, &sql_rollout_end, keys, count);
	log_keys(t, keys, count, "ended");
	return 0;
}
