#include "skill/kind.h"

#include <ctype.h>

#include "base/clock.h"
#include "skill/condition.h"
#include "tests/unit/support.h"

static struct arena *arena;

static const struct doc_node *object(const char *json)
{
	const struct doc_node *n = NULL;
	arena_freep(&arena);
	arena = arena_new(1 << 20);
	assert_ok(doc_parse_json(arena, str_of(json), &doc_limits_json, "test", &n, &support_err));
	return n;
}

static const char skill[] =
	"{\"apiVersion\":\"aspora/"
	"v1\",\"kind\":\"Skill\",\"metadata\":{\"domain\":\"ecm\",\"name\":"
	"\"order-details\",\"createdAt\":\"2026-02-18T12:00:00Z\",\"source\":{\"name\":\"main\","
	"\"revision\":\"0123456789abcdef0123456789abcdef01234567\"}},\"spec\":{\"role\":"
	"\"specialist\","
	"\"triggers\":[\"command: order status "
	"{id}\",\"always\"],\"handler\":null,\"deep\":{\"a\":[{"
	"\"b\":1},{\"b\":2}]}},\"status\":{\"digest\":\"aabbccddeeff0011\",\"conditions\":[{"
	"\"type\":"
	"\"Reconciling\",\"status\":\"False\"},{\"type\":\"Ready\",\"status\":\"True\",\"reason\":"
	"\"Ready\",\"message\":\"evil \\u001b[2J\\nrow\"}]}}";

static const char *cell(const char *path, const char *json)
{
	static char text[1024];
	CLEANUP(buf_release) struct buf out = BUF_INIT(1000);
	struct kind_column c = {"X", path, false};
	const struct doc_node *n = object(json);
	int64_t now;
	assert_ok(clock_parse(STR("2026-02-20T15:30:00Z"), &now, &support_err));
	kind_cell(&out, &c, n, now);
	snprintf(text, sizeof(text), "%s", buf_cstr(&out));
	arena_freep(&arena);
	return text;
}

START_TEST(paths_lead_through_maps_conditions_and_lists)
{
	const struct doc_node *n = object(skill);
	assert_str(kind_path(n, "metadata.name")->text, "order-details");
	assert_str(kind_path(n, "status.conditions[Ready].status")->text, "True");
	assert_str(kind_path(n, "status.conditions[0].type")->text, "Reconciling");
	ck_assert_int_eq(kind_path(n, "spec.deep.a[1].b")->integer, 2);
	ck_assert_ptr_null(kind_path(n, "status.conditions[Stalled].status"));
	ck_assert_ptr_null(kind_path(n, "status.conditions[2].status"));
	ck_assert_ptr_null(kind_path(n, "metadata.name.first"));
	ck_assert_ptr_null(kind_path(n, "metadata[0]"));
	ck_assert_ptr_null(kind_path(n, "nothing"));
	arena_freep(&arena);
}
END_TEST

START_TEST(cells_take_the_form_that_their_column_asks_for)
{
	ck_assert_str_eq(cell("metadata.domain", skill), "ecm");
	ck_assert_str_eq(cell("@short metadata.source.revision", skill), "0123456789ab");
	ck_assert_str_eq(cell("@age metadata.createdAt", skill), "2d3h");
	ck_assert_str_eq(cell("spec.triggers", skill), "command: order status {id},always");
	ck_assert_str_eq(cell("@count spec.triggers", skill), "2");
	ck_assert_str_eq(cell("@usd x", "{\"x\":50000}"), "0.05");
	ck_assert_str_eq(cell("@usd x", "{\"x\":12000000}"), "12.00");
	ck_assert_str_eq(cell("@usd x", "{\"x\":1}"), "0.000001");
	ck_assert_str_eq(cell("@usd x", "{\"x\":-1500000}"), "-1.50");
	ck_assert_str_eq(cell("@percent x", "{\"x\":1000000}"), "100%");
	ck_assert_str_eq(cell("@percent x", "{\"x\":25000}"), "2.5%");
	ck_assert_str_eq(cell("@duration x", "{\"x\":5400000}"), "1h30m");
	ck_assert_str_eq(cell("@until x", "{\"x\":\"2026-02-20T16:00:00Z\"}"), "30m");
	ck_assert_str_eq(cell("@until x", "{\"x\":\"2026-02-20T15:30:00Z\"}"), "expired");
}
END_TEST

#define CONDITION(type, status, reason, message)                                                   \
	"{\"type\":\"" type "\",\"status\":\"" status "\",\"reason\":\"" reason                    \
	"\",\"message\":\"" message "\"}"

START_TEST(a_status_is_what_needs_a_person_then_what_is_under_way_then_how_it_is)
{
	static const struct {
		const char *conditions, *status, *why;
	} rows[] = {
		{CONDITION("Ready", "True", "Ready", "it serves"), "Ready", "it serves"},
		{CONDITION("Ready", "True", "Ready", "it serves") "," CONDITION(
			 "Reconciling", "False", "Ready", "") "," CONDITION("Stalled", "False",
									    "Ready", ""),
		 "Ready", "it serves"},
		{CONDITION("Ready", "Unknown", "NewRevision", "it waits") "," CONDITION(
			 "Reconciling", "True", "RolloutProgressing", ""),
		 "RolloutProgressing", "it waits"},
		{CONDITION("Ready", "True", "Ready", "it serves") "," CONDITION(
			 "Reconciling", "True", "Retrying",
			 "again") "," CONDITION("Stalled", "True", "AdmissionDenied", "no tests"),
		 "AdmissionDenied", "no tests"},
		{CONDITION("Stalled", "True", "Suspended", "bo did"), "Suspended", "bo did"},
		{CONDITION("Stalled", "False", "Ready", "x"), "-", "-"},
		{"", "-", "-"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[1024];
		snprintf(text, sizeof(text), "{\"c\":[%s]}", rows[i].conditions);
		ck_assert_str_eq(cell("@status c", text), rows[i].status);
		ck_assert_str_eq(cell("@why c", text), rows[i].why);
	}
	ck_assert_str_eq(cell("@status c", "{\"c\":5}"), "-");
	ck_assert_str_eq(cell("@why c", "{\"c\":{}}"), "-");
}
END_TEST

START_TEST(the_text_at_a_path_is_had_alone)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	const struct doc_node *n = NULL;
	assert_ok(doc_parse_json(
		a, STR("{\"a\":{\"b\":\"x\",\"n\":7},\"c\":[{\"type\":\"R\",\"s\":\"y\"}]}"),
		&doc_limits_json, "t", &n, &support_err));
	assert_str(kind_text(n, "a.b"), "x");
	assert_str(kind_text(n, "c[R].s"), "y");
	assert_str(kind_text(n, "a.n"), "");
	assert_str(kind_text(n, "a.none"), "");
	assert_str(kind_text(NULL, "a.b"), "");
}
END_TEST

START_TEST(maps_truths_and_numbers_have_cells_too)
{
	ck_assert_str_eq(cell("x", "{\"x\":{\"a\":1}}"), "{\"a\":1}");
	ck_assert_str_eq(cell("x", "{\"x\":true}"), "true");
	ck_assert_str_eq(cell("x", "{\"x\":-7}"), "-7");
	ck_assert_str_eq(cell("x", "{\"x\":[1,[2,null],\"c\"]}"), "1,2,,c");
	ck_assert_str_eq(cell("@count x", "{\"x\":{\"a\":1,\"b\":2}}"), "2");
	ck_assert_str_eq(cell("@count x", "{\"x\":5}"), "0");
	ck_assert_str_eq(cell("@percent x", "{\"x\":\"1\"}"), "-");
	ck_assert_str_eq(cell("@duration x", "{\"x\":null}"), "-");
	ck_assert_str_eq(cell("@until x", "{\"x\":\"soon\"}"), "-");
	ck_assert_str_eq(cell("@short x", "{\"x\":\"abc\"}"), "abc");
	ck_assert_str_eq(cell("@short x", "{\"x\":1}"), "-");
	ck_assert_str_eq(cell("@labels x", "{\"x\":{\"team\":\"a\",\"b\":\"c\\u001b\"}}"),
			 "team=a,b=c\\x1b");
	ck_assert_str_eq(cell("@labels x", "{\"x\":{}}"), "-");
	ck_assert_str_eq(cell("@labels x", "{\"x\":[1]}"), "-");
}
END_TEST

START_TEST(what_is_absent_or_of_another_type_is_a_dash)
{
	ck_assert_str_eq(cell("spec.handler", skill), "-");
	ck_assert_str_eq(cell("nothing.here", skill), "-");
	ck_assert_str_eq(cell("@age x", "{\"x\":\"yesterday\"}"), "-");
	ck_assert_str_eq(cell("@age x", "{\"x\":5}"), "-");
	ck_assert_str_eq(cell("@usd x", "{\"x\":\"5\"}"), "-");
	ck_assert_str_eq(cell("x", "{\"x\":\"\"}"), "-");
	ck_assert_str_eq(cell("x", "{\"x\":[]}"), "-");
	ck_assert_str_eq(cell("@count x", "{\"x\":[]}"), "0");
}
END_TEST

START_TEST(text_of_the_repository_cannot_steer_the_terminal)
{
	ck_assert_str_eq(cell("status.conditions[Ready].message", skill), "evil \\x1b[2J\\nrow");
}
END_TEST

START_TEST(ages_are_finer_the_nearer)
{
	static const struct {
		int64_t s;
		const char *want;
	} rows[] = {{-5, "0s"},
		    {0, "0s"},
		    {119, "119s"},
		    {120, "2m"},
		    {310, "5m10s"},
		    {600, "10m"},
		    {3 * 3600 - 1, "179m"},
		    {3 * 3600, "3h"},
		    {3 * 3600 + 60, "3h1m"},
		    {8 * 3600 + 60, "8h"},
		    {48 * 3600, "2d"},
		    {52 * 3600, "2d4h"},
		    {8 * 86400 + 3600, "8d"},
		    {729 * 86400, "729d"},
		    {730 * 86400, "2y"},
		    {731 * 86400, "2y1d"},
		    {9LL * 365 * 86400, "9y"},
		    {INT64_MAX / 1000, "999y"}};
	char out[32];
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		ck_assert_str_eq(kind_age(rows[i].s * 1000, out), rows[i].want);
}
END_TEST

START_TEST(a_kind_is_found_by_any_of_its_names)
{
	for (const struct kind *k = kinds; k->name; k++) {
		ck_assert_ptr_eq(kind_find(str_of(k->name)), k);
		ck_assert_ptr_eq(kind_find(str_of(k->plural)), k);
		ck_assert_ptr_eq(kind_find(str_of(k->singular)), k);
		ck_assert_ptr_eq(kind_find(str_of(k->short_name)), k);
	}
	ck_assert_str_eq(kind_find(STR("SKILLS"))->name, "Skill");
	ck_assert_ptr_null(kind_find(STR("pods")));
	ck_assert_ptr_null(kind_find(STR("")));
	ck_assert_str_eq(kind_nearest(STR("skils")), "skills");
	ck_assert_str_eq(kind_nearest(STR("Excutions")), "executions");
	ck_assert_ptr_null(kind_nearest(STR("pods-and-other-things-of-kubernetes")));
}
END_TEST

START_TEST(every_row_of_the_table_is_whole)
{
	for (const struct kind *k = kinds; k->name; k++) {
		ck_assert(k->verbs & VERB_GET && k->verbs & VERB_LIST);
		ck_assert(isupper((unsigned char)k->name[0]));
		ck_assert_str_eq(k->help + strlen(k->help) - 1, ".");
		bool domain = false;
		size_t narrow = 0;
		for (const struct kind_column *c = k->columns; c->title; c++) {
			narrow += !c->wide;
			domain |= strcmp(c->path, "metadata.domain") == 0;
			ck_assert_ptr_nonnull(c->path);
		}
		ck_assert_msg(!k->namespaced || domain, "%s shows no domain", k->name);
		ck_assert_msg(narrow >= 4 && narrow <= 8, "%s has %zu columns", k->name, narrow);
		for (const struct kind *o = kinds; o < k; o++) {
			ck_assert_str_ne(o->plural, k->plural);
			ck_assert_str_ne(o->short_name, k->short_name);
		}
	}
}
END_TEST

START_TEST(skills_have_the_columns_that_kubectl_users_expect)
{
	CLEANUP(buf_release) struct buf titles = BUF_INIT(1000);
	for (const struct kind_column *c = kind_find(STR("skills"))->columns; c->title; c++)
		buf_addf(&titles, c->wide ? "(%s) " : "%s ", c->title);
	ck_assert_str_eq(buf_cstr(&titles), "DOMAIN NAME ROLE READY STATUS VERSION AGE (TRIGGER) "
					    "(SOURCE) (REVISION) (HANDLER) (MESSAGE) ");
}
END_TEST

static const char *written(const struct condition *c)
{
	static char text[1024];
	CLEANUP(buf_release) struct buf out = BUF_INIT(1000);
	struct json j;
	json_init(&j, &out);
	condition_json(&j, c);
	snprintf(text, sizeof(text), "%s", buf_cstr(&out));
	return text;
}

START_TEST(a_condition_is_written_and_read_back)
{
	struct condition c = {"Ready",
			      COND_FALSE,
			      STR("AdmissionDenied"),
			      STR("1 finding denies it"),
			      STR("Admission/ecm"),
			      STR("add tests/cases.md"),
			      1771416030000},
			 back;
	const char *text = written(&c);
	ck_assert_str_eq(text,
			 "{\"type\":\"Ready\",\"status\":\"False\",\"reason\":"
			 "\"AdmissionDenied\",\"message\":\"1 finding denies it\",\"blockedBy\":"
			 "\"Admission/ecm\",\"remedy\":\"add tests/cases.md\","
			 "\"lastTransitionTime\":\"2026-02-18T12:00:30.000Z\"}");
	const struct doc_node *n = object(text);
	assert_ok(condition_from_json(n, &back, &support_err));
	ck_assert_str_eq(back.type, "Ready");
	ck_assert_int_eq(back.transition_ms, c.transition_ms);
	ck_assert(!condition_differs(&c, &back));
	back.remedy = STR("wait");
	ck_assert(condition_differs(&c, &back));
	back = c;
	back.transition_ms = 0;
	ck_assert(!condition_differs(&c, &back));
	arena_freep(&arena);
}
END_TEST

START_TEST(what_is_no_condition_is_refused)
{
	struct condition c;
	assert_err(condition_from_json(object("{}"), &c, &support_err), ERR_INVALID,
		   "has no \"type\"");
	assert_err(condition_from_json(object("{\"type\":\"Ready\",\"status\":\"true\"}"), &c,
				       &support_err),
		   ERR_INVALID, "Ready has the status \"true\"");
	ck_assert_str_eq(support_err.remedy, "write \"True\", \"False\" or \"Unknown\"");
	assert_err(condition_from_json(object("{\"type\":\"Ready\",\"status\":\"True\","
					      "\"lastTransitionTime\":\"now\"}"),
				       &c, &support_err),
		   ERR_INVALID, "now");
	arena_freep(&arena);
}
END_TEST

START_TEST(reasons_are_camel_case_once_each_and_explained)
{
	size_t n = 0;
	for (const struct condition_reason *r = condition_reasons; r->name; r++, n++) {
		ck_assert_ptr_eq(condition_reason_find(str_of(r->name)), r);
		for (const char *p = r->name; *p; p++)
			ck_assert(isalpha((unsigned char)*p));
		ck_assert(isupper((unsigned char)r->name[0]));
		ck_assert_str_eq(r->help + strlen(r->help) - 1, ".");
	}
	ck_assert_uint_gt(n, 30);
	static const char *const designed[] = {
		"AdmissionDenied",  "NewRevision",	  "RolloutProgressing",
		"BudgetExhausted",  "Quarantined",	  "PolicyViolation",
		"HandlerNotReady",  "SandboxUnavailable", "ModelNotConfigured",
		"HistoryRewritten", "FetchFailed",	  "Suspended",
		"CrashLoop"};
	for (size_t i = 0; i < ARRAY_SIZE(designed); i++)
		ck_assert_ptr_nonnull(condition_reason_find(str_of(designed[i])));
	ck_assert_ptr_null(condition_reason_find(STR("ready")));
}
END_TEST

static const struct support_case cases[] = {
	CASE(paths_lead_through_maps_conditions_and_lists),
	CASE(cells_take_the_form_that_their_column_asks_for),
	CASE(a_status_is_what_needs_a_person_then_what_is_under_way_then_how_it_is),
	CASE(the_text_at_a_path_is_had_alone),
	CASE(maps_truths_and_numbers_have_cells_too),
	CASE(what_is_absent_or_of_another_type_is_a_dash),
	CASE(text_of_the_repository_cannot_steer_the_terminal),
	CASE(ages_are_finer_the_nearer),
	CASE(a_kind_is_found_by_any_of_its_names),
	CASE(every_row_of_the_table_is_whole),
	CASE(skills_have_the_columns_that_kubectl_users_expect),
	CASE(a_condition_is_written_and_read_back),
	CASE(what_is_no_condition_is_refused),
	CASE(reasons_are_camel_case_once_each_and_explained),
	{0},
};

int main(void)
{
	return support_main("skill/kind", cases);
}
