/* Refused requests in the hash chain: several in one revision, one actor each, none lost without a word. */
#include "agent/gateway/audit.h"
#include "store/change.h"
#include "tests/unit/support_pg.h"

static struct store *s;
static struct gw_audit *audit;

static void set_up(void)
{
	s = support_pg_open(STORE_GATEWAY);
	audit = gw_audit_new();
}

static void note(const char *actor, const char *request)
{
	const struct gw_refusal r = {.actor = actor,
				     .request = request,
				     .method = STR("POST"),
				     .path = STR("/api/v1/keys"),
				     .status = 403};
	gw_audit_note(audit, &r);
}

START_TEST(nothing_noted_takes_no_revision)
{
	set_up();
	ck_assert(!gw_audit_pending(audit));
	assert_ok(gw_audit_flush(audit, s, &support_err));
	ck_assert_int_eq(support_pg_int("select count(*) from change where kind = 'Request'"), 0);
	gw_audit_free(audit);
}
END_TEST

START_TEST(what_one_actor_was_refused_is_one_revision)
{
	set_up();
	note("key:eva", "r-1");
	note("key:bob", "r-2");
	note("key:eva", "r-3");
	ck_assert(gw_audit_pending(audit));
	assert_ok(gw_audit_flush(audit, s, &support_err));
	ck_assert(!gw_audit_pending(audit));
	ck_assert_int_eq(support_pg_int("select count(*) from change where kind = 'Request'"), 3);
	ck_assert_str_eq(
		support_pg_text("select string_agg(actor, ',' order by revision) from revision "
				"where revision in (select revision from change where kind = "
				"'Request')"),
		"key:eva,key:bob");
	ck_assert_str_eq(support_pg_text("select object from change where name = 'r-3'"),
			 "{\"actor\":\"key:eva\",\"method\":\"POST\",\"path\":\"/api/v1/keys\","
			 "\"status\":403}");
	int64_t bad = -1;
	assert_ok(store_change_verify(s, 1, 1000, &bad, &support_err));
	ck_assert_int_eq(bad, 0);
	gw_audit_free(audit);
}
END_TEST

START_TEST(past_the_bound_the_oldest_go_and_the_next_write_says_how_many)
{
	char request[32];
	set_up();
	for (int i = 0; i < GW_AUDIT_MAX + 3; i++) {
		snprintf(request, sizeof(request), "r-%d", i);
		note("key:eva", request);
	}
	assert_ok(gw_audit_flush(audit, s, &support_err));
	ck_assert_int_eq(support_pg_int("select count(*) from change where kind = 'Request'"),
			 GW_AUDIT_MAX);
	ck_assert_int_eq(support_pg_int("select count(*) from change where name = 'r-2'"), 0);
	ck_assert_str_eq(
		support_pg_text("select object ->> 'notWritten' from change where name = 'r-3'"),
		"3");
	ck_assert_str_eq(
		support_pg_text("select object ->> 'notWritten' from change where name = 'r-4'"),
		"");
	gw_audit_free(audit);
}
END_TEST

START_TEST(what_cannot_be_written_stays)
{
	set_up();
	note("key:eva", "r-1");
	support_pg_run("revoke insert on change from aspora_gateway");
	ck_assert_int_lt(gw_audit_flush(audit, s, &support_err), 0);
	ck_assert(gw_audit_pending(audit));
	support_pg_run("grant insert on change to aspora_gateway");
	assert_ok(gw_audit_flush(audit, s, &support_err));
	ck_assert_int_eq(support_pg_int("select count(*) from change where name = 'r-1'"), 1);
	gw_audit_free(audit);
}
END_TEST

START_TEST(an_auditor_asks_by_who_what_and_when)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct change *list = NULL;
	size_t n = 0;
	set_up();
	note("key:eva", "r-1");
	note("key:bob", "r-2");
	assert_ok(gw_audit_flush(audit, s, &support_err));
	struct audit_query q = {.actor = STR("key:bob")};
	assert_ok(store_audit_list(s, a, &q, 10, &list, &n, &support_err));
	ck_assert_uint_eq(n, 1);
	assert_str(list[0].name, "r-2");
	assert_str(list[0].actor, "key:bob");
	q = (struct audit_query){.kind = "Request"};
	assert_ok(store_audit_list(s, a, &q, 1, &list, &n, &support_err));
	ck_assert_uint_eq(n, 1);
	assert_str(list[0].name, "r-2");
	q.before_rev = list[0].rev;
	q.before_ord = list[0].ord;
	assert_ok(store_audit_list(s, a, &q, 10, &list, &n, &support_err));
	ck_assert_uint_eq(n, 1);
	assert_str(list[0].name, "r-1");
	q = (struct audit_query){.kind = "Request", .since_ms = clock_real.wall_ms(NULL) + 60000};
	assert_ok(store_audit_list(s, a, &q, 10, &list, &n, &support_err));
	ck_assert_uint_eq(n, 0);
	gw_audit_free(audit);
}
END_TEST

static const struct support_case cases[] = {
	CASE(nothing_noted_takes_no_revision),
	CASE(what_one_actor_was_refused_is_one_revision),
	CASE(past_the_bound_the_oldest_go_and_the_next_write_says_how_many),
	CASE(what_cannot_be_written_stays),
	CASE(an_auditor_asks_by_who_what_and_when),
	{0}};

int main(void)
{
	return support_pg_main("agent/gateway_audit", cases);
}
