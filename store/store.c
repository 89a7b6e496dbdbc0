#include "store/store.h"

#include <assert.h>
#include <poll.h>

#include "base/mem.h"
#include "store/wire_int.h"

/* A URL may carry a password: it moves into a secret, so that the rest may be shown and logged. */
int store_access_from_url(struct store_access *a, struct str url, struct err *err)
{
	CLEANUP_FREE char *text = mem_strndup(url.p ? url.p : "", url.len);
	char *why = NULL;
	PQconninfoOption *options = PQconninfoParse(text, &why);
	if (!options) {
		/* libpq's words may quote the URL, and with it the password. */
		PQfreemem(why);
		err_set(err, ERR_INVALID, "the database URL cannot be read");
		return err_remedy(err, "write postgresql://USER@HOST/DATABASE, or key=value pairs "
				       "as libpq takes them");
	}
	CLEANUP(buf_release) struct buf out = BUF_INIT(16384);
	for (PQconninfoOption *o = options; o->keyword; o++) {
		if (!o->val)
			continue;
		if (!strcmp(o->keyword, "password")) {
			secret_set(&a->password, str_of(o->val));
			crypto_wipe(o->val, strlen(o->val));
			continue;
		}
		buf_addf(&out, "%s%s='", out.len ? " " : "", o->keyword);
		for (const char *c = o->val; *c; c++) {
			if (*c == '\'' || *c == '\\')
				buf_add_char(&out, '\\');
			buf_add_char(&out, *c);
		}
		buf_add_char(&out, '\'');
	}
	PQconninfoFree(options);
	crypto_wipe(text, strlen(text));
	int r = buf_check(&out, "the database URL", err);
	if (r < 0)
		return r;
	free(a->conninfo);
	a->conninfo = mem_strdup(buf_cstr(&out));
	a->set_role = true;
	return 0;
}

bool store_is_lost(const struct store *s)
{
	return !s->pg;
}

enum store_role store_role_of(const struct store *s)
{
	return s->role;
}

const struct clock *store_clock(const struct store *s)
{
	return s->clock;
}

int store_fd(const struct store *s)
{
	return s->pg ? PQsocket(s->pg) : -1;
}

int store_drain(struct store *s, bool *ret_woken, struct err *err)
{
	if (!s->pg)
		return err_set(err, ERR_UNAVAILABLE, "the connection to PostgreSQL is lost");
	if (!PQconsumeInput(s->pg))
		return wire_lost(s, "waiting", err);
	/* Parses what was read: notifications, and the last words of a server that goes down. */
	PQisBusy(s->pg);
	wire_take_notifications(s);
	if (PQstatus(s->pg) == CONNECTION_BAD)
		return wire_lost(s, "waiting", err);
	*ret_woken = s->woken;
	s->woken = false;
	return 0;
}

int store_wait(struct store *s, int64_t timeout_ms, bool *ret_woken, struct err *err)
{
	int64_t deadline = clock_real.mono_ms(NULL) + timeout_ms;
	for (;;) {
		int r = store_drain(s, ret_woken, err);
		if (r < 0 || *ret_woken)
			return r;
		struct err late = ERR_INIT;
		r = wire_poll(s, POLLIN, deadline, &late);
		if (r == ERR_TIMEOUT)
			return 0;
		if (r < 0) {
			if (err)
				*err = late;
			return r;
		}
	}
}

static int scope_send(struct store *s, struct str domains, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_scope_set);
	bind_text(&b, domains);
	int r = wire_send(s, &b, false, err);
	if (r == 0)
		r = wire_sync(s, err);
	if (r < 0)
		return r;
	char *copy = mem_strndup(domains.p ? domains.p : "", domains.len);
	free(s->domains);
	s->domains = copy;
	return 0;
}

int store_scope_ahead(struct store *s, struct str domains, struct err *err)
{
	assert(!s->txn);
	return scope_send(s, domains, err);
}

int store_scope(struct store *s, struct str domains, struct err *err)
{
	int r = store_scope_ahead(s, domains, err);
	return r < 0 ? r : wire_collect(s, err);
}

void store_wait_by(struct store *s, store_wait_fn wait, void *state)
{
	s->wait = wait;
	s->wait_state = state;
}

void store_stats(const struct store *s, struct store_stats *ret)
{
	*ret = s->stats;
}
