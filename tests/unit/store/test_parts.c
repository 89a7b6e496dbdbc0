/* The parts underneath: binary parameters and rows, SQL turned into C, receipts. */
#include <float.h>
#include <libpq-fe.h>

#include "base/child.h"
#include "base/io.h"
#include "base/mem.h"
#include "store/receipt_int.h"
#include "store/rows_int.h"
#include "tests/unit/store/help_release.h"

static PGconn *connect_owner(void)
{
	PGconn *pg = PQconnectdb(support_pg_access(STORE_OWNER)->conninfo);
	ck_assert_int_eq(PQstatus(pg), CONNECTION_OK);
	return pg;
}

/* Sends what b holds to "select $1, $2 …" and gives the rows back. */
static struct rows echo(PGconn *pg, struct bind *b)
{
	const struct stmt *st = b->stmt;
	Oid types[STMT_PARAMS_MAX];
	const char *values[STMT_PARAMS_MAX];
	int lengths[STMT_PARAMS_MAX], formats[STMT_PARAMS_MAX];
	ck_assert_uint_eq(b->count, st->param_count);
	for (unsigned i = 0; i < b->count; i++) {
		types[i] = st->params[i].type;
		values[i] = b->params[i].len < 0 ? NULL : b->data.data + b->params[i].offset;
		lengths[i] = b->params[i].len;
		formats[i] = 1;
	}
	PGresult *res = PQexecParams(pg, st->sql, (int)b->count, types, values, lengths, formats,
				     1);
	ck_assert_msg(PQresultStatus(res) == PGRES_TUPLES_OK, "%s", PQerrorMessage(pg));
	return (struct rows){res, st, PQntuples(res)};
}

START_TEST(every_type_comes_back_as_it_was_bound)
{
	static const struct stmt_column columns[] = {
		{"a", PG_TEXT},	 {"b", PG_INT8},	{"c", PG_INT4}, {"d", PG_BOOL},
		{"e", PG_BYTEA}, {"f", PG_TIMESTAMPTZ}, {"g", PG_JSON}, {"h", PG_BYTEA},
		{"i", PG_TEXT},	 {"j", PG_INT4}};
	static const struct stmt st = {.name = "echo",
				       .sql = "select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10",
				       .params = columns,
				       .param_count = 10,
				       .rows = columns,
				       .row_count = 10};
	static const int64_t times[] = {
		1, 946684800000, 946684799999, -62135596800000, 253402300799999, 1771416000123};
	static const int64_t numbers[] = {0, 1, -1, INT64_MAX, INT64_MIN, 1234567890123};
	PGconn *pg = connect_owner();
	CLEANUP(arena_freep) struct arena *a = arena_new(BUF_MAX);
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		CLEANUP(bind_release) struct bind b = BIND(&st);
		struct digest d = word_digest("x");
		struct tree_id tree = word_tree("t");
		bind_text(&b, STR("naïve \"quoted\" \\ text"));
		bind_i64(&b, numbers[i]);
		bind_i32(&b, numbers[i]); /* clamps */
		bind_bool(&b, i % 2);
		bind_digest(&b, &d);
		bind_time(&b, times[i]);
		bind_text(&b, STR("{\"b\": 1,\"a\":[2]}"));
		bind_tree(&b, &tree);
		bind_text(&b, STR_NULL);
		bind_i64_or_null(&b, -5);
		CLEANUP(rows_release) struct rows rows = echo(pg, &b);
		struct row c = row_of(&rows, 0);
		assert_str(row_copy(&c, a), "naïve \"quoted\" \\ text");
		ck_assert_int_eq(row_i64(&c), numbers[i]);
		ck_assert_int_eq(row_i64(&c), MAX(INT32_MIN, MIN(INT32_MAX, numbers[i])));
		ck_assert_int_eq(row_bool(&c), i % 2);
		struct digest back = row_digest(&c);
		ck_assert(digest_equal(&back, &d));
		ck_assert_int_eq(row_time(&c), times[i]);
		assert_str(row_text(&c), "{\"b\": 1,\"a\":[2]}"); /* json keeps its text */
		struct tree_id tree_back = row_tree(&c);
		ck_assert(tree_id_equal(&tree_back, &tree));
		ck_assert(!row_null(&c));
		assert_str(row_text(&c), "");
		ck_assert_int_eq(row_i64(&c), -5);
	}
	PQfinish(pg);
}
END_TEST

START_TEST(nothing_is_null_and_reads_as_nothing)
{
	static const struct stmt_column columns[] = {{"a", PG_TEXT},  {"b", PG_INT8},
						     {"c", PG_BYTEA}, {"d", PG_TIMESTAMPTZ},
						     {"e", PG_JSON},  {"f", PG_BYTEA}};
	static const struct stmt st = {.name = "echo",
				       .sql = "select $1, $2, $3, $4, $5, $6",
				       .params = columns,
				       .param_count = 6,
				       .rows = columns,
				       .row_count = 6};
	static const struct digest zero;
	PGconn *pg = connect_owner();
	CLEANUP(bind_release) struct bind b = BIND(&st);
	bind_text_or_null(&b, STR_NULL);
	bind_i64_or_null(&b, 0);
	bind_digest_or_null(&b, &zero);
	bind_time(&b, 0);
	bind_null(&b);
	bind_bytes(&b, NULL, 0);
	CLEANUP(rows_release) struct rows rows = echo(pg, &b);
	struct row c = row_of(&rows, 0);
	for (int i = 0; i < 5; i++) {
		ck_assert(row_null(&c));
		row_skip(&c);
	}
	ck_assert(!row_null(&c)); /* empty bytes are bytes */
	c = row_of(&rows, 0);
	assert_str(row_text(&c), "");
	ck_assert_int_eq(row_i64(&c), 0);
	struct digest d = row_digest(&c);
	ck_assert(digest_is_zero(&d));
	ck_assert_int_eq(row_time(&c), 0);
	PQfinish(pg);
}
END_TEST

START_TEST(arrays_of_any_length_arrive_whole)
{
	static const struct stmt_column params[] = {{"a", 1009}, {"b", 1016}, {"c", 1001},
						    {"d", 1000}, {"e", 1185}, {"f", 199},
						    {"g", 1007}};
	static const struct stmt_column rows_[] = {{"n", PG_INT8},
						   {"text", PG_TEXT},
						   {"sum", PG_INT8},
						   {"bytes", PG_INT8},
						   {"nulls", PG_INT8}};
	static const struct stmt st = {
		.name = "arrays",
		.sql = "select count(*), coalesce(string_agg(a, ''), ''), coalesce(sum(b), "
		       "0)::int8, coalesce(sum(length(c)), 0), count(*) filter (where e is null) "
		       "from unnest($1, $2, $3, $4, $5, $6, $7) u (a, b, c, d, e, f, g)",
		.params = params,
		.param_count = 7,
		.rows = rows_,
		.row_count = 5};
	static const size_t lengths[] = {0, 1, 2, 1000};
	PGconn *pg = connect_owner();
	for (size_t l = 0; l < ARRAY_SIZE(lengths); l++) {
		size_t n = lengths[l];
		CLEANUP(bind_release) struct bind b = BIND(&st);
		BIND_COLUMN(&b, n, bind_text, STR("x"));
		BIND_COLUMN(&b, n, bind_i64, (int64_t)i);
		BIND_COLUMN(&b, n, bind_bytes, "abc", i % 4);
		BIND_COLUMN(&b, n, bind_bool, i % 2);
		BIND_COLUMN(&b, n, bind_time, (int64_t)(i % 2)); /* every other one null */
		BIND_COLUMN(&b, n, bind_text, STR("[]"));
		BIND_COLUMN(&b, n, bind_i64_or_null, (int64_t)i);
		CLEANUP(rows_release) struct rows rows = echo(pg, &b);
		struct row c = row_of(&rows, 0);
		ck_assert_int_eq(row_i64(&c), (int64_t)n);
		ck_assert_uint_eq(row_text(&c).len, n);
		ck_assert_int_eq(row_i64(&c), n ? (int64_t)(n * (n - 1) / 2) : 0);
		row_skip(&c);
		ck_assert_int_eq(row_i64(&c), (int64_t)((n + 1) / 2));
	}
	PQfinish(pg);
}
END_TEST

/* --- script/gen-sql ---------------------------------------------------------------------------------------------------- */

static int gen(const char *mode, const char *name, const char *text, char words[1024])
{
	char dir[300], file[400], c[400], h[400];
	snprintf(dir, sizeof(dir), "%s", support_dir());
	snprintf(file, sizeof(file), "%s/%s", dir, name);
	snprintf(c, sizeof(c), "%s/out.c", dir);
	snprintf(h, sizeof(h), "%s/out.h", dir);
	assert_ok(io_write_file(file, str_of(text), 0644, &support_err));
	const char *statements[] = {"script/gen-sql", mode, c, h, file, NULL};
	const char *schema[] = {"script/gen-sql", mode, c, file, NULL};
	struct child_opts o = {.argv = strcmp(mode, "schema") ? statements : schema,
			       .dir = support_root()};
	CLEANUP(buf_release) struct buf err = BUF_INIT(65536);
	struct child_end end;
	assert_ok(child_run(&o, STR_NULL, NULL, &err, 20000, &end, &support_err));
	snprintf(words, 1024, "%s", buf_cstr(&err));
	if (end.status == 0) {
		CLEANUP(buf_release) struct buf out = BUF_INIT(65536);
		assert_ok(io_read_file(c, &out, &support_err));
		snprintf(words, 1024, "%s", buf_cstr(&out));
	}
	return end.status;
}

START_TEST(a_statement_becomes_a_constant_with_its_types)
{
	char words[1024];
	int r = gen("statements", "thing_find.sql",
		    "-- name: thing_find\n-- params: name text, ids int8[]\n-- rows: id int8\n-- "
		    "roles: sync, gateway\n-- A comment.\nselect \"a\\b\"\n\tfrom t\n",
		    words);
	ck_assert_msg(r == 0, "%s", words);
	ck_assert_ptr_nonnull(strstr(words, "const struct stmt sql_thing_find"));
	ck_assert_ptr_nonnull(strstr(words, "{\"name\", 25},"));
	ck_assert_ptr_nonnull(strstr(words, "{\"ids\", 1016},"));
	ck_assert_ptr_nonnull(strstr(words, "1u << STORE_SYNC | 1u << STORE_GATEWAY"));
	ck_assert_ptr_nonnull(strstr(words, "\"select \\\"a\\\\b\\\"\\n\""));
	ck_assert_ptr_null(strstr(words, "A comment"));
}
END_TEST

static const struct {
	const char *mode, *name, *text, *says;
} bad_sql[] = {
	{"statements", "a.sql", "-- name: b\n-- roles: sync\nselect 1\n",
	 "its name line says \"b\""},
	{"statements", "a.sql", "-- name: a\nselect 1\n", "no roles line"},
	{"statements", "a.sql", "-- name: a\n-- roles: root\nselect 1\n", "\"root\" is not a role"},
	{"statements", "a.sql", "-- name: a\n-- roles: sync\n-- params: x number\nselect 1\n",
	 "\"x number\" is not a name and a known type"},
	{"statements", "a.sql", "-- name: a\n-- roles: sync\n-- rows: x\nselect 1\n",
	 "\"x\" is not a name and a known type"},
	{"schema", "0002_x.sql", "select 1;\n", "its number should be 1"},
	{"schema", "first.sql", "select 1;\n", "not of the form NNNN_name.sql"},
	{"other", "a.sql", "", "usage:"},
};

START_TEST(a_slip_in_a_header_stops_the_build_and_names_the_file)
{
	char words[1024];
	ck_assert_int_ne(gen(bad_sql[_i].mode, bad_sql[_i].name, bad_sql[_i].text, words), 0);
	ck_assert_msg(strstr(words, bad_sql[_i].says) != NULL, "%s: %s", bad_sql[_i].says, words);
}
END_TEST

/* --- receipts ---------------------------------------------------------------------------------------------------------- */

START_TEST(a_verdicts_receipt_has_this_text)
{
	struct verdict v = {
		.key = {STR("ecm"), {{1}}, {{2}}, {{3}}}, .allow = true, .rules_version = 4};
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	store_receipt_verdict(&out, &v, STR("[]"), STR("main"), STR("abc"), 1771416000000);
	static const char zeros[] =
		"00000000000000000000000000000000000000000000000000000000000000";
	struct digest findings = digest_of(STR("[]"));
	char hex[DIGEST_HEX + 1];
	CLEANUP_FREE char *want =
		mem_printf("aspora.verdict.v1\ndomain ecm\nverdict allow\ncandidate 01%s\npolicy "
			   "02%s\nsurface 03%s\nrules 4\n"
			   "findings %s\nsource main abc\nat 2026-02-18T12:00:00.000Z\n",
			   zeros, zeros, zeros, digest_hex(&findings, hex));
	ck_assert_str_eq(buf_cstr(&out), want);
}
END_TEST

START_TEST(no_name_can_forge_a_line_of_a_receipt)
{
	struct release_domain d = {.op = CHANGE_UPDATE,
				   .name = STR("ecm\ndomain update frm main x")};
	struct release r = {
		.kind = "sync", .source = {"ma\nin", "a\rb"}, .domains = &d, .domain_count = 1};
	struct digest zero = {{0}};
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	receipt_release(&out, &r, 1, &zero, "ac\ntor", 0);
	size_t lines = 0;
	struct str rest = buf_str(&out), line;
	while (str_split(&rest, '\n', &line))
		lines++;
	ck_assert_uint_eq(lines, 7);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out),
				     "\nactor ac?tor\nsource ma?in a?b\ndomain update ecm?domain"));
}
END_TEST

START_TEST(a_receipt_verifies_from_its_document_alone)
{
	uint8_t public_key[SIGN_PUBLIC_SIZE], secret_key[SIGN_SECRET_SIZE], signature[SIGN_SIZE];
	sign_keypair(public_key, secret_key);
	struct str text = STR("aspora.verdict.v1\ndomain ecm\n");
	sign_make(secret_key, text, signature);
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	struct json j;
	json_init(&j, &out);
	store_receipt_json(&j, text, public_key, signature);
	CLEANUP(arena_freep) struct arena *a = arena_new(BUF_MAX);
	const struct doc_node *n = NULL;
	assert_ok(doc_parse_json(a, buf_str(&out), &doc_limits_json, "receipt", &n, &support_err));
	assert_str(doc_text(n, "kind"), "Receipt");
	CLEANUP(buf_release) struct buf key = BUF_INIT(100);
	CLEANUP(buf_release) struct buf sign = BUF_INIT(100);
	ck_assert(base64_decode(doc_text(n, "signer"), &key) &&
		  base64_decode(doc_text(n, "signature"), &sign));
	ck_assert(sign_verify((uint8_t *)key.data, doc_text(n, "text"), (uint8_t *)sign.data));
}
END_TEST

START_TEST(other_domains_are_seen_through_what_they_expose)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(s, "sync");
	struct support_skill k = {.name = "triage", .content = "v1"};
	CLEANUP(arena_freep) struct arena *a = arena_new(BUF_MAX);
	support_release(s, l, "ecm", "c1", &k, 1);
	support_release(s, l, "frm", "f1", &k, 1);
	CLEANUP(buf_release) struct buf json = BUF_INIT(4096);
	struct json j;
	struct surface_skill sk = {.name = STR("triage"),
				   .role = ROLE_MANAGER,
				   .path = STR("skills/frm/triage/SKILL.md")};
	struct surface own = {.domain = STR("frm"), .skills = &sk, .skill_count = 1};
	json_init(&j, &json);
	surface_json(&j, &own);
	support_pg_run("update release_item set exposes = '%s' where domain = 'frm'; update "
		       "release_item set exposes = '%s' where domain = 'ecm'",
		       buf_cstr(&json), buf_cstr(&json));
	struct surface *list = NULL;
	size_t n;
	assert_ok(store_surfaces_load(s, a, STR("ecm"), &list, &n, &support_err));
	ck_assert_uint_eq(n, 1);
	assert_str(list[0].domain, "frm");
	ck_assert_uint_eq(list[0].skill_count, 1);
	ck_assert_int_eq(list[0].skills[0].role, ROLE_MANAGER);
	assert_ok(store_surfaces_load(s, a, STR_NULL, &list, &n, &support_err));
	ck_assert_uint_eq(n, 2);
	support_pg_run("update release_item set exposes = '[]' where domain = 'frm'");
	ck_assert_int_lt(store_surfaces_load(s, a, STR_NULL, &list, &n, &support_err), 0);
}
END_TEST

static const struct support_case cases[] = {
	CASE(every_type_comes_back_as_it_was_bound),
	CASE(nothing_is_null_and_reads_as_nothing),
	CASE(arrays_of_any_length_arrive_whole),
	CASE(a_statement_becomes_a_constant_with_its_types),
	CASE_LOOP(a_slip_in_a_header_stops_the_build_and_names_the_file, ARRAY_SIZE(bad_sql)),
	CASE(a_verdicts_receipt_has_this_text),
	CASE(no_name_can_forge_a_line_of_a_receipt),
	CASE(a_receipt_verifies_from_its_document_alone),
	CASE(other_domains_are_seen_through_what_they_expose),
	{0},
};

int main(void)
{
	return support_pg_main("store/parts", cases);
}
