/* Instances: what a host has of the versions that should be ready on it. */
#include <assert.h>

#include "store/rollout_int.h"

const char *const instance_state_names[] = {"starting", "ready", "draining", "ended",
					    "failed",	"lost",	 NULL};

const char *instance_state_name(enum instance_state s)
{
	return instance_state_names[s];
}

static void read_instance(struct row *c, struct arena *a, void *ret)
{
	struct instance *i = ret;
	row_name(c, i->id, sizeof(i->id));
	i->key = row_key(c, a);
	i->replica = (int)row_i64(c);
	i->attempt = (int)row_i64(c);
	i->state = (enum instance_state)row_choice(c, instance_state_names);
	i->host = row_copy(c, a);
	i->boot_id = row_copy(c, a);
	i->driver = row_copy(c, a);
	i->isolation = row_copy(c, a);
	i->identity = row_copy(c, a);
	i->pid = row_i64(c);
	i->start_ticks = row_i64(c);
	i->cause = row_copy(c, a);
	i->reason = row_copy(c, a);
	i->message = row_copy(c, a);
	i->epoch = row_i64(c);
	i->rev = row_i64(c);
	i->created_ms = row_time(c);
	i->ready_ms = row_time(c);
	i->ended_ms = row_time(c);
}

static void read_required_todo(struct row *c, struct arena *a, void *ret)
{
	struct required *q = ret;
	q->key = row_key(c, a);
	q->context = row_digest(c);
	q->slot = (enum rollout_slot)row_choice(c, rollout_slot_names);
	q->state = (enum rollout_state)row_choice(c, rollout_state_names);
	q->attempt = (int)row_i64(c);
	if (row_null(c))
		return;
	q->instance = arena_alloc(a, sizeof(*q->instance));
	read_instance(c, a, q->instance);
}

int store_required_todo(struct store *s, struct arena *a, struct str host, struct required **ret,
			size_t *ret_count, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_required_todo);
	bind_text(&b, host);
	return wire_list(s, &b,
			 &(struct row_list){a, read_required_todo, sizeof(**ret), ret, ret_count},
			 err);
}

int store_instance_live(struct store *s, struct arena *a, struct str host, struct instance **ret,
			size_t *ret_count, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_instance_live);
	bind_text(&b, host);
	return wire_list(s, &b, &(struct row_list){a, read_instance, sizeof(**ret), ret, ret_count},
			 err);
}

int store_instance_find(struct store *s, struct arena *a, struct str id, struct instance **ret,
			struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_instance_find);
	bind_text(&b, id);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	struct row c;
	int r = wire_find(s, &b, &rows, &c, err);
	if (r < 0)
		return r;
	*ret = NULL;
	if (r) {
		*ret = arena_alloc(a, sizeof(**ret));
		read_instance(&c, a, *ret);
	}
	return 0;
}

static void log_instances(struct store_txn *t, const struct instance *list, size_t count,
			  enum store_op op)
{
	for (size_t i = 0; i < count; i++) {
		CLEANUP(buf_release) struct buf text = BUF_INIT(16384);
		struct json j;
		json_init(&j, &text);
		json_object(&j);
		json_str(&j, "skill", list[i].key.skill);
		json_strz(&j, "state", instance_state_name(list[i].state));
		if (list[i].reason.len)
			json_str(&j, "reason", list[i].reason);
		json_end(&j);
		store_txn_change(t, "Instance", list[i].key.domain, str_of(list[i].id), op,
				 buf_str(&text));
	}
}

int store_instance_intend(struct store_txn *t, const struct instance *list, size_t count,
			  struct err *err)
{
	(void)err;
	assert(txn_lease(t));
	if (!count)
		return 0;
	CLEANUP(bind_release) struct bind b = BIND(&sql_instance_intend);
	bind_i64(&b, txn_lease(t)->epoch);
	BIND_COLUMN(&b, count, bind_textz, list[i].id);
	BIND_COLUMN(&b, count, bind_text, list[i].key.domain);
	BIND_COLUMN(&b, count, bind_text, list[i].key.skill);
	BIND_COLUMN(&b, count, bind_digest, &list[i].key.content);
	BIND_COLUMN(&b, count, bind_digest, &list[i].key.runtime);
	BIND_COLUMN(&b, count, bind_i32, list[i].replica);
	BIND_COLUMN(&b, count, bind_i32, MAX(list[i].attempt, 1));
	BIND_COLUMN(&b, count, bind_text, list[i].host);
	BIND_COLUMN(&b, count, bind_text, list[i].boot_id);
	BIND_COLUMN(&b, count, bind_text, list[i].driver);
	BIND_COLUMN(&b, count, bind_text, list[i].isolation);
	BIND_COLUMN(&b, count, bind_text, list[i].identity);
	txn_late(t, &b);
	log_instances(t, list, count, STORE_CREATE);
	return 0;
}

int store_instance_set(struct store_txn *t, const struct instance *list, size_t count,
		       struct err *err)
{
	(void)err;
	assert(txn_lease(t));
	if (!count)
		return 0;
	CLEANUP(bind_release) struct bind b = BIND(&sql_instance_set);
	bind_i64(&b, txn_lease(t)->epoch);
	BIND_COLUMN(&b, count, bind_textz, list[i].id);
	BIND_COLUMN(&b, count, bind_textz, instance_state_name(list[i].state));
	BIND_COLUMN(&b, count, bind_text, list[i].driver);
	BIND_COLUMN(&b, count, bind_text, list[i].isolation);
	BIND_COLUMN(&b, count, bind_text, list[i].identity);
	BIND_COLUMN(&b, count, bind_i64_or_null, list[i].pid);
	BIND_COLUMN(&b, count, bind_i64_or_null, list[i].start_ticks);
	BIND_COLUMN(&b, count, bind_text, list[i].cause);
	BIND_COLUMN(&b, count, bind_text, list[i].reason);
	BIND_COLUMN(&b, count, bind_text, list[i].message);
	txn_late(t, &b);
	log_instances(t, list, count, STORE_UPDATE);
	return 0;
}
