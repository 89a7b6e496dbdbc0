#include "store/migrate.h"

#include "base/mem.h"
#include "store/wire_int.h"

/* "aspora" as a number: of the advisory lock that lets one process migrate at a time. */
#define MIGRATE_LOCK "107154370032225"

static const enum store_role grantees[] = {STORE_SYNC, STORE_RUNNER, STORE_CONTROL, STORE_GATEWAY,
					   STORE_REPORTER};

int store_schema_version(void)
{
	int n = 0;
	for (const struct store_migration *m = store_migrations; m->sql; m++)
		n = m->number;
	return n;
}

/* One or several statements; rows (may be NULL) are of the last. Plain, blocking: only the parent migrates, before it serves. */
static int run(PGconn *pg, const char *sql, const char *doing, PGresult **ret, struct err *err)
{
	PGresult *res = PQexec(pg, sql);
	ExecStatusType status = PQresultStatus(res);
	int r = 0;
	if (PQstatus(pg) == CONNECTION_BAD)
		r = pg_connection_error(pg, doing, err);
	else if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		r = pg_error(res, doing, err);
	if (ret && r >= 0) {
		*ret = res;
		return r;
	}
	PQclear(res);
	return r;
}

static int denied(struct err *err, int r)
{
	if (r == ERR_DENIED)
		err_remedy(err, "have a database administrator run the output of `asporad db "
				"bootstrap-sql` once");
	return r;
}

/* Every role exists and the owner may become it. */
static int make_roles(PGconn *pg, struct err *err)
{
	/* From 16 on, who makes a role may give it away, and that alone makes a member of him; not one who may become it. */
	const char *right = PQserverVersion(pg) >= 160000 ? "set" : "member";
	for (size_t i = 0; i < ARRAY_SIZE(grantees); i++) {
		const char *role = store_role_name(grantees[i]);
		CLEANUP(buf_release) struct buf sql = BUF_INIT(2048);
		buf_addf(&sql,
			 "do $$ begin "
			 "if not exists (select from pg_roles where rolname = '%s') then create "
			 "role %s nologin; end if; "
			 "if not pg_has_role(current_user, '%s', '%s') then grant %s to "
			 "current_user; end if; "
			 "end $$",
			 role, role, role, right, role);
		int r = run(pg, buf_cstr(&sql), "making the roles", NULL, err);
		if (r < 0)
			return denied(err, r);
	}
	return 0;
}

static int make_schema(PGconn *pg, struct err *err)
{
	int r = run(pg,
		    "do $$ begin "
		    "if not exists (select from pg_namespace where nspname = 'aspora') then create "
		    "schema aspora; end if; "
		    "if to_regclass('aspora.migration') is null then "
		    "create table aspora.migration (number integer primary key, name text not "
		    "null, checksum bytea not null, "
		    "applied_at timestamptz not null default clock_timestamp()); "
		    "comment on table aspora.migration is 'Which numbered migrations have run, "
		    "with the digest of their text.'; "
		    "end if; end $$",
		    "making the schema", NULL, err);
	return denied(err, r);
}

static int check_recorded(PGresult *have, int i, struct err *err)
{
	long number = strtol(PQgetvalue(have, i, 0), NULL, 10);
	if (number > store_schema_version()) {
		err_set(err, ERR_UNSUPPORTED,
			"the database's schema is at version %ld, this build knows %d", number,
			store_schema_version());
		return err_remedy(err, "run the asporad that migrated it, or a newer one");
	}
	const struct store_migration *m = &store_migrations[i];
	char hex[DIGEST_HEX + 1];
	struct digest d = digest_of(str_of(m->sql));
	if (number == m->number && !strcmp(PQgetvalue(have, i, 1), digest_hex(&d, hex)))
		return 0;
	err_set(err, ERR_UNSUPPORTED,
		"migration %ld of the database (%s) is not the %s of this build", number,
		PQgetvalue(have, i, 2), m->name);
	return err_remedy(err, "run the asporad that migrated it, or start with an empty database");
}

static int apply(PGconn *pg, const struct store_migration *m, struct err *err)
{
	int r = run(pg, "begin", m->name, NULL, err);
	if (r < 0)
		return r;
	r = run(pg, m->sql, m->name, NULL, err);
	if (r >= 0) {
		struct digest d = digest_of(str_of(m->sql));
		char hex[DIGEST_HEX + 1];
		CLEANUP(buf_release) struct buf sql = BUF_INIT(1024);
		buf_addf(&sql,
			 "insert into aspora.migration (number, name, checksum) values (%d, '%s', "
			 "decode('%s', 'hex'));"
			 "commit",
			 m->number, m->name, digest_hex(&d, hex));
		r = run(pg, buf_cstr(&sql), m->name, NULL, err);
	}
	if (r < 0) {
		err_context(err, "migration %s", m->name);
		PQclear(PQexec(pg, "rollback"));
	}
	return r;
}

static int apply_missing(PGconn *pg, int *ret_applied, struct err *err)
{
	PGresult *have = NULL;
	int r = run(pg,
		    "select number, encode(checksum, 'hex'), name from aspora.migration order by "
		    "number",
		    "reading the schema's version", &have, err);
	if (r < 0)
		return denied(err, r);
	int count = PQntuples(have);
	for (int i = 0; i < count && r >= 0; i++)
		r = check_recorded(have, i, err);
	PQclear(have);
	*ret_applied = 0;
	for (int i = count; r >= 0 && store_migrations[i].sql; i++) {
		r = apply(pg, &store_migrations[i], err);
		*ret_applied += r >= 0;
	}
	return r;
}

/* Another timeline: committed revisions may be lost, so no old position or lease may be taken for one of now. */
static const char new_incarnation[] =
	"with s as (update aspora.store set incarnation = incarnation + 1, "
	"timeline = ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, "
	"8))::bit(32)::int::bigint %s returning incarnation), "
	"l as (update aspora.lease set until = clock_timestamp() - interval '1 microsecond' where "
	"exists (select from s)) "
	"select incarnation from s";

static int check_timeline(PGconn *pg, struct err *err)
{
	CLEANUP(buf_release) struct buf sql = BUF_INIT(2048);
	buf_addf(&sql, new_incarnation,
		 "where timeline <> ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, "
		 "8))::bit(32)::int::bigint");
	return run(pg, buf_cstr(&sql), "comparing timelines", NULL, err);
}

static int open_plain(const struct store_access *owner, struct store **ret, struct err *err)
{
	struct store_opts opts = {.any_schema = true, .application = "asporad migrate"};
	CLEANUP(store_closep) struct store *s = NULL;
	int r = store_open(owner, STORE_OWNER, &opts, &s, err);
	if (r < 0)
		return r;
	if (!PQexitPipelineMode(s->pg) || PQsetnonblocking(s->pg, 0) < 0)
		return pg_connection_error(s->pg, "leaving pipeline mode", err);
	r = run(s->pg,
		"set statement_timeout = 0; set lock_timeout = '60s'; set "
		"idle_in_transaction_session_timeout = '60s'",
		"settings", NULL, err);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(s);
	return 0;
}

int store_migrate(const struct store_access *owner, int *ret_applied, struct err *err)
{
	CLEANUP(store_closep) struct store *s = NULL;
	int applied = 0;
	int r = open_plain(owner, &s, err);
	if (r < 0)
		return r;
	/* Ends with the connection. */
	r = run(s->pg, "select pg_advisory_lock(" MIGRATE_LOCK ")", "waiting for another migration",
		NULL, err);
	if (r >= 0)
		r = make_roles(s->pg, err);
	if (r >= 0)
		r = make_schema(s->pg, err);
	if (r >= 0)
		r = apply_missing(s->pg, &applied, err);
	if (r >= 0)
		r = check_timeline(s->pg, err);
	if (ret_applied && r >= 0)
		*ret_applied = applied;
	return r;
}

int store_new_incarnation(const struct store_access *owner, int64_t *ret, struct err *err)
{
	CLEANUP(store_closep) struct store *s = NULL;
	int r = open_plain(owner, &s, err);
	if (r < 0)
		return r;
	CLEANUP(buf_release) struct buf sql = BUF_INIT(2048);
	buf_addf(&sql, new_incarnation, "");
	PGresult *res = NULL;
	r = run(s->pg, buf_cstr(&sql), "beginning a new incarnation", &res, err);
	if (r < 0)
		return r;
	*ret = strtoll(PQgetvalue(res, 0, 0), NULL, 10);
	PQclear(res);
	return 0;
}

static void add_identifier(struct buf *out, const char *name)
{
	buf_add_char(out, '"');
	for (; *name; name++) {
		if (*name == '"')
			buf_add_char(out, '"');
		buf_add_char(out, *name);
	}
	buf_add_char(out, '"');
}

void store_bootstrap_sql(struct buf *out, const char *owner, const char *database)
{
	buf_addz(out, "-- Run once as a database administrator, connected to the database that "
		      "Aspora shall use.\n"
		      "-- The owner migrates the schema; asporad's processes work as the other "
		      "roles, each with its own grants.\n");
	for (size_t i = 0; i < ARRAY_SIZE(grantees); i++)
		buf_addf(out,
			 "do $$ begin create role %s nologin; exception when duplicate_object then "
			 "null; end $$;\n",
			 store_role_name(grantees[i]));
	buf_addz(out, "grant ");
	for (size_t i = 0; i < ARRAY_SIZE(grantees); i++)
		buf_addf(out, "%s%s", i ? ", " : "", store_role_name(grantees[i]));
	buf_addz(out, " to ");
	add_identifier(out, owner);
	buf_addz(out, ";\ngrant connect on database ");
	add_identifier(out, database);
	buf_addz(out, " to ");
	add_identifier(out, owner);
	buf_addz(out, ";\ncreate schema if not exists aspora authorization ");
	add_identifier(out, owner);
	buf_addz(out, ";\n");
}
