#include "store/event.h"

#include "store/txn_int.h"

int store_event_put(struct store *s, struct store_txn *t, const struct event *e, size_t count,
		    struct err *err)
{
	if (!count)
		return 0;
	CLEANUP(bind_release) struct bind b = BIND(&sql_event_put);
	BIND_COLUMN(&b, count, bind_textz, e[i].kind);
	BIND_COLUMN(&b, count, bind_text, e[i].domain);
	BIND_COLUMN(&b, count, bind_text, e[i].name);
	BIND_COLUMN(&b, count, bind_textz, e[i].warning ? "Warning" : "Normal");
	BIND_COLUMN(&b, count, bind_textz, e[i].reason);
	BIND_COLUMN(&b, count, bind_text, e[i].message);
	BIND_COLUMN(&b, count, bind_text, e[i].revision);
	bind_textz(&b, store_role_name(store_role_of(s)));
	return t ? txn_send(t, &b, err) : wire_query(s, &b, NULL, err);
}

static void read_event(struct row *c, struct arena *a, void *ret)
{
	struct event *e = ret;
	e->id = row_i64(c);
	e->kind = row_copy(c, a).p;
	e->domain = row_copy(c, a);
	e->name = row_copy(c, a);
	e->warning = row_bool(c);
	e->reason = row_copy(c, a).p;
	e->message = row_copy(c, a);
	e->revision = row_copy(c, a);
	e->count = row_i64(c);
	e->first_ms = row_time(c);
	e->last_ms = row_time(c);
	e->reporter = row_copy(c, a);
}

int store_event_list(struct store *s, struct arena *a, const struct event_filter *f,
		     struct event **ret, size_t *ret_count, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_event_list);
	bind_text_or_null(&b, str_of(f->kind));
	bind_text_or_null(&b, f->domain);
	bind_text_or_null(&b, f->name);
	bind_bool(&b, f->warnings_only);
	bind_time(&b, f->after_ms);
	bind_i64(&b, (int64_t)f->limit);
	return wire_list(s, &b, &(struct row_list){a, read_event, sizeof(**ret), ret, ret_count},
			 err);
}

static void read_event_since(struct row *c, struct arena *a, void *ret)
{
	struct event_seen *e = ret;
	e->id = row_i64(c);
	e->kind = row_copy(c, a);
	e->domain = row_copy(c, a);
	e->name = row_copy(c, a);
	e->count = row_i64(c);
	e->first = row_bool(c);
}

int store_event_since(struct store *s, struct arena *a, int64_t rev, size_t limit,
		      struct event_seen **ret, size_t *ret_count, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_event_since);
	bind_i64(&b, rev);
	bind_i64(&b, (int64_t)limit);
	return wire_list(
		s, &b, &(struct row_list){a, read_event_since, sizeof(**ret), ret, ret_count}, err);
}

int store_event_retire(struct store *s, int64_t older_ms, int64_t limit, int64_t *ret,
		       struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_event_retire);
	bind_i64(&b, older_ms);
	bind_i64(&b, limit);
	return wire_number(s, &b, ret, err);
}
