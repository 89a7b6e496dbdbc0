#include "store/lease.h"

#include <assert.h>

#include "store/wire_int.h"

void store_lease_init(struct lease *l, const char *role, const char *shard, int64_t ttl_ms)
{
	memset(l, 0, sizeof(*l));
	int n = snprintf(l->name, sizeof(l->name), "%s/%s", role, shard);
	assert(n > 0 && (size_t)n < sizeof(l->name));
	(void)n;
	l->ttl_ms = ttl_ms ? ttl_ms : LEASE_TTL_MS;
	store_lease_holder(l->holder, sizeof(l->holder), getpid());
}

static int look(struct store *s, const struct lease *l, int64_t *ret_wait_ms, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_lease_look);
	bind_textz(&b, l->name);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int r = wire_query(s, &b, &rows, err);
	if (r < 0)
		return r;
	int64_t left = 0;
	struct str holder = STR("nobody");
	if (rows.count) {
		struct row c = row_of(&rows, 0);
		holder = row_text(&c);
		left = row_i64(&c);
	}
	if (ret_wait_ms)
		*ret_wait_ms = MAX(left, 0);
	return err_set(err, ERR_CONFLICT, "the lease %s is held by %.*s for another %lld ms",
		       l->name, STR_ARG(holder), (long long)MAX(left, 0));
}

/* Ends the session of a holder whose time is over and that sits in a transaction. */
static int evict(struct store *s, const struct lease *l, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_lease_evict);
	bind_textz(&b, l->name);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int r = wire_query(s, &b, &rows, err);
	return r < 0 ? r : rows.count;
}

static int try_acquire(struct store *s, const struct lease *l, struct rows *rows, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_lease_acquire);
	bind_textz(&b, l->name);
	bind_textz(&b, l->holder);
	bind_i64(&b, l->ttl_ms);
	return wire_query(s, &b, rows, err);
}

int store_lease_acquire(struct store *s, struct lease *l, int64_t *ret_wait_ms, struct err *err)
{
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	struct err why = ERR_INIT;
	int64_t sent = clock_mono(s->clock);
	int r = try_acquire(s, l, &rows, &why);
	if (r < 0 && store_retry(&why) == STORE_RETRY_NOW && evict(s, l, err) > 0) {
		sent = clock_mono(s->clock);
		r = try_acquire(s, l, &rows, &why);
	}
	if (r < 0) {
		if (err)
			*err = why;
		return r;
	}
	if (!rows.count)
		return look(s, l, ret_wait_ms, err);
	struct row c = row_of(&rows, 0);
	l->epoch = row_i64(&c);
	l->sent_mono_ms = sent;
	return 0;
}

static int extend(struct store *s, const struct stmt *how, struct lease *l, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(how);
	bind_textz(&b, l->name);
	bind_i64(&b, l->epoch);
	bind_i64(&b, l->ttl_ms);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int64_t sent = clock_mono(s->clock);
	int r = wire_query(s, &b, &rows, err);
	if (r < 0)
		return r;
	if (!rows.count) {
		l->epoch = 0;
		return err_set(err, ERR_FENCED, "the lease %s has passed to another process",
			       l->name);
	}
	l->sent_mono_ms = sent;
	return 0;
}

int store_lease_renew(struct store *s, struct lease *l, struct err *err)
{
	return extend(s, &sql_lease_renew, l, err);
}

int store_lease_pulse(struct store *beside, struct lease *l, struct err *err)
{
	return extend(beside, &sql_lease_pulse, l, err);
}

int store_lease_release(struct store *s, struct lease *l, struct err *err)
{
	if (!l->epoch)
		return 0;
	CLEANUP(bind_release) struct bind b = BIND(&sql_lease_release);
	bind_textz(&b, l->name);
	bind_i64(&b, l->epoch);
	l->epoch = 0;
	return wire_query(s, &b, NULL, err);
}

int store_lease_break(struct store *s, struct str holder_prefix, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_lease_break);
	bind_text(&b, holder_prefix);
	return wire_query(s, &b, NULL, err);
}

bool store_lease_valid(const struct lease *l, const struct clock *c)
{
	return l->epoch && clock_mono(c) - l->sent_mono_ms < l->ttl_ms * 2 / 3;
}

int64_t store_lease_due_ms(const struct lease *l, const struct clock *c)
{
	return MAX(0, l->sent_mono_ms + l->ttl_ms / 3 - clock_mono(c));
}
