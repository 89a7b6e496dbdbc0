#include <assert.h>
#include <poll.h>

#include "base/mem.h"
#include "store/migrate.h"
#include "store/resolve_int.h"
#include "store/wire_int.h"

#define CONNECT_MS 5000 /* as connect_timeout below, for who does not block */

static const char *const role_names[STORE_ROLES_] = {"aspora",	       "aspora_sync",
						     "aspora_runner",  "aspora_control",
						     "aspora_gateway", "aspora_reporter"};

const char *store_role_name(enum store_role r)
{
	return role_names[r];
}

void store_access_release(struct store_access *a)
{
	free(a->conninfo);
	a->conninfo = NULL;
	secret_release(&a->password);
}

/* Connection parameters that hold unless the operator's URL says otherwise. */
static const struct {
	const char *keyword, *value;
} defaults[] = {
	{"connect_timeout", "5"},    {"tcp_user_timeout", "10000"},
	{"keepalives_idle", "5"},    {"keepalives_interval", "2"},
	{"keepalives_count", "3"},   {"target_session_attrs", "read-write"},
	{"client_encoding", "UTF8"},
};

struct params {
	const char *keywords[64];
	const char *values[64];
	size_t count;
};

static void param(struct params *p, const char *keyword, const char *value)
{
	if (p->count + 1 >= ARRAY_SIZE(p->keywords))
		return;
	p->keywords[p->count] = keyword;
	p->values[p->count++] = value;
	p->keywords[p->count] = NULL;
	p->values[p->count] = NULL;
}

/* NULL: none. */
static const char *value_of(const struct params *p, const char *keyword)
{
	for (size_t i = 0; i < p->count; i++)
		if (!strcmp(p->keywords[i], keyword))
			return p->values[i];
	return NULL;
}

static void replace(struct params *p, const char *keyword, const char *value)
{
	for (size_t i = 0; i < p->count; i++)
		if (!strcmp(p->keywords[i], keyword)) {
			p->values[i] = value;
			return;
		}
	param(p, keyword, value);
}

/* Who may not block has names looked up beside; certificates are checked against the name all the same. */
static int look_up(struct store *s, struct params *p, struct resolved *r, struct err *err)
{
	const char *hosts = value_of(p, "host");
	const struct resolve_opts o = {.wait = s->wait,
				       .wait_state = s->wait_state,
				       .deadline_ms = clock_real.mono_ms(NULL) + CONNECT_MS};
	if (!s->wait || value_of(p, "hostaddr") || !resolve_is_needed(hosts))
		return 0;
	int rc = resolve_hosts(hosts, value_of(p, "port"), &o, r, err);
	if (rc < 0)
		return rc;
	replace(p, "host", buf_cstr(&r->hosts));
	replace(p, "hostaddr", buf_cstr(&r->addresses));
	if (value_of(p, "port"))
		replace(p, "port", buf_cstr(&r->ports));
	return 0;
}

/* What PQconnectdb() does by itself, for who may not block. How it ended is the connection's status. */
static void finish_connecting(struct store *s)
{
	int64_t deadline = clock_real.mono_ms(NULL) + CONNECT_MS;
	PostgresPollingStatusType next = PGRES_POLLING_WRITING;
	while (next == PGRES_POLLING_READING || next == PGRES_POLLING_WRITING) {
		if (PQstatus(s->pg) == CONNECTION_BAD)
			return;
		if (wire_poll(s, next == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline, NULL) <
		    0)
			return;
		next = PQconnectPoll(s->pg);
	}
}

static int connect_now(struct store *s, struct err *err)
{
	char *why = NULL;
	PQconninfoOption *options = PQconninfoParse(s->access.conninfo, &why);
	if (!options) {
		err_set(err, ERR_INVALID, "the database URL cannot be read: %.*s",
			(int)strcspn(why ? why : "", "\n"), why ? why : "");
		PQfreemem(why);
		return ERR_INVALID;
	}
	struct params p = {.count = 0};
	for (PQconninfoOption *o = options; o->keyword; o++) {
		if (o->val)
			param(&p, o->keyword, o->val);
	}
	for (size_t i = 0; i < ARRAY_SIZE(defaults); i++) {
		if (!value_of(&p, defaults[i].keyword))
			param(&p, defaults[i].keyword, defaults[i].value);
	}
	CLEANUP(resolved_release) struct resolved found = RESOLVED_INIT;
	int rc = look_up(s, &p, &found, err);
	if (rc < 0) {
		PQconninfoFree(options);
		return rc;
	}
	param(&p, "application_name", s->application);
	if (secret_is_set(&s->access.password))
		param(&p, "password", secret_lend(&s->access.password).p);
	s->pg = s->wait ? PQconnectStartParams(p.keywords, p.values, 0)
			: PQconnectdbParams(p.keywords, p.values, 0);
	PQconninfoFree(options);
	if (s->wait && s->pg)
		finish_connecting(s);
	return 0;
}

static int refused(struct store *s, struct err *err)
{
	const char *words = PQerrorMessage(s->pg);
	bool denied = strstr(words, "authentication failed") ||
		      strstr(words, "no password supplied") ||
		      strstr(words, "no pg_hba.conf entry") ||
		      (strstr(words, "role \"") && strstr(words, "does not exist"));
	int code = denied ? ERR_DENIED : ERR_UNAVAILABLE;
	/* The last line is the reason; those before it name hosts that were tried in vain. */
	err_set(err, code, "PostgreSQL cannot be reached as %s: %.*s", role_names[s->role],
		(int)strcspn(words, "\n"), words);
	if (denied)
		err_remedy(err,
			   "check the user and password of the `database` URL, and pg_hba.conf");
	else
		err_remedy(
			err,
			"check that PostgreSQL runs and that the `database` URL names its primary");
	if (!denied && err)
		snprintf(err->sqlstate, sizeof(err->sqlstate), "08001");
	PQfinish(s->pg);
	s->pg = NULL;
	return code;
}

/* The role, the settings, and to listen, in one flight. */
static int set_up(struct store *s, struct err *err)
{
	static const char settings[] =
		"select set_config('search_path', 'aspora, pg_temp', false), "
		"set_config('lock_timeout', '2s', false), "
		"set_config('statement_timeout', '10s', false), "
		"set_config('idle_in_transaction_session_timeout', '4s', false), "
		"set_config('timezone', 'UTC', false), set_config('default_transaction_isolation', "
		"'read committed', false), "
		"(select set_config(name, '2s', false) from pg_settings where name = "
		"'client_connection_check_interval')";
	char role[64];
	snprintf(role, sizeof(role), "set role %s", role_names[s->role]);
	int r = 0;
	if (s->access.set_role && s->role != STORE_OWNER)
		r = wire_plain(s, role, err);
	if (r >= 0)
		r = wire_plain(s, settings, err);
	if (r >= 0 && s->listen)
		r = wire_plain(s, "listen aspora", err);
	if (r >= 0)
		r = wire_sync(s, err);
	return r < 0 ? r : wire_collect(s, err);
}

static int check_schema(struct store *s, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_schema_version);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	struct err why = ERR_INIT;
	int64_t have = 0;
	int r = wire_query(s, &b, &rows, &why);
	if (r < 0 &&
	    strcmp(why.sqlstate, "42P01") != 0) { /* no such table: nothing was ever migrated */
		if (err)
			*err = why;
		return r;
	}
	if (r >= 0) {
		struct row c = row_of(&rows, 0);
		have = row_i64(&c);
	}
	if (have == store_schema_version())
		return 0;
	err_set(err, ERR_UNSUPPORTED,
		"the database's schema is at version %lld, this build needs %d", (long long)have,
		store_schema_version());
	err_remedy(err, have > store_schema_version()
				? "run the asporad that migrated it, or a newer one"
				: "start asporad: its parent process migrates the schema");
	return ERR_UNSUPPORTED;
}

static int session(struct store *s, struct err *err)
{
	s->server_version = PQserverVersion(s->pg);
	if (s->server_version < 130000) {
		err_set(err, ERR_UNSUPPORTED, "PostgreSQL %d.%d is too old",
			s->server_version / 10000, s->server_version % 100);
		return err_remedy(err, "use PostgreSQL 13 or newer");
	}
	if (PQsetnonblocking(s->pg, 1) < 0 || !PQenterPipelineMode(s->pg))
		return pg_connection_error(s->pg, "entering pipeline mode", err);
	int r = set_up(s, err);
	if (r >= 0 && !s->any_schema)
		r = check_schema(s, err);
	if (r >= 0 && s->domains)
		r = store_scope(s, str_of(s->domains), err);
	return r;
}

static void ignore_notice(void *state, const char *message)
{
	(void)state;
	(void)message;
}

static int open_now(struct store *s, struct err *err)
{
	int r = connect_now(s, err);
	if (r < 0)
		return r;
	if (PQstatus(s->pg) != CONNECTION_OK)
		return refused(s, err);
	PQsetNoticeProcessor(s->pg, ignore_notice, NULL);
	r = session(s, err);
	if (r < 0 && s->pg)
		wire_lost(s, "setting up", NULL);
	return r;
}

int store_open(const struct store_access *access, enum store_role role,
	       const struct store_opts *opts, struct store **ret, struct err *err)
{
	static const struct store_opts none;
	if (!opts)
		opts = &none;
	CLEANUP(store_closep) struct store *s = mem_zalloc(sizeof(*s));
	s->access.conninfo = mem_strdup(access->conninfo);
	s->access.set_role = access->set_role;
	if (secret_is_set(&access->password))
		secret_set(&s->access.password, secret_lend(&access->password));
	s->role = role;
	s->clock = opts->clock ? opts->clock : &clock_real;
	s->application = mem_strdup(opts->application ? opts->application : role_names[role]);
	s->listen = opts->listen;
	s->any_schema = opts->any_schema;
	s->wait_ms = opts->wait_ms ? opts->wait_ms : STORE_WAIT_MS;
	store_wait_by(s, opts->wait, opts->wait_state);
	int r = open_now(s, err);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(s);
	return 0;
}

int store_reopen(struct store *s, struct err *err)
{
	assert(!s->txn);
	if (s->pg)
		wire_lost(s, "reopening", NULL);
	s->stats.reconnects++;
	/* Something may have happened that nobody told us of. */
	s->woken = true;
	return open_now(s, err);
}

void store_close(struct store *s)
{
	if (!s)
		return;
	rows_release(&s->last);
	observed_forget(s);
	PQfinish(s->pg);
	store_access_release(&s->access);
	free(s->application);
	free(s->domains);
	free(s->queue);
	free(s);
}

void store_closep(struct store **s)
{
	store_close(*s);
}
