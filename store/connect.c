#include <assert.h>
#include <poll.h>

#include "base/mem.h"
#include "store/migrate.h"
#include "store/wire_int.h"

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

static bool has(const struct params *p, const char *keyword)
{
	for (size_t i = 0; i < p->count; i++) {
		if (!strcmp(p->keywords[i], keyword))
			return true;
	}
	return false;
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
		if (!has(&p, defaults[i].keyword))
			param(&p, defaults[i].keyword, defaults[i].value);
	}
	param(&p, "application_name", s->application);
	if (secret_is_set(&s->access.password))
		param(&p, "password", secret_lend(&s->access.password).p);
	s->pg = PQconnectdbParams(p.keywords, p.values, 0);
	PQconninfoFree(options);
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

/* Before pipeline mode: settings and the role, in one round trip. */
static int set_up(struct store *s, struct err *err)
{
	CLEANUP(buf_release) struct buf sql = BUF_INIT(4096);
	if (s->access.set_role && s->role != STORE_OWNER)
		buf_addf(&sql, "set role %s;", role_names[s->role]);
	buf_addz(&sql,
		 "set search_path = aspora, pg_temp; set lock_timeout = '2s'; set "
		 "statement_timeout = '10s';"
		 "set idle_in_transaction_session_timeout = '4s'; set timezone = 'UTC';"
		 "set default_transaction_isolation = 'read committed'; set bytea_output = 'hex';"
		 "select set_config(name, '2s', false) from pg_settings where name = "
		 "'client_connection_check_interval'");
	PGresult *res = PQexec(s->pg, buf_cstr(&sql));
	int r = 0;
	if (PQresultStatus(res) != PGRES_TUPLES_OK)
		r = pg_error(res, "the session's settings", err);
	PQclear(res);
	return r;
}

static int check_schema(struct store *s, struct err *err)
{
	PGresult *res = PQexec(s->pg, "select coalesce(max(number), 0) from aspora.migration");
	long have = PQresultStatus(res) == PGRES_TUPLES_OK ? strtol(PQgetvalue(res, 0, 0), NULL, 10)
							   : 0;
	PQclear(res);
	if (have == store_schema_version())
		return 0;
	err_set(err, ERR_UNSUPPORTED,
		"the database's schema is at version %ld, this build needs %d", have,
		store_schema_version());
	return err_remedy(err, have > store_schema_version()
				       ? "run the asporad that migrated it, or a newer one"
				       : "start asporad: its parent process migrates the schema");
}

static int session(struct store *s, struct err *err)
{
	s->server_version = PQserverVersion(s->pg);
	if (s->server_version < 130000) {
		err_set(err, ERR_UNSUPPORTED, "PostgreSQL %d.%d is too old",
			s->server_version / 10000, s->server_version % 100);
		return err_remedy(err, "use PostgreSQL 13 or newer");
	}
	int r = set_up(s, err);
	if (r < 0)
		return r;
	if (!s->any_schema && (r = check_schema(s, err)) < 0)
		return r;
	if (PQsetnonblocking(s->pg, 1) < 0 || !PQenterPipelineMode(s->pg))
		return pg_connection_error(s->pg, "entering pipeline mode", err);
	if (s->listen && ((r = wire_plain(s, "listen aspora", err)) < 0 ||
			  (r = wire_sync(s, err)) < 0 || (r = wire_collect(s, false, err)) < 0))
		return r;
	return s->domains ? store_scope(s, str_of(s->domains), err) : 0;
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
