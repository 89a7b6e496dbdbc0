/* What a change of a skill did to its routes and quarantines, asked by its revision. */
#include "store/hold.h"
#include "store/object.h"
#include "store/rollout.h"
#include "tests/unit/store/help_release.h"

static struct store *s, *control, *gateway;
static struct lease *l, *control_lease;
static struct arena *arena;

static void set_up(void)
{
	s = support_pg_open(STORE_SYNC);
	l = support_pg_lease(s, "sync");
	control = support_pg_open(STORE_CONTROL);
	control_lease = support_pg_lease(control, "control");
	gateway = support_pg_open(STORE_GATEWAY);
	arena = arena_new((size_t)16 << 20);
}

static int64_t head(void)
{
	struct store_head h;
	assert_ok(store_head(gateway, &h, &support_err));
	return h.at.rev;
}

/* "made triage.command.a-123456; gone …": of one skill at a revision. */
static const char *parts(const char *kind, const char *skill, int64_t rev)
{
	static const char *const words[] = {"made", "changed", "gone"};
	static char out[2048];
	const struct part_query q = {
		.kind = kind, .domain = STR("ecm"), .skill = str_of(skill), .rev = rev};
	struct object_part *list = NULL;
	size_t count = 0, n = 0;
	assert_ok(store_object_parts(gateway, arena, &q, &list, &count, &support_err));
	out[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		/* The name's digits at the end are a digest of the pattern. */
		size_t dash = list[i].name.len;
		while (dash > 0 && list[i].name.p[--dash] != '-')
			;
		struct str name = strcmp(kind, "Route") == 0 ? str_sub(list[i].name, 0, dash)
							     : list[i].name;
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%s %.*s", i ? "; " : "",
				      words[list[i].what], STR_ARG(name));
		ck_assert_int_eq(list[i].json.len == 0, list[i].what == PART_GONE);
		ck_assert(list[i].json.len == 0 || str_find(list[i].json, list[i].name, 0) > 0);
	}
	return out;
}

static int64_t promote(const char *candidate, const struct support_skill *skills, size_t count)
{
	support_release(s, l, "ecm", candidate, skills, count);
	support_promote(control, control_lease, "ecm", skills, count);
	return head();
}

START_TEST(a_promotion_makes_changes_and_ends_routes)
{
	set_up();
	const struct support_skill first[] = {{.name = "triage", .content = "v1", .pattern = "one"},
					      {.name = "other", .content = "o1", .pattern = "two"}};
	const struct support_skill again[] = {
		{.name = "triage", .content = "v2", .pattern = "one"}};
	const struct support_skill moved[] = {
		{.name = "triage", .content = "v3", .pattern = "three"}};
	int64_t rev = promote("c1", first, 2);
	ck_assert_str_eq(parts("Route", "triage", rev), "made triage.command.one");
	ck_assert_str_eq(parts("Route", "other", rev), "made other.command.two");
	ck_assert_str_eq(parts("Route", "triage", rev - 1), "");
	ck_assert_str_eq(parts("Route", "triage", rev + 1), "");
	ck_assert_str_eq(parts("Route", "nobody", rev), "");
	/* The same trigger leads to another version: it is the same route, and has changed. */
	int64_t second = promote("c2", again, 1);
	ck_assert_str_eq(parts("Route", "triage", second), "changed triage.command.one");
	ck_assert_str_eq(parts("Route", "other", second), "");
	int64_t third = promote("c3", moved, 1);
	ck_assert_str_eq(parts("Route", "triage", third),
			 "gone triage.command.one; made triage.command.three");
	/* Who comes to the first change now hears that what it made is gone, and what there is instead. */
	ck_assert_str_eq(parts("Route", "triage", rev),
			 "gone triage.command.one; changed triage.command.three");
	/* One that comes again after it had gone is made again, under the same name. */
	const struct support_skill back[] = {{.name = "triage", .content = "v4", .pattern = "one"}};
	int64_t fourth = promote("c4", back, 1);
	ck_assert_str_eq(parts("Route", "triage", fourth),
			 "made triage.command.one; gone triage.command.three");
}
END_TEST

static int64_t finish(struct store_txn *t)
{
	assert_ok(store_txn_commit(t, NULL, &support_err));
	store_txn_end(t);
	return head();
}

static struct quarantine held(const char *content)
{
	return (struct quarantine){.domain = STR("ecm"),
				   .skill = STR("triage"),
				   .content = word_digest(content),
				   .cause = STR("probe"),
				   .reason = STR("the probe failed")};
}

START_TEST(a_quarantine_is_made_and_goes)
{
	set_up();
	const struct quarantine q[] = {held("v2"), held("v3")};
	struct store_txn *t = NULL;
	assert_ok(store_txn_begin(s, STORE_FENCED, "key:ana", l, &t, &support_err));
	assert_ok(store_quarantine_put(t, q, 2, &support_err));
	int64_t put = finish(t), cleared = 0;
	ck_assert_str_eq(parts("Quarantine", "triage", put), "made 1; made 2");
	ck_assert_str_eq(parts("Quarantine", "other", put), "");
	assert_ok(store_txn_begin(s, STORE_FENCED, "key:ana", l, &t, &support_err));
	/* Held already: the log has an entry, and nothing has come of it. */
	assert_ok(store_quarantine_put(t, q, 1, &support_err));
	int64_t again = finish(t);
	ck_assert_str_eq(parts("Quarantine", "triage", again), "");
	assert_ok(store_txn_begin(s, STORE_FENCED, "key:ana", l, &t, &support_err));
	struct digest v2 = word_digest("v2");
	assert_ok(
		store_quarantine_clear(t, STR("ecm"), STR("triage"), &v2, &cleared, &support_err));
	int64_t after = finish(t);
	ck_assert_str_eq(parts("Quarantine", "triage", after), "gone 1");
	ck_assert_str_eq(parts("Quarantine", "triage", put), "gone 1; made 2");
}
END_TEST

int main(void)
{
	static const struct support_case cases[] = {
		CASE(a_promotion_makes_changes_and_ends_routes),
		CASE(a_quarantine_is_made_and_goes),
		{0},
	};
	return support_pg_main("store/object_part", cases);
}
