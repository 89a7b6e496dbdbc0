/* The canonical forms of a configuration: what of it a digest covers. */
#include "tests/unit/skill/config_files.h"

static struct digest runtime_of(const char *text)
{
	struct config c;
	CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
	config_cascade(NULL, NULL, get(LEVEL_SKILL, text), &c, &found, STR("ecm"), STR("order"));
	config_canonical_runtime(&out, &c);
	return digest_of(buf_str(&out));
}

static struct digest context_of(const char *text)
{
	struct config c;
	CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
	config_cascade(NULL, NULL, get(LEVEL_SKILL, text), &c, &found, STR("ecm"), STR("order"));
	config_canonical_context(&out, &c);
	return digest_of(buf_str(&out));
}

START_TEST(a_change_touches_the_canonical_form_it_belongs_to)
{
	static const struct {
		const char *text;
		bool runtime, context;
	} changes[] = {
		{"limits: {timeout: 5s}", true, false},
		{"limits: {memory: 128Mi}", true, false},
		{"handler: {file: code/x.py}", true, false},
		{"runtime: {env: {A: b}}", true, false},
		{"runtime: {isolation: vm}", true, false},
		{"runtime: {pool: 3}", false, false},
		{"limits: {per_minute: 3}", false, true},
		{"budget: {per_run_usd: 0.1}", false, true},
		{"model: {tier: small}", false, true},
		{"guard: {pii: block}", false, true},
		{"mcp: {tools: [erp.get]}", false, true},
		{"rollout: {strategy: canary}", false, false},
		{"tests: {min_cases: 4}", false, false},
		{"# only a comment", false, false},
		{"limits: {timeout: 30s}", false, false}, /* the default, written out */
	};
	begin();
	struct digest runtime = runtime_of(""), context = context_of("");
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		struct digest r = runtime_of(changes[i].text), c = context_of(changes[i].text);
		ck_assert_msg(digest_equal(&r, &runtime) != changes[i].runtime, "%s: runtime",
			      changes[i].text);
		ck_assert_msg(digest_equal(&c, &context) != changes[i].context, "%s: context",
			      changes[i].text);
	}
	ck_assert_uint_eq(found.count, 0);
	end();
}
END_TEST

START_TEST(the_canonical_policy_has_these_bytes)
{
	begin();
	CLEANUP(buf_release)
	struct buf out = BUF_INIT(4096), none = BUF_INIT(64), hex = BUF_INIT(4096);
	/* The order of the file does not matter, the table's does; layout does not matter either. */
	config_canonical_policy(&out,
				get(LEVEL_DOMAIN,
				    "tests: {required: [a, bc]}\nbudget:\n    per_run_usd: 0.5\n"
				    "policy: {stop_on_violation: true}\n"));
	hex_add(&hex, out.data, out.len);
	ck_assert_str_eq(buf_cstr(&hex),
			 "00000012"
			 "6275646765742e7065725f72756e5f757364" /* budget.per_run_usd */
			 "00000008"
			 "000000000007a120" /* 500000 */
			 "0000000e"
			 "74657374732e7265717569726564" /* tests.required */
			 "00000013"
			 "0000000000000002"
			 "00000001"
			 "61"
			 "00000002"
			 "6263"
			 "00000018"
			 "706f6c6963792e73746f705f6f6e5f76696f6c6174696f6e"
			 "00000004"
			 "74727565");
	config_canonical_policy(&none, NULL);
	ck_assert_uint_eq(none.len, 0);
	end();
}
END_TEST

START_TEST(a_compact_copy_judges_as_the_whole_document_does)
{
	begin();
	struct config_doc *p = get(LEVEL_PLATFORM, "budget: {per_run_usd: 5}\n");
	const char *text = "budget: {per_run_usd: 9}\nruntime: {env: {A: one}}\nmcp: {tools: "
			   "[erp.get, erp.put]}\n"
			   "routing: {forwards: [{then: {forward_to: a/b}}]}\n";
	struct arena *scratch = arena_new(1 << 20), *keep = arena_new(1 << 20);
	struct arena *own = arena;
	arena = scratch;
	struct config_doc *whole = get(LEVEL_SKILL, text);
	arena = own;
	struct config a, b;
	config_cascade(p, NULL, whole, &a, &found, STR("ecm"), STR("order"));
	struct config_doc *small = config_compact(keep, whole);
	size_t whole_bytes = arena_used(scratch);
	arena_free(scratch);
	config_cascade(p, NULL, small, &b, &found, STR("ecm"), STR("order"));
	ck_assert_uint_eq(found.count, 2);
	CLEANUP(buf_release) struct buf one = BUF_INIT(4096), two = BUF_INIT(4096);
	finding_text(&one, &found.items[0]);
	finding_text(&two, &found.items[1]);
	ck_assert_str_eq(buf_cstr(&one), buf_cstr(&two));
	assert_str(((struct config_env *)b.runtime.env.items)->value, "one");
	assert_str(b.mcp.tools.items[1], "erp.put");
	assert_str(((struct config_forward *)b.routing.forwards.items)->forward_to, "a/b");
	ck_assert_uint_lt(arena_used(keep) * 3, whole_bytes);
	ck_assert_uint_lt(arena_used(keep), 2048);
	arena_free(keep);
	end();
}
END_TEST

static const struct support_case cases[] = {CASE(a_change_touches_the_canonical_form_it_belongs_to),
					    CASE(the_canonical_policy_has_these_bytes),
					    CASE(a_compact_copy_judges_as_the_whole_document_does),
					    {0}};

int main(void)
{
	return support_main("skill/config_canonical", cases);
}
