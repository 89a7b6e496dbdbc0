/*
 * tests/cases.md: whatever the bytes, findings have places inside the text and words that a terminal can show; cases that were taken can be
 * checked against outputs and compile to a promptfoo configuration that is YAML.
 */
#include "skill/cases.h"
#include "tests/fuzz/fuzz.h"

static void check_findings(const struct findings *f, size_t size)
{
	for (size_t i = 0; i < f->count; i++) {
		const struct finding *g = &f->items[i];
		FUZZ_CHECK(g->start <= g->end && (g->end <= size || size > CASES_BYTES_MAX));
		FUZZ_CHECK(g->line >= 1 && g->column >= 1);
		FUZZ_CHECK(g->message.len && g->remedy.len);
		FUZZ_CHECK(str_is_utf8(g->message, NULL) && str_is_utf8(g->remedy, NULL));
	}
}

static void check_case(const struct skill_case *c)
{
	CLEANUP(buf_release) struct buf why = BUF_INIT(1 << 20), own = BUF_INIT(1 << 20);
	FUZZ_CHECK(c->name.len && c->input.p && c->expect_count <= CASE_EXPECTS_MAX);
	FUZZ_CHECK(case_check(c, STR("{\"a\": [1, {\"b\": \"x\"}]}"), &why) <= c->expect_count);
	json_quote(&own, c->input);
	FUZZ_CHECK(case_check(c, buf_str(&own), &why) <= c->expect_count);
	FUZZ_CHECK(str_is_utf8(buf_str(&why), NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(256u << 20);
	CLEANUP(buf_release) struct buf yaml = BUF_INIT(BUF_MAX);
	static const struct doc_limits wide = {64u << 20, 64, 1000000, 1u << 20};
	struct findings f;
	struct skill_case *cases = NULL;
	struct err err = ERR_INIT;
	const struct doc_node *n = NULL;
	size_t count = 0;
	findings_init(&f, a);
	cases_parse(a, str_make((const char *)data, size), STR("tests/cases.md"), NULL, STR("d"),
		    STR("s"), &f, &cases, &count);
	FUZZ_CHECK(count + f.count > 0);
	check_findings(&f, size);
	for (size_t i = 0; i < count; i++)
		check_case(&cases[i]);
	cases_promptfoo(&yaml, STR("d"), STR("s"), cases, count);
	int rc = doc_parse_yaml(a, buf_str(&yaml), &wide, "promptfooconfig.yaml", 0, &n, &err);
	/* Our own reader takes no invisible characters, not even written as escapes, as they are here. */
	FUZZ_CHECK(rc == 0 || str_find(str_of(err.msg), STR("an escape in this text"), 0) >= 0);
	return 0;
}
