/* guard:allow comments, and what a scan does at its limits. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "guard/guard.h"
#include "tests/unit/support.h"

static const char table[] =
	"patterns:\n"
	"  - {id: secret-key, category: secret, type: key, says: a key, confidence: 90,\n"
	"     literals: [\"KEY-\"], expression: 'KEY-[0-9]{4}'}\n"
	"  - {id: pii-pin, category: pii, type: pin, says: a pin, confidence: 90,\n"
	"     literals: [\"PIN-\"], expression: 'PIN-[0-9]{4}'}\n";

static struct guard_rules *rules;
static struct arena *arena;
static struct guard_findings found;

static void setup(void)
{
	assert_ok(guard_rules_load(str_of(table), "rules.yaml", &rules, &support_err));
	arena = arena_new((size_t)64 << 20);
}

static void teardown(void)
{
	guard_rules_free(rules);
	arena_free(arena);
}

static void scan(const struct guard_options *o, const char *text)
{
	assert_ok(guard_scan(rules, o, str_of(text), arena, &found, &support_err));
}

/* --- guard:allow --------------------------------------------------------------------------------------------- */

static const struct {
	const char *text;
	const char *reason; /* NULL: the one finding is not allowed */
	const char *note; /* NULL: none */
} rows[] = {
	{"KEY-1234", NULL, NULL},
	/* -- of many languages -- */
	{"KEY-1234 # guard:allow secret-key a sample", "a sample", NULL},
	{"KEY-1234 // guard:allow secret-key a sample", "a sample", NULL},
	{"KEY-1234 /* guard:allow secret-key a sample */", "a sample", NULL},
	{"KEY-1234 /* guard:allow secret-key a sample*/", "a sample", NULL},
	{"KEY-1234 <!-- guard:allow secret-key a sample -->", "a sample", NULL},
	{"KEY-1234 -- guard:allow secret-key a sample", "a sample", NULL},
	{"KEY-1234 ; guard:allow secret-key a sample", "a sample", NULL},
	{"KEY-1234 {# guard:allow secret-key a sample #}", "a sample", NULL},
	{"KEY-1234 <%# guard:allow secret-key a sample %>", "a sample", NULL},
	{"\"KEY-1234\", \"guard:allow secret-key a sample\"", "a sample", NULL},
	{"guard:allow secret-key a sample KEY-1234", "a sample KEY-1234", NULL},
	{"#guard:allow secret-key a sample\nKEY-1234", "a sample", NULL},
	/* -- blanks and line ends -- */
	{"KEY-1234 #\tguard:allow\tsecret-key\ta  sample \t", "a  sample", NULL},
	{"KEY-1234 # guard:allow secret-key a sample\r\n", "a sample", NULL},
	{"# guard:allow secret-key a sample\r\nKEY-1234\r\n", "a sample", NULL},
	{"KEY-1234 # guard:allow secret-key gr\xC3\xBC\xC3\x9F dich", "gr\xC3\xBC\xC3\x9F dich",
	 NULL},
	/* -- its line and the next -- */
	{"# guard:allow secret-key a sample\nKEY-1234", "a sample", NULL},
	{"# guard:allow secret-key a sample\nk = KEY-1234\n", "a sample", NULL},
	{"# guard:allow secret-key a sample\n\nKEY-1234", NULL, NULL},
	{"KEY-1234\n# guard:allow secret-key a sample", NULL, NULL},
	{"# guard:allow secret-key a sample\nnothing\nKEY-1234", NULL, NULL},
	{"x\ny\n  KEY-1234 # guard:allow secret-key a sample\nz\n", "a sample", NULL},
	/* -- of another rule, or none -- */
	{"KEY-1234 # guard:allow pii-pin a sample", NULL, NULL},
	{"KEY-1234 # guard:allow secret-keys a sample", NULL,
	 "guard:allow names no rule: there is none \"secret-keys\""},
	{"KEY-1234 # guard:allow secret a sample", NULL,
	 "guard:allow names no rule: there is none \"secret\""},
	{"KEY-1234 # guard:allow SECRET-KEY a sample", NULL,
	 "guard:allow names no rule: there is none \"SECRET-KEY\""},
	{"KEY-1234 # guard:allow *", NULL, "guard:allow names no rule: there is none \"*\""},
	{"KEY-1234 # guard:allow", NULL,
	 "guard:allow names no rule: write guard:allow RULE REASON"},
	{"KEY-1234 # guard:allow   \n", NULL,
	 "guard:allow names no rule: write guard:allow RULE REASON"},
	{"KEY-1234 <!-- guard:allow -->", NULL,
	 "guard:allow names no rule: write guard:allow RULE REASON"},
	/* -- without a reason -- */
	{"KEY-1234 # guard:allow secret-key", NULL,
	 "guard:allow secret-key gives no reason: write one after the rule"},
	{"KEY-1234 # guard:allow secret-key \t\r\n", NULL,
	 "guard:allow secret-key gives no reason: write one after the rule"},
	{"KEY-1234 <!-- guard:allow secret-key -->", NULL,
	 "guard:allow secret-key gives no reason: write one after the rule"},
	{"KEY-1234 /*guard:allow secret-key*/", NULL,
	 "guard:allow secret-key gives no reason: write one after the rule"},
	{"# guard:allow secret-key\na sample KEY-1234", NULL,
	 "guard:allow secret-key gives no reason: write one after the rule"},
	/* -- exactly as it is spelt -- */
	{"KEY-1234 # guard: allow secret-key a sample", NULL, NULL},
	{"KEY-1234 # GUARD:ALLOW secret-key a sample", NULL, NULL},
};

START_TEST(a_comment_allows_its_line_and_the_next)
{
	setup();
	scan(NULL, rows[_i].text);
	ck_assert_uint_eq(found.count, 1);
	ck_assert_msg(found.items[0].allowed == (rows[_i].reason != NULL), "%s", rows[_i].text);
	if (rows[_i].reason)
		assert_str(found.items[0].reason, rows[_i].reason);
	else
		ck_assert_uint_eq(found.items[0].reason.len, 0);
	ck_assert_uint_eq(found.note_count, rows[_i].note ? 1 : 0);
	if (rows[_i].note)
		ck_assert_str_eq(found.notes[0].says, rows[_i].note);
	teardown();
}
END_TEST

START_TEST(no_comment_is_honoured_in_traffic)
{
	const struct guard_options o = {.no_allow = true};
	setup();
	scan(&o, rows[_i].text);
	ck_assert_uint_eq(found.count, 1);
	ck_assert(!found.items[0].allowed);
	ck_assert_uint_eq(found.note_count, 0);
	teardown();
}
END_TEST

START_TEST(a_note_says_where_its_comment_stands)
{
	setup();
	scan(NULL, "one\n# guard:allow nothing why\nKEY-1234 # guard:allow secret-key\n");
	ck_assert_uint_eq(found.note_count, 2);
	ck_assert_uint_eq(found.notes[0].start, 6);
	ck_assert_uint_eq(found.notes[0].end, 29);
	ck_assert_uint_eq(found.notes[1].start, 41);
	ck_assert_uint_eq(found.notes[1].end, 63);
	teardown();
}
END_TEST

START_TEST(a_comment_speaks_of_one_rule)
{
	setup();
	scan(NULL, "# guard:allow secret-key a sample\nKEY-1234 PIN-1234 KEY-5678\nKEY-9999");
	ck_assert_uint_eq(found.count, 4);
	ck_assert(found.items[0].allowed);
	ck_assert(!found.items[1].allowed); /* another rule */
	ck_assert(found.items[2].allowed); /* as many of them as there are */
	ck_assert(!found.items[3].allowed); /* the line after the next */
	teardown();
}
END_TEST

START_TEST(comments_on_both_lines_allow_both_rules)
{
	setup();
	scan(NULL, "# guard:allow secret-key one\nKEY-1234 PIN-1234 # guard:allow pii-pin two\n");
	ck_assert_uint_eq(found.count, 2);
	assert_str(found.items[0].reason, "one");
	assert_str(found.items[1].reason, "two");
	teardown();
}
END_TEST

START_TEST(what_is_decoded_is_allowed_where_it_stands_and_allows_nothing_itself)
{
	/* "a KEY-1234 guard:allow secret-key why" */
	static const char code[] = "YSBLRVktMTIzNCBndWFyZDphbGxvdyBzZWNyZXQta2V5IHdoeQ==";
	CLEANUP(buf_release) struct buf b = BUF_INIT(1000);
	setup();
	scan(NULL, code);
	ck_assert_uint_eq(found.count, 1);
	ck_assert(!found.items[0].allowed);
	ck_assert_uint_eq(found.note_count, 0);
	buf_addf(&b, "# guard:allow secret-key a sample\n%s\n", code);
	scan(NULL, buf_cstr(&b));
	ck_assert_uint_eq(found.count, 1);
	ck_assert_str_eq(found.items[0].encoding, "base64");
	ck_assert(found.items[0].allowed);
	teardown();
}
END_TEST

/* --- limits -------------------------------------------------------------------------------------------------- */

static void add_keys(struct buf *b, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		buf_addf(b, "KEY-%04u\n", i);
}

START_TEST(a_thousand_findings_are_told_and_the_next_is_an_error)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 20);
	setup();
	add_keys(&b, GUARD_FINDINGS_MAX);
	assert_ok(guard_scan(rules, NULL, buf_str(&b), arena, &found, &support_err));
	ck_assert_uint_eq(found.count, 1000);
	add_keys(&b, 1);
	assert_err(guard_scan(rules, NULL, buf_str(&b), arena, &found, &support_err), ERR_TOO_LARGE,
		   "the guard gave up: there are more than 1000 findings");
	ck_assert_uint_eq(found.count, 1000);
	for (size_t i = 0; i < found.count; i++) {
		ck_assert_uint_eq(found.items[i].start, i * 9);
		ck_assert_uint_eq(found.items[i].end, i * 9 + 8);
	}
	teardown();
}
END_TEST

START_TEST(what_is_found_before_a_limit_is_still_allowed)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 20);
	setup();
	buf_addz(&b, "# guard:allow secret-key a sample\n");
	add_keys(&b, GUARD_FINDINGS_MAX + 1);
	assert_err(guard_scan(rules, NULL, buf_str(&b), arena, &found, &support_err), ERR_TOO_LARGE,
		   "more than 1000 findings");
	ck_assert(found.items[0].allowed);
	ck_assert(!found.items[1].allowed);
	teardown();
}
END_TEST

START_TEST(a_text_stops_at_64_mib)
{
	struct guard_options o = {.budget_ms = 60000};
	char *text = calloc(GUARD_TEXT_MAX + 1, 1); /* pages that nobody writes cost nothing */
	ck_assert_ptr_nonnull(text);
	setup();
	assert_ok(
		guard_scan(rules, &o, str_make(text, GUARD_TEXT_MAX), arena, &found, &support_err));
	ck_assert_uint_eq(found.count, 0);
	assert_err(guard_scan(rules, &o, str_make(text, GUARD_TEXT_MAX + 1), arena, &found,
			      &support_err),
		   ERR_TOO_LARGE, "the guard gave up: the text has more than 64 MiB");
	ck_assert_uint_eq(found.count, 0);
	free(text);
	teardown();
}
END_TEST

START_TEST(a_time_that_is_over_is_an_error)
{
	struct guard_options o = {.budget_ms = -1};
	setup();
	assert_err(guard_scan(rules, &o, STR("KEY-1234"), arena, &found, &support_err),
		   ERR_TOO_LARGE, "the guard gave up: the text took longer than its time");
	ck_assert_int_eq(guard_scan(rules, &o, STR("KEY-1234"), arena, &found, NULL),
			 ERR_TOO_LARGE);
	assert_ok(guard_scan(rules, &o, STR(""), arena, &found, &support_err)); /* takes none */
	teardown();
}
END_TEST

START_TEST(what_was_found_in_time_is_told)
{
	const struct guard_options o = {.budget_ms = 200};
	CLEANUP(buf_release) struct buf b = BUF_INIT((size_t)64 << 20);
	setup();
	buf_addz(&b, "KEY-1234 ");
	while (b.len < (size_t)40 << 20)
		buf_addz(&b, "KEY-KEY-KEY-KEY-KEY-KEY-KEY-KEY-KEY-KEY-KEY-KEY-KEY-KEY-KEY-KEY-");
	int64_t before = clock_mono(&clock_real);
	assert_err(guard_scan(rules, &o, buf_str(&b), arena, &found, &support_err), ERR_TOO_LARGE,
		   "the text took longer than its time");
	ck_assert_int_lt(clock_mono(&clock_real) - before, 5000);
	ck_assert_uint_eq(found.count, 1);
	ck_assert_uint_eq(found.items[0].start, 0);
	teardown();
}
END_TEST

START_TEST(findings_stop_at_the_memory_of_the_caller)
{
	CLEANUP(arena_freep) struct arena *small = arena_new(4096);
	CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 20);
	setup();
	add_keys(&b, 900);
	assert_err(guard_scan(rules, NULL, buf_str(&b), small, &found, &support_err), ERR_TOO_LARGE,
		   "the guard gave up: the text took more than its memory");
	ck_assert_uint_gt(found.count, 0);
	ck_assert_uint_eq(found.items[0].start, 0);
	teardown();
}
END_TEST

START_TEST(a_scan_forgets_the_one_before)
{
	setup();
	scan(NULL, "KEY-1234 # guard:allow nothing why");
	ck_assert_uint_eq(found.count + found.note_count, 2);
	scan(NULL, "plain");
	ck_assert_uint_eq(found.count + found.note_count, 0);
	teardown();
}
END_TEST

static const struct support_case cases[] = {
	CASE_LOOP(a_comment_allows_its_line_and_the_next, ARRAY_SIZE(rows)),
	CASE_LOOP(no_comment_is_honoured_in_traffic, ARRAY_SIZE(rows)),
	CASE(a_note_says_where_its_comment_stands),
	CASE(a_comment_speaks_of_one_rule),
	CASE(comments_on_both_lines_allow_both_rules),
	CASE(what_is_decoded_is_allowed_where_it_stands_and_allows_nothing_itself),
	CASE(a_thousand_findings_are_told_and_the_next_is_an_error),
	CASE(what_is_found_before_a_limit_is_still_allowed),
	CASE_SLOW(a_text_stops_at_64_mib, 60),
	CASE(a_time_that_is_over_is_an_error),
	CASE_SLOW(what_was_found_in_time_is_told, 60),
	CASE(findings_stop_at_the_memory_of_the_caller),
	CASE(a_scan_forgets_the_one_before),
	{0}};

int main(void)
{
	return support_main("guard/allow", cases);
}
