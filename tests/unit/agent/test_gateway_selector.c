/* Selectors: what each form means, what fits, and what is refused. */
#include "agent/gateway/selector.h"
#include "tests/unit/support.h"

static const char object[] =
	"{\"metadata\":{\"name\":\"a\",\"labels\":{\"team\":\"billing\",\"example.com/"
	"env\":\"prod\",\"empty\":\"\"}},"
	"\"spec\":{\"role\":\"manager\",\"n\":3,\"on\":true,\"none\":null},"
	"\"status\":{\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}";

static const struct {
	const char *labels, *fields;
	int fits; /* -1: refused */
} vectors[] = {
	{"", "", 1},
	{"team=billing", "", 1},
	{"team==billing", "", 1},
	{"team = billing", "", 1},
	{"team=other", "", 0},
	{"team!=billing", "", 0},
	{"team!=other", "", 1},
	{"nothing!=other", "", 1},
	{"nothing=other", "", 0},
	{"nothing=", "", 0},
	{"empty=", "", 1},
	{"team", "", 1},
	{"!team", "", 0},
	{"!nothing", "", 1},
	{"team in (a, billing)", "", 1},
	{"team in (a,b)", "", 0},
	{"team notin (a,b)", "", 1},
	{"nothing notin (a)", "", 1},
	{"example.com/env=prod,team=billing", "", 1},
	{"example.com/env=prod,team=x", "", 0},
	{"team in (billing),!nothing", "spec.role=manager", 1},
	{"", "metadata.name=a", 1},
	{"", "metadata.name==b", 0},
	{"", "spec.n=3,spec.on=true", 1},
	{"", "spec.n!=3", 0},
	{"", "spec.none=", 1},
	{"", "spec.none!=x", 1},
	{"", "spec.nothing.deep=x", 0},
	{"", "status.conditions[Ready].status=True", 1},
	{"", "status.conditions[Ready].status!=True", 0},
	{"", "status.conditions[Stalled].status=True", 0},
	{"team in billing", "", -1},
	{"team in ()", "", -1},
	{"team=a,,b=c", "", -1},
	{"te am", "", -1},
	{"=x", "", -1},
	{"!", "", -1},
	{"", "spec.role", -1},
	{"", "spec.role in (a)", -1},
	{"", "spec/role=a", -1},
	{"team=billing ,  empty=", "", 1},
	{"team in (a,b),team", "", 0},
	{"team in (other, billing), example.com/env in (prod)", "", 1},
	{"team notin ( billing )", "", 0},
	{"empty in (a,)", "", 0},
	{"nothing notin (a,b),!nothing", "", 1},
	{"team=billing,team=other", "", 0},
	{"Team=billing", "", 0},
	{"team=Billing", "", 0},
	{"team=a=b", "", 0},
	{"", "metadata.labels=", 1}, /* a map is no value */
	{"", "spec.role!=", 1},
	{"", "spec.role=", 0},
	{"", "spec.role= manager ", 1},
	{"", "spec.n=03", 0},
	{"", "spec.on=True", 0},
	{"", "status.conditions=", 1},
	{"", "status.conditions[].status=True", 0},
	{"", "status.conditions[Ready=True", 0},
	{"team=a,", "", -1},
	{"team,", "", -1},
	{",", "", -1},
	{",team", "", -1},
	{"team in (a,b", "", -1},
	{"team in a,b)", "", -1},
	{"in (a)", "", -1},
	{"team IN (a)", "", -1},
	{"team isin (a)", "", -1},
	{"team in", "", -1},
	{"!team=a", "", -1},
	{"!!team", "", -1},
	{"t\xC3\xA4m=a", "", -1},
	{"team;drop=a", "", -1},
	{"", "=a", -1},
	{"", "!spec.role", -1},
	{"", "spec.role=a,", -1},
	{"", "spec.role=a,,spec.n=1", -1},
};

START_TEST(each_form_means_what_it_says)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct selector s = {0};
	struct err err = ERR_INIT;
	int rc = selector_labels(&s, a, str_of(vectors[_i].labels), &err);
	if (rc == 0)
		rc = selector_fields(&s, a, str_of(vectors[_i].fields), &err);
	int got = rc < 0 ? -1 : selector_fits_text(&s, str_of(object));
	ck_assert_msg(got == vectors[_i].fits, "\"%s\" \"%s\": %d, %s", vectors[_i].labels,
		      vectors[_i].fields, got, err.msg);
	if (rc < 0) {
		ck_assert_int_eq(rc, ERR_USAGE);
		ck_assert_msg(strstr(err.msg, "is not understood") != NULL, "%s", err.msg);
		ck_assert_msg(strstr(err.remedy, "write for example ") != NULL, "%s", err.remedy);
	}
}
END_TEST

START_TEST(a_selector_has_its_limits)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	struct selector s = {0};
	struct err err = ERR_INIT;
	for (int i = 0; i < SELECTOR_TERMS_MAX; i++)
		buf_addf(&text, "%sk%d", i ? "," : "", i);
	ck_assert_int_eq(selector_labels(&s, a, buf_str(&text), &err), 0);
	ck_assert_int_eq(selector_labels(&s, a, STR("one-more"), &err), ERR_USAGE);
	ck_assert_str_eq(err.msg, "more than 32 terms in a selector");
	ck_assert(!selector_fits_text(&s, STR("no JSON")));
}
END_TEST

START_TEST(keys_and_sets_have_their_limits)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	struct selector s = {0};
	struct err err = ERR_INIT;
	buf_add_repeat(&text, 'k', 253);
	ck_assert_int_eq(selector_labels(&s, a, buf_str(&text), &err), 0);
	buf_add_char(&text, 'k');
	ck_assert_int_eq(selector_labels(&s, a, buf_str(&text), &err), ERR_USAGE);
	/* What is shown of it is cut. */
	ck_assert_uint_lt(strlen(err.msg), 300);
	buf_reset(&text);
	buf_addz(&text, "k in (v");
	for (int i = 1; i < SELECTOR_VALUES_MAX; i++)
		buf_addf(&text, ",v%d", i);
	size_t full = text.len;
	buf_addz(&text, ")");
	ck_assert_int_eq(selector_labels(&s, a, buf_str(&text), &err), 0);
	text.len = full;
	buf_addz(&text, ",one-more)");
	ck_assert_int_eq(selector_labels(&s, a, buf_str(&text), &err), ERR_USAGE);
}
END_TEST

START_TEST(labels_and_fields_count_together)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct selector s = {0};
	struct err err = ERR_INIT;
	for (int i = 0; i < SELECTOR_TERMS_MAX / 2; i++) {
		ck_assert_int_eq(selector_labels(&s, a, STR("team"), &err), 0);
		ck_assert_int_eq(selector_fields(&s, a, STR("spec.n=3"), &err), 0);
	}
	ck_assert(selector_fits_text(&s, str_of(object)));
	ck_assert_int_eq(selector_fields(&s, a, STR("spec.n=3"), &err), ERR_USAGE);
	ck_assert_str_eq(err.msg, "more than 32 terms in a selector");
}
END_TEST

START_TEST(who_wrote_it_wrong_is_told_which_one_and_what_to_write)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct selector s = {0};
	struct err err = ERR_INIT;
	ck_assert_int_eq(selector_labels(&s, a, STR("team=a,te am"), &err), ERR_USAGE);
	ck_assert_str_eq(err.msg, "labelSelector: \"te am\" is not understood");
	ck_assert_str_eq(err.remedy, "write for example team=billing, tier!=gold, env in "
				     "(prod,stage), !legacy");
	ck_assert_int_eq(selector_fields(&s, a, STR("spec.role"), &err), ERR_USAGE);
	ck_assert_str_eq(err.msg, "fieldSelector: \"spec.role\" is not understood");
	ck_assert_str_eq(err.remedy, "write for example status.phase=Ready, spec.role!=manager");
}
END_TEST

START_TEST(the_value_of_a_filter_is_taken_to_the_letter)
{
	struct selector s = {0};
	struct err err = ERR_INIT;
	static const char odd[] = "{\"spec\":{\"session\":\"a,b=c\"}}";
	ck_assert_int_eq(selector_field_is(&s, "spec.session", STR("a,b=c"), &err), 0);
	ck_assert(selector_fits_text(&s, str_of(odd)));
	ck_assert(!selector_fits_text(&s, str_of(object)));
	for (size_t i = 1; i < SELECTOR_TERMS_MAX; i++)
		ck_assert_int_eq(selector_field_is(&s, "spec.session", STR("a,b=c"), &err), 0);
	ck_assert_int_eq(selector_field_is(&s, "spec.session", STR("x"), &err), ERR_USAGE);
	ck_assert_str_eq(err.msg, "more than 32 terms in a selector");
	ck_assert(selector_fits_text(&s, str_of(odd)));
}
END_TEST

int main(void)
{
	static const struct support_case cases[] = {
		CASE_LOOP(each_form_means_what_it_says, ARRAY_SIZE(vectors)),
		CASE(a_selector_has_its_limits),
		CASE(the_value_of_a_filter_is_taken_to_the_letter),
		CASE(keys_and_sets_have_their_limits),
		CASE(labels_and_fields_count_together),
		CASE(who_wrote_it_wrong_is_told_which_one_and_what_to_write),
		{0},
	};
	return support_main("agent/gateway_selector", cases);
}
