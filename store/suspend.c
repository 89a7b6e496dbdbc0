/* Suspended objects, and overlays over a domain's owner. */
#include <assert.h>

#include "base/json.h"
#include "store/hold.h"
#include "store/meta.h"
#include "store/txn_int.h"

static void log_text(struct store_txn *t, const char *kind, struct str domain, struct str name,
		     const char *key, struct str value)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(64 * 1024);
	struct json j;
	json_init(&j, &text);
	json_object(&j);
	json_str(&j, key, value);
	json_end(&j);
	store_txn_change(t, kind, domain, name, STORE_UPDATE, buf_str(&text));
}

/* Whom it concerns: a rollout is its skill's. */
static const char *kind_of(struct str kind)
{
	return str_eqz(kind, "Source") ? "Source" : str_eqz(kind, "Domain") ? "Domain" : "Skill";
}

static const char *word_of(struct str kind, const char *rollout, const char *other)
{
	return str_eqz(kind, "Rollout") ? rollout : other;
}

int store_suspend(struct store_txn *t, const struct suspension *s, struct err *err)
{
	(void)err;
	CLEANUP(bind_release) struct bind b = BIND(&sql_suspend);
	bind_text(&b, s->kind);
	bind_text(&b, s->domain);
	bind_text(&b, s->name);
	bind_text(&b, s->by.len ? s->by : str_of(store_txn_actor(t)));
	bind_text(&b, s->reason);
	bind_time(&b, s->expires_ms);
	txn_late(t, &b);
	store_object_touch(t, kind_of(s->kind), s->domain, s->name);
	log_text(t, kind_of(s->kind), s->domain, s->name, word_of(s->kind, "paused", "suspended"),
		 s->reason);
	return 0;
}

int store_resume(struct store_txn *t, struct str kind, struct str domain, struct str name,
		 struct err *err)
{
	(void)err;
	CLEANUP(bind_release) struct bind b = BIND(&sql_resume);
	bind_text(&b, kind);
	bind_text(&b, domain);
	bind_text(&b, name);
	bind_textz(&b, store_txn_actor(t));
	txn_late(t, &b);
	store_object_touch(t, kind_of(kind), domain, name);
	log_text(t, kind_of(kind), domain, name, word_of(kind, "unpaused", "resumed"), STR_NULL);
	return 0;
}

static void read_suspension(struct row *c, struct arena *a, void *ret)
{
	struct suspension *u = ret;
	u->kind = row_copy(c, a);
	u->domain = row_copy(c, a);
	u->name = row_copy(c, a);
	u->by = row_copy(c, a);
	u->reason = row_copy(c, a);
	u->expires_ms = row_time(c);
	u->since = row_i64(c);
}

static void read_suspensions(const struct rows *rows, struct arena *a, struct suspension **ret,
			     size_t *ret_count)
{
	rows_list(rows, &(struct row_list){a, read_suspension, sizeof(**ret), ret, ret_count});
}

int store_suspension_list(struct store *s, struct arena *a, struct suspension **ret,
			  size_t *ret_count, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_suspension_list);
	bind_bool(&b, false);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int r = wire_query(s, &b, &rows, err);
	if (r >= 0)
		read_suspensions(&rows, a, ret, ret_count);
	return r;
}

int store_suspension_expire(struct store_txn *t, int64_t *ret, struct err *err)
{
	CLEANUP(bind_release) struct bind look = BIND(&sql_suspension_list);
	bind_bool(&look, true);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int r = txn_query(t, &look, &rows, err);
	if (r < 0)
		return r;
	CLEANUP(arena_freep) struct arena *a = arena_new(BUF_MAX);
	struct suspension *list = NULL;
	size_t count = 0;
	read_suspensions(&rows, a, &list, &count);
	*ret = (int64_t)count;
	if (!count)
		return 0;
	CLEANUP(bind_release) struct bind b = BIND(&sql_suspension_expire);
	BIND_COLUMN(&b, count, bind_text, list[i].kind);
	BIND_COLUMN(&b, count, bind_text, list[i].domain);
	BIND_COLUMN(&b, count, bind_text, list[i].name);
	txn_late(t, &b);
	for (size_t i = 0; i < count; i++) {
		store_object_touch(t, kind_of(list[i].kind), list[i].domain, list[i].name);
		log_text(t, kind_of(list[i].kind), list[i].domain, list[i].name, "resumed",
			 STR("expired"));
	}
	return 0;
}

int store_overlay_put(struct store_txn *t, const struct overlay *o, struct err *err)
{
	(void)err;
	assert(o->expires_ms > 0);
	CLEANUP(bind_release) struct bind b = BIND(&sql_overlay_put);
	bind_text(&b, o->domain);
	bind_text(&b, o->source);
	bind_text(&b, o->inbox);
	bind_text(&b, o->by.len ? o->by : str_of(store_txn_actor(t)));
	bind_text(&b, o->reason);
	bind_time(&b, o->expires_ms);
	txn_late(t, &b);
	store_object_touch(t, "Domain", STR_NULL, o->domain);
	log_text(t, "Domain", o->domain, o->domain, "overlay", o->source);
	return 0;
}

int store_overlay_end(struct store_txn *t, struct str domain, const char *how, struct err *err)
{
	(void)err;
	CLEANUP(bind_release) struct bind b = BIND(&sql_overlay_end);
	bind_text(&b, domain);
	bind_textz(&b, how);
	txn_late(t, &b);
	store_object_touch(t, "Domain", STR_NULL, domain);
	log_text(t, "Domain", domain, domain, "overlayEnded", str_of(how));
	return 0;
}

int store_overlay_base(struct store *s, struct str domain, int64_t *ret, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_overlay_base);
	bind_text(&b, domain);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int r = wire_query(s, &b, &rows, err);
	if (r < 0)
		return r;
	*ret = 0;
	if (rows.count) {
		struct row c = row_of(&rows, 0);
		*ret = row_i64(&c);
	}
	return 0;
}

static void read_overlay(struct row *c, struct arena *a, void *ret)
{
	struct overlay *o = ret;
	o->id = row_i64(c);
	o->domain = row_copy(c, a);
	o->source = row_copy(c, a);
	o->inbox = row_copy(c, a);
	o->by = row_copy(c, a);
	o->reason = row_copy(c, a);
	o->expires_ms = row_time(c);
	o->since = row_i64(c);
}

void overlays_read(const struct rows *rows, struct arena *a, struct overlay **ret,
		   size_t *ret_count)
{
	rows_list(rows, &(struct row_list){a, read_overlay, sizeof(**ret), ret, ret_count});
}

int store_overlay_list(struct store *s, struct arena *a, struct overlay **ret, size_t *ret_count,
		       struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_overlay_list);
	return wire_list(s, &b, &(struct row_list){a, read_overlay, sizeof(**ret), ret, ret_count},
			 err);
}
