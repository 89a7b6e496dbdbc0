#include <libpq-fe.h>

#include "store/cluster_int.h"
#include "store/wire_int.h"

#define PASSWORD_DIGITS 32

static PGconn *connect_owner(const struct store_cluster *c, const char *database)
{
	const char *keywords[] = {
		"host", "port", "user", "dbname", "connect_timeout", "application_name", NULL};
	const char *values[] = {c->socket_dir, "5432", "aspora", database, "5", "asporad", NULL};
	return PQconnectdbParams(keywords, values, 0);
}

static void finish(PGconn **pg)
{
	PQfinish(*pg);
}

int cluster_ping(struct store_cluster *c, struct err *err)
{
	CLEANUP(finish) PGconn *pg = connect_owner(c, "postgres");
	if (PQstatus(pg) == CONNECTION_OK)
		return 0;
	return pg_connection_error(pg, "its start", err);
}

static int run(PGconn *pg, const char *sql, const char *doing, struct err *err)
{
	PGresult *res = PQexec(pg, sql);
	ExecStatusType status = PQresultStatus(res);
	int r = 0;
	if (PQstatus(pg) == CONNECTION_BAD)
		r = pg_connection_error(pg, doing, err);
	else if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		r = pg_error(res, doing, err);
	PQclear(res);
	return r;
}

static int make_database(struct store_cluster *c, struct err *err)
{
	CLEANUP(finish) PGconn *pg = connect_owner(c, "postgres");
	if (PQstatus(pg) != CONNECTION_OK)
		return pg_connection_error(pg, "making the database", err);
	/* A server that we adopted has not read what we have just written. */
	int r = run(pg, "select pg_reload_conf()", "reading pg_hba.conf", err);
	if (r < 0)
		return r;
	PGresult *res = PQexec(pg, "select from pg_database where datname = 'aspora'");
	bool there = PQntuples(res) > 0;
	PQclear(res);
	return there ? 0 : run(pg, "create database aspora", "making the database", err);
}

/* Only the verifier reaches the server, so that no log of its can hold a password. */
static int make_role(struct store_cluster *c, PGconn *pg, enum store_role role, struct err *err)
{
	char password[PASSWORD_DIGITS + 1];
	if (!secret_is_set(&c->passwords[role])) {
		base62_random(password, PASSWORD_DIGITS);
		secret_set(&c->passwords[role], str_of(password));
		crypto_wipe(password, sizeof(password));
	}
	const char *name = store_role_name(role);
	char *verifier = PQencryptPasswordConn(pg, secret_lend(&c->passwords[role]).p, name,
					       "scram-sha-256");
	if (!verifier)
		return pg_connection_error(pg, "making a password", err);
	CLEANUP(buf_release) struct buf sql = BUF_INIT(4096);
	buf_addf(&sql,
		 "do $$ begin if not exists (select from pg_roles where rolname = '%s') then "
		 "create role %s; end if; end $$;"
		 "alter role %s login password '%s'",
		 name, name, name, verifier);
	PQfreemem(verifier);
	return run(pg, buf_cstr(&sql), "making the roles", err);
}

int cluster_make_roles(struct store_cluster *c, struct err *err)
{
	int r = make_database(c, err);
	if (r < 0)
		return r;
	CLEANUP(finish) PGconn *pg = connect_owner(c, "aspora");
	if (PQstatus(pg) != CONNECTION_OK)
		return pg_connection_error(pg, "making the roles", err);
	for (enum store_role role = STORE_SYNC; role < STORE_ROLES_; role++) {
		r = make_role(c, pg, role, err);
		if (r < 0)
			return r;
	}
	return 0;
}

int store_cluster_access(struct store_cluster *c, enum store_role role, struct store_access *ret,
			 struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	buf_addf(&out, "port=5432 dbname=aspora user=%s host='", store_role_name(role));
	for (const char *p = c->socket_dir; *p; p++) {
		if (*p == '\'' || *p == '\\')
			buf_add_char(&out, '\\');
		buf_add_char(&out, *p);
	}
	buf_add_char(&out, '\'');
	int r = buf_check(&out, "the path of the socket", err);
	if (r < 0)
		return r;
	store_access_release(ret);
	ret->conninfo = buf_take(&out);
	ret->set_role = false;
	if (role != STORE_OWNER)
		secret_set(&ret->password, secret_lend(&c->passwords[role]));
	return 0;
}
