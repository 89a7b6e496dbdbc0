/*
 * Every text under match and reject of guard/patterns.yaml, scanned with all rules.
 */
#include "base/io.h"
#include "base/mem.h"
#include "guard/table_int.h"
#include "tests/unit/support.h"

static struct guard_rules *rules;
static char *table;
static size_t failed;

static void setup(void)
{
	CLEANUP_FREE char *path = mem_printf("%s/guard/patterns.yaml", support_root());
	CLEANUP(buf_release) struct buf text = BUF_INIT((size_t)8 << 20);
	assert_ok(io_read_file(path, &text, &support_err));
	size_t len = text.len;
	table = buf_take(&text);
	int rc = guard_rules_load(str_make(table, len), "guard/patterns.yaml", &rules,
				  &support_err);
	ck_assert_msg(rc == 0, "guard/patterns.yaml:%u:%u: %s", support_err.where.line,
		      support_err.where.column, support_err.msg);
}

static void complain(const struct guard_pattern *p, const char *what, struct str text)
{
	fprintf(stderr, "guard/patterns.yaml:%u: %s %s: %.*s\n", p->node->line, p->rule.id, what,
		STR_ARG(text));
	failed++;
}

/* Takes "«" and "»" out; the spans between them. */
static struct str unmark(struct str marked, struct buf *out, size_t spans[16][2], size_t *count)
{
	*count = 0;
	for (size_t i = 0; i < marked.len;) {
		struct str rest = str_sub(marked, i, marked.len);
		if (str_starts(rest, STR("«")) && *count < 16) {
			spans[*count][0] = out->len;
			i += 2;
		} else if (str_starts(rest, STR("»")) && *count < 16) {
			spans[(*count)++][1] = out->len;
			i += 2;
		} else {
			buf_add_char(out, marked.p[i++]);
		}
	}
	return buf_str(out);
}

static bool has(const struct guard_findings *f, const struct guard_pattern *p, size_t start,
		size_t end, bool anywhere)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->items[i].rule == &p->rule &&
		    (anywhere || (f->items[i].start == start && f->items[i].end == end)))
			return true;
	return false;
}

static void check_match(const struct guard_pattern *p, struct str marked)
{
	size_t spans[16][2], count;
	CLEANUP(buf_release) struct buf plain = BUF_INIT(1 << 20);
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct str text = unmark(marked, &plain, spans, &count);
	struct guard_findings f;
	assert_ok(guard_scan(rules, NULL, text, a, &f, &support_err));
	if (!count && !has(&f, p, 0, 0, true))
		complain(p, "does not find anything in", marked);
	for (size_t i = 0; i < count; i++)
		if (!has(&f, p, spans[i][0], spans[i][1], false)) {
			complain(p, "does not find exactly what is marked in", marked);
			for (size_t k = 0; k < f.count; k++)
				fprintf(stderr, "    but %s \"%.*s\"\n", f.items[k].rule->id,
					STR_ARG(str_sub(text, f.items[k].start, f.items[k].end)));
		}
}

static void check_reject(const struct guard_pattern *p, struct str text)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct guard_findings f;
	assert_ok(guard_scan(rules, NULL, text, a, &f, &support_err));
	if (has(&f, p, 0, 0, true))
		complain(p, "finds something in", text);
}

START_TEST(every_example_of_the_table_is_as_it_says)
{
	setup();
	for (size_t i = 0; i < rules->count; i++) {
		const struct guard_pattern *p = rules->patterns[i];
		for (size_t k = 0; k < p->row.match.count; k++)
			check_match(p, p->row.match.items[k]);
		for (size_t k = 0; k < p->row.reject.count; k++)
			check_reject(p, p->row.reject.items[k]);
	}
	ck_assert_msg(!failed, "%zu examples are not as the table says", failed);
	guard_rules_free(rules);
	free(table);
}
END_TEST

START_TEST(every_rule_has_examples_of_both_kinds)
{
	setup();
	for (size_t i = 0; i < rules->count; i++) {
		/* What nobody sees cannot stand in the table; test_detect.c has it. */
		if (rules->patterns[i]->detector)
			continue;
		ck_assert_msg(rules->patterns[i]->row.match.count, "%s has no match",
			      rules->patterns[i]->rule.id);
		ck_assert_msg(rules->patterns[i]->row.reject.count, "%s has no reject",
			      rules->patterns[i]->rule.id);
	}
	guard_rules_free(rules);
	free(table);
}
END_TEST

START_TEST(the_rules_in_the_binary_are_those_of_the_table)
{
	const struct guard_rules *built = guard_rules_builtin();
	setup();
	ck_assert_uint_eq(guard_rules_count(built), guard_rules_count(rules));
	for (size_t i = 0; i < rules->count; i++) {
		const struct guard_pattern *a = built->patterns[i], *b = rules->patterns[i];
		ck_assert_str_eq(a->rule.id, b->rule.id);
		ck_assert_str_eq(a->rule.remedy, b->rule.remedy);
		ck_assert(str_eq(a->row.expression, b->row.expression));
		ck_assert_uint_eq(a->row.literals.count, b->row.literals.count);
		ck_assert_uint_eq(a->row.near.count, b->row.near.count);
		ck_assert_uint_eq(a->row.match.count, 0);
	}
	guard_rules_free(rules);
	free(table);
}
END_TEST

static const struct support_case cases[] = {CASE_SLOW(every_example_of_the_table_is_as_it_says, 60),
					    CASE(every_rule_has_examples_of_both_kinds),
					    CASE(the_rules_in_the_binary_are_those_of_the_table),
					    {0}};

int main(void)
{
	return support_main("guard/patterns", cases);
}
