/*
 * The contract of every statement: it prepares against the real schema, its header names the types that PostgreSQL sees, and the roles that it
 * names, and only grants that they have, are enough to run it.
 */
#include <libpq-fe.h>

#include "store_sql.h"
#include "tests/unit/support_pg.h"

static PGconn *connect_owner(void)
{
	PGconn *pg = PQconnectdb(support_pg_access(STORE_OWNER)->conninfo);
	ck_assert_msg(PQstatus(pg) == CONNECTION_OK, "%s", PQerrorMessage(pg));
	PQclear(PQexec(pg, "set search_path = aspora, pg_temp"));
	return pg;
}

static void check_description(PGconn *pg, const struct stmt *st)
{
	PGresult *res = PQdescribePrepared(pg, st->name);
	ck_assert_msg(PQresultStatus(res) == PGRES_COMMAND_OK, "%s: %s", st->name,
		      PQerrorMessage(pg));
	ck_assert_msg(PQnparams(res) == (int)st->param_count,
		      "%s takes %d parameters, its header names %u", st->name, PQnparams(res),
		      st->param_count);
	ck_assert_msg(PQnfields(res) == (int)st->row_count,
		      "%s gives %d columns, its header names %u", st->name, PQnfields(res),
		      st->row_count);
	for (int i = 0; i < PQnfields(res); i++)
		ck_assert_msg(PQftype(res, i) == st->rows[i].type,
			      "%s: column %d (%s) is of type %u, its header says %u", st->name,
			      i + 1, st->rows[i].name, PQftype(res, i), st->rows[i].type);
	PQclear(res);
}

START_TEST(every_statement_prepares_with_the_types_of_its_header)
{
	PGconn *pg = connect_owner();
	ck_assert_int_gt(STMT_COUNT, 50);
	for (unsigned i = 0; i < STMT_COUNT; i++) {
		const struct stmt *st = sql_all[i];
		ck_assert_uint_eq(st->index, i);
		ck_assert_uint_le(st->param_count, STMT_PARAMS_MAX);
		/* Without types from us PostgreSQL says which ones it would infer; with them it must agree. */
		Oid types[STMT_PARAMS_MAX];
		for (unsigned p = 0; p < st->param_count; p++)
			types[p] = st->params[p].type;
		PGresult *res = PQprepare(pg, st->name, st->sql, (int)st->param_count, types);
		ck_assert_msg(PQresultStatus(res) == PGRES_COMMAND_OK, "%s: %s", st->name,
			      PQerrorMessage(pg));
		PQclear(res);
		check_description(pg, st);
	}
	PQfinish(pg);
}
END_TEST

/* EXPLAIN checks privileges as running would, and runs nothing. */
static void check_role(PGconn *pg, const struct stmt *st, enum store_role role)
{
	char sql[200];
	snprintf(sql, sizeof(sql), "set role %s",
		 role == STORE_OWNER ? "none" : store_role_name(role));
	PQclear(PQexec(pg, sql));
	CLEANUP(buf_release) struct buf explain = BUF_INIT(65536);
	buf_addf(&explain, "explain (costs off) %s", st->sql);
	Oid types[STMT_PARAMS_MAX];
	const char *values[STMT_PARAMS_MAX] = {0};
	for (unsigned p = 0; p < st->param_count; p++)
		types[p] = st->params[p].type;
	PGresult *res = PQexecParams(pg, buf_cstr(&explain), (int)st->param_count, types, values,
				     NULL, NULL, 0);
	ck_assert_msg(PQresultStatus(res) == PGRES_TUPLES_OK, "%s as %s: %s", st->name,
		      store_role_name(role), PQerrorMessage(pg));
	PQclear(res);
}

START_TEST(every_role_has_the_grants_for_its_statements)
{
	PGconn *pg = connect_owner();
	for (unsigned i = 0; i < STMT_COUNT; i++) {
		ck_assert_uint_ne(sql_all[i]->roles, 0);
		for (enum store_role r = STORE_OWNER; r < STORE_ROLES_; r++) {
			if (sql_all[i]->roles & 1u << r)
				check_role(pg, sql_all[i], r);
		}
	}
	PQfinish(pg);
}
END_TEST

/* What no role but its own may do. */
static const struct {
	const char *role, *sql;
} forbidden[] = {
	{"aspora_gateway", "insert into verdict (domain) values ('x')"},
	{"aspora_gateway", "insert into desired (domain) values ('x')"},
	{"aspora_gateway", "update inbox set state = 'done'"},
	{"aspora_gateway", "update execution set result = '{}'"},
	{"aspora_gateway", "insert into instance (id) values ('x')"},
	{"aspora_gateway", "update lease set epoch = 0"},
	{"aspora_gateway", "delete from change"},
	{"aspora_control", "insert into verdict (domain) values ('x')"},
	{"aspora_control", "insert into desired (domain) values ('x')"},
	{"aspora_control", "insert into instance (id) values ('x')"},
	{"aspora_runner", "insert into desired (domain) values ('x')"},
	{"aspora_runner", "insert into rollout (domain) values ('x')"},
	{"aspora_runner", "select hash from key"},
	{"aspora_runner", "update source set url = ''"},
	{"aspora_sync", "select hash from key"},
	{"aspora_sync", "insert into instance (id) values ('x')"},
	{"aspora_sync", "update execution set state = 'queued'"},
	{"aspora_sync", "delete from change"},
	{"aspora_sync", "delete from release"},
	{"aspora_sync", "update release set message = ''"},
	{"aspora_sync", "update verdict set allow = true"},
	{"aspora_sync", "update version set handler = ''"},
	{"aspora_reporter", "update source set url = ''"},
	{"aspora_reporter", "insert into execution (id) values ('x')"},
	{"aspora_reporter", "update store set rev = 0"},
	{"aspora_control", "update store set incarnation = 9"},
	{"aspora_sync", "create table aspora.mine (a int)"},
};

START_TEST(no_role_may_do_anothers_work)
{
	PGconn *pg = connect_owner();
	char sql[100];
	snprintf(sql, sizeof(sql), "set role %s", forbidden[_i].role);
	PQclear(PQexec(pg, sql));
	PGresult *res = PQexec(pg, forbidden[_i].sql);
	const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
	ck_assert_msg(state && !strcmp(state, "42501"), "%s could: %s (%s)", forbidden[_i].role,
		      forbidden[_i].sql, PQerrorMessage(pg));
	PQclear(res);
	PQfinish(pg);
}
END_TEST

START_TEST(every_table_says_what_it_is)
{
	ck_assert_str_eq(
		support_pg_text("select string_agg(relname, ' ') from pg_class c where "
				"relnamespace = 'aspora'::regnamespace "
				"and relkind = 'r' and obj_description(c.oid, 'pg_class') is null"),
		"");
}
END_TEST

static const struct support_case cases[] = {
	CASE(every_statement_prepares_with_the_types_of_its_header),
	CASE(every_role_has_the_grants_for_its_statements),
	CASE_LOOP(no_role_may_do_anothers_work, ARRAY_SIZE(forbidden)),
	CASE(every_table_says_what_it_is),
	{0},
};

int main(void)
{
	return support_pg_main("store/sql", cases);
}
