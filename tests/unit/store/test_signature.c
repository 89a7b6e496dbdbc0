/* Signatures of commits: kept with their stretch of revisions, and told to whoever watches what shows them. */
#include "store/signature.h"

#include "store/object.h"
#include "tests/unit/store/help_release.h"

static const struct signature good = {SIGNATURE_GOOD, SIGNATURE_SSH, "ana@example.com",
				      "SHA256:abc", ""},
			      stranger = {SIGNATURE_UNTRUSTED, SIGNATURE_SSH, "", "SHA256:abc", ""},
			      expired = {SIGNATURE_EXPIRED, SIGNATURE_OPENPGP, "Bob", "0123",
					 "the key has expired"};
static struct store *s;
static struct lease *l;

static void set_up(void)
{
	static const char *const sources[] = {"main", "other", NULL};
	s = support_pg_open(STORE_SYNC);
	l = support_pg_lease(s, "sync");
	support_declare(s, l, sources);
}

/* The revision that it took; 0: nothing was written. */
static int64_t put(const char *source, const char *revision, const struct signature *g)
{
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	int64_t rev = -1;
	assert_ok(store_txn_begin(s, STORE_FENCED, "sync@test", l, &t, &support_err));
	assert_ok(store_signature_put(t, str_of(source), str_of(revision), g, &support_err));
	assert_ok(store_txn_commit(t, &rev, &support_err));
	return rev;
}

static void is(const char *source, const char *revision, const struct signature *want)
{
	struct signature got = {.state = SIGNATURE_BAD};
	assert_ok(store_signature_find(s, str_of(source), str_of(revision), &got, &support_err));
	ck_assert_msg(signature_equal(&got, want), "%s: %s %s", revision,
		      signature_state_name(got.state), got.key);
}

START_TEST(a_signature_is_kept_with_its_revision)
{
	static const struct signature none = {0};
	set_up();
	is("main", "r1", &none);
	ck_assert_int_gt(put("main", "r1", &good), 0);
	ck_assert_int_gt(put("main", "r2", &expired), 0);
	ck_assert_int_gt(put("other", "r1", &stranger), 0);
	is("main", "r1", &good);
	is("main", "r2", &expired);
	is("other", "r1", &stranger);
	is("other", "r2", &none);
	ck_assert_str_eq(
		support_pg_text("select object::text from change where name = 'other' order by "
				"revision desc limit 1"),
		"{\"revision\":\"r1\",\"signature\":{\"state\":\"untrusted\",\"kind\":\"ssh\","
		"\"signer\":\"\",\"key\":\"SHA256:abc\"}}");
}
END_TEST

START_TEST(what_is_known_already_is_not_written_again)
{
	set_up();
	ck_assert_int_gt(put("main", "r1", &good), 0);
	ck_assert_int_eq(put("main", "r1", &good), 0);
	ck_assert_int_eq(support_pg_int("select count(*) from signature"), 1);
}
END_TEST

START_TEST(another_judgement_ends_the_one_before)
{
	set_up();
	int64_t first = put("main", "r1", &stranger), second = put("main", "r1", &good);
	ck_assert_int_gt(second, first);
	is("main", "r1", &good);
	ck_assert_int_eq(support_pg_int("select since from signature where state = 'untrusted'"),
			 first);
	ck_assert_int_eq(support_pg_int("select until from signature where state = 'untrusted'"),
			 second);
	/* The detail alone is a difference too. */
	struct signature more = expired;
	put("main", "r1", &expired);
	more.detail[0] = 'T';
	ck_assert_int_gt(put("main", "r1", &more), 0);
	ck_assert_int_eq(support_pg_int("select count(*) from signature"), 4);
}
END_TEST

static struct buf text = BUF_INIT(BUF_MAX);

static const char *object(struct store *g, const char *kind, const char *domain, const char *name)
{
	const struct object_query q = {
		.kind = kind, .domain = str_of(domain), .name = str_of(name)};
	buf_reset(&text);
	assert_ok(store_object_get(g, &q, &text, &support_err));
	return buf_cstr(&text);
}

static void shows(const char *json, const char *want)
{
	ck_assert_msg(strstr(json, want) != NULL, "%s lacks %s", json, want);
}

/* Of the change log, after a revision: "Source/main Release/1". */
static const char *changes_after(int64_t rev)
{
	static char list[512];
	snprintf(list, sizeof(list), "%s",
		 support_pg_text("select coalesce(string_agg(kind || '/' || left(name, 7) || '/' "
				 "|| op, ' ' order by ord), '') from change where revision > %lld",
				 (long long)rev));
	return list;
}

START_TEST(releases_verdicts_and_sources_show_it)
{
	set_up();
	const struct support_skill skill = {.name = "triage", .content = "one"};
	int64_t rev = support_release(s, l, "ecm", "candidate", &skill, 1);
	char revision[128], admission[128], want[256];
	snprintf(revision, sizeof(revision), "%s",
		 support_pg_text("select revision from release where id = 1"));
	snprintf(admission, sizeof(admission), "%s",
		 support_pg_text("select encode(candidate, 'hex') from verdict limit 1"));
	support_pg_run("update verdict set revision = (select revision from release), source = "
		       "'main'");
	support_pg_run("update source set observed_revision = (select revision from release) where "
		       "name = 'main'");
	struct store *g = support_pg_open(STORE_GATEWAY);
	assert_ok(store_scope(g, STR("*"), &support_err));
	static const char *const kinds[][2] = {
		{"Release", ""}, {"Source", ""}, {"Admission", "ecm"}};
	const char *const names[] = {"1", "main", admission};
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		shows(object(g, kinds[i][0], kinds[i][1], names[i]),
		      "\"signature\" : {\"state\" : \"unchecked\"");
	rev = put("main", revision, &stranger);
	/* Nobody had seen another: the source alone has changed. */
	ck_assert_str_eq(changes_after(rev - 1), "Source/main/update");
	rev = put("main", revision, &good);
	const char *seen = changes_after(rev - 1);
	shows(seen, "Source/main/update");
	shows(seen, "Release/1/update");
	snprintf(want, sizeof(want), "Admission/%.7s/update", admission);
	shows(seen, want);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const char *json = object(g, kinds[i][0], kinds[i][1], names[i]);
		shows(json, "\"state\" : \"good\", \"kind\" : \"ssh\", \"signer\" : "
			    "\"ana@example.com\", \"key\" : \"SHA256:abc\"");
		snprintf(want, sizeof(want), "\"resourceVersion\" : \"%s\"",
			 support_pg_text("select aspora_version(rev) from store"));
		shows(json, want);
	}
	shows(support_pg_text("select aspora_version(aspora_object_rev('Source', '', 'main'))"),
	      support_pg_text("select aspora_version(rev) from store"));
}
END_TEST

int main(void)
{
	static const struct support_case cases[] = {
		CASE(a_signature_is_kept_with_its_revision),
		CASE(what_is_known_already_is_not_written_again),
		CASE(another_judgement_ends_the_one_before),
		CASE(releases_verdicts_and_sources_show_it),
		{0}};
	return support_pg_main("store/signature", cases);
}
