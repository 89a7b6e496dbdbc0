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

int main(void)
{
	static const struct support_case cases[] = {
		CASE_LOOP(each_form_means_what_it_says, ARRAY_SIZE(vectors)),
		CASE(a_selector_has_its_limits),
		{0},
	};
	return support_main("agent/gateway_selector", cases);
}
