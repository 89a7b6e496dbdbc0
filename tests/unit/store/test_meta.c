/* Labels, conditions on a resourceVersion, and rehearsals. */
#include "store/meta.h"

#include "store/hold.h"
#include "store/object.h"
#include "tests/unit/store/help_release.h"

static struct store *s;
static struct lease *l;

static void set_up(void)
{
	static const char *const sources[] = {"main", NULL};
	s = support_pg_open(STORE_SYNC);
	l = support_pg_lease(s, "sync");
	support_declare(s, l, sources);
}

static struct store_txn *begin(struct store *on)
{
	struct store_txn *t = NULL;
	assert_ok(store_txn_begin(on, STORE_CONDITIONAL, "key:ana", NULL, &t, &support_err));
	return t;
}

static int label(struct store *on, const char *version, const char *patch)
{
	CLEANUP(store_txn_endp) struct store_txn *t = begin(on);
	if (version)
		store_object_expect(t, "Source", STR_NULL, STR("main"), str_of(version));
	store_labels_put(t, "Source", STR_NULL, STR("main"), str_of(patch));
	return store_txn_commit(t, NULL, &support_err);
}

static const char *version(void)
{
	static char text[64];
	snprintf(text, sizeof(text), "%s",
		 support_pg_text("select aspora_version(aspora_object_rev('Source', '', 'main'))"));
	return text;
}

START_TEST(labels_are_merged_and_null_takes_one_away)
{
	set_up();
	assert_ok(label(s, NULL, "{\"a\":\"1\",\"b\":\"2\",\"never\":null}"));
	ck_assert_str_eq(support_pg_text("select labels::text from object_meta"),
			 "{\"a\": \"1\", \"b\": \"2\"}");
	assert_ok(label(s, NULL, "{\"a\":null,\"c\":\"3\"}"));
	ck_assert_str_eq(support_pg_text("select labels::text from object_meta"),
			 "{\"b\": \"2\", \"c\": \"3\"}");
	ck_assert_str_eq(
		support_pg_text("select object::text from change order by revision desc limit 1"),
		"{\"labels\":{\"a\":null,\"c\":\"3\"}}");
}
END_TEST

START_TEST(another_object_of_the_name_has_none_of_the_old_ones_labels)
{
	set_up();
	assert_ok(label(s, NULL, "{\"a\":\"1\"}"));
	support_pg_run("update source set uid = gen_random_uuid() where name = 'main'");
	ck_assert_int_eq(
		support_pg_int("select count(*) from object_meta m join source s on s.uid = m.uid"),
		0);
	assert_ok(label(s, NULL, "{\"b\":\"2\"}"));
	ck_assert_str_eq(support_pg_text("select labels::text from object_meta"), "{\"b\": \"2\"}");
}
END_TEST

START_TEST(a_stale_version_undoes_the_write_and_says_the_current_one)
{
	set_up();
	char old[64], words[200];
	snprintf(old, sizeof(old), "%s", version());
	assert_ok(label(s, old, "{\"a\":\"1\"}"));
	snprintf(words, sizeof(words), "source main is at %s now, not at %s", version(), old);
	long long before = support_pg_int("select rev from store");
	assert_err(label(s, old, "{\"a\":\"2\"}"), ERR_CONFLICT, words);
	ck_assert_ptr_nonnull(strstr(support_err.remedy, "read it again"));
	ck_assert_int_eq(support_pg_int("select rev from store"), before);
	ck_assert_str_eq(support_pg_text("select labels ->> 'a' from object_meta"), "1");
	assert_ok(label(s, version(), "{\"a\":\"2\"}"));
	/* Another incarnation's number is not ours. */
	assert_err(label(s, "i9.1", "{\"a\":\"3\"}"), ERR_CONFLICT, "not at i9.1");
}
END_TEST

START_TEST(what_is_not_there_has_no_version)
{
	set_up();
	struct store_txn *t = begin(s);
	store_object_expect(t, "Skill", STR("ecm"), STR("none"), STR("i1.1"));
	assert_err(store_txn_commit(t, NULL, &support_err), ERR_NOT_FOUND,
		   "there is no skill ecm/none");
	store_txn_end(t);
	assert_err(store_object_is(s, "Domain", STR("x"), STR("none"), STR("i1.1"), &support_err),
		   ERR_NOT_FOUND, "there is no domain none");
	assert_ok(store_object_is(s, "Source", STR_NULL, STR("main"), str_of(version()),
				  &support_err));
}
END_TEST

START_TEST(a_condition_alone_takes_no_revision)
{
	set_up();
	long long before = support_pg_int("select rev from store");
	struct store_txn *t = begin(s);
	store_object_expect(t, "Source", STR_NULL, STR("main"), str_of(version()));
	int64_t rev = -1;
	assert_ok(store_txn_commit(t, &rev, &support_err));
	store_txn_end(t);
	ck_assert_int_eq(rev, 0);
	ck_assert_int_eq(support_pg_int("select rev from store"), before);
}
END_TEST

START_TEST(of_those_who_read_the_same_version_one_writes)
{
	set_up();
	struct store_txn *t[4];
	char at[64];
	snprintf(at, sizeof(at), "%s", version());
	long long before = support_pg_int("select rev from store");
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		t[i] = begin(support_pg_open(STORE_GATEWAY));
		store_object_expect(t[i], "Source", STR_NULL, STR("main"), str_of(at));
		store_labels_put(t[i], "Source", STR_NULL, STR("main"), STR("{\"raced\":\"1\"}"));
	}
	/* All have begun; the first to come to its end is the one. */
	assert_ok(store_txn_commit(t[2], NULL, &support_err));
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		if (i != 2)
			assert_err(store_txn_commit(t[i], NULL, &support_err), ERR_CONFLICT, at);
		store_txn_end(t[i]);
	}
	ck_assert_int_eq(support_pg_int("select rev from store"), before + 1);
}
END_TEST

START_TEST(holds_and_their_ends_move_the_version_on)
{
	set_up();
	const struct suspension hold = {
		.kind = STR("Source"), .name = STR("main"), .by = STR("ana")};
	char at[64];
	snprintf(at, sizeof(at), "%s", version());
	struct store_txn *t = begin(s);
	assert_ok(store_suspend(t, &hold, &support_err));
	assert_ok(store_txn_commit(t, NULL, &support_err));
	store_txn_end(t);
	ck_assert_str_ne(version(), at);
	snprintf(at, sizeof(at), "%s", version());
	t = begin(s);
	assert_ok(store_resume(t, hold.kind, hold.domain, hold.name, &support_err));
	assert_ok(store_txn_commit(t, NULL, &support_err));
	store_txn_end(t);
	ck_assert_str_ne(version(), at);
}
END_TEST

START_TEST(a_rehearsal_shows_what_would_be_and_leaves_nothing)
{
	set_up();
	CLEANUP(buf_release) struct buf object = BUF_INIT(BUF_MAX);
	const struct object_query q = {.kind = "Source", .name = STR("main")};
	long long before = support_pg_int("select rev from store");
	struct store_txn *t = begin(s);
	store_labels_put(t, "Source", STR_NULL, STR("main"), STR("{\"tried\":\"1\"}"));
	assert_ok(store_txn_rehearse(t, &support_err));
	assert_ok(store_object_read(t, &q, &object, &support_err));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&object), "\"tried\": \"1\""));
	store_txn_end(t);
	ck_assert_int_eq(support_pg_int("select rev from store"), before);
	ck_assert_int_eq(support_pg_int("select count(*) from object_meta"), 0);
	/* The connection goes on, and the next revision is the one that the rehearsal had. */
	assert_ok(label(s, NULL, "{\"a\":\"1\"}"));
	ck_assert_int_eq(support_pg_int("select rev from store"), before + 1);
}
END_TEST

START_TEST(a_rehearsal_finds_what_the_commit_would)
{
	set_up();
	struct store_txn *t = begin(s);
	store_object_expect(t, "Source", STR_NULL, STR("main"), STR("i1.999"));
	store_labels_put(t, "Source", STR_NULL, STR("main"), STR("{\"a\":\"1\"}"));
	assert_err(store_txn_rehearse(t, &support_err), ERR_CONFLICT, "not at i1.999");
	store_txn_end(t);
	t = begin(s);
	assert_ok(store_resume(t, STR("Source"), STR_NULL, STR("main"), &support_err));
	assert_err(store_txn_rehearse(t, &support_err), ERR_NOT_FOUND, "main is not suspended");
	store_txn_end(t);
	assert_ok(label(s, NULL, "{\"a\":\"1\"}"));
}
END_TEST

START_TEST(the_gateway_labels_only_what_its_scope_covers)
{
	set_up();
	struct store *g = support_pg_open(STORE_GATEWAY);
	support_pg_run("insert into domain (name, source, rev) values ('ecm', 'main', 1), ('frm', "
		       "'main', 1)");
	assert_ok(store_scope(g, STR("frm"), &support_err));
	struct store_txn *t = begin(g);
	store_labels_put(t, "Domain", STR_NULL, STR("ecm"), STR("{\"a\":\"1\"}"));
	assert_err(store_txn_commit(t, NULL, &support_err), ERR_DENIED, "row-level security");
	store_txn_end(t);
	t = begin(g);
	store_labels_put(t, "Domain", STR_NULL, STR("frm"), STR("{\"a\":\"1\"}"));
	assert_ok(store_txn_commit(t, NULL, &support_err));
	store_txn_end(t);
	ck_assert_str_eq(support_pg_text("select string_agg(name, ',') from object_meta"), "frm");
}
END_TEST

static const struct support_case cases[] = {
	CASE(labels_are_merged_and_null_takes_one_away),
	CASE(another_object_of_the_name_has_none_of_the_old_ones_labels),
	CASE(a_stale_version_undoes_the_write_and_says_the_current_one),
	CASE(what_is_not_there_has_no_version),
	CASE(a_condition_alone_takes_no_revision),
	CASE(of_those_who_read_the_same_version_one_writes),
	CASE(holds_and_their_ends_move_the_version_on),
	CASE(a_rehearsal_shows_what_would_be_and_leaves_nothing),
	CASE(a_rehearsal_finds_what_the_commit_would),
	CASE(the_gateway_labels_only_what_its_scope_covers),
	{0},
};

int main(void)
{
	return support_pg_main("store/meta", cases);
}
