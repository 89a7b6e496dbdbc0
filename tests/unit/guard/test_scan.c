/* A scan by small tables: what stands near, documented values, overlaps, places, parts and limits. */
#include "base/clock.h"
#include "base/crypto.h"
#include "base/mem.h"
#include "guard/guard.h"
#include "tests/unit/support.h"

/* The rule that most tests look with. */
#define KEY                                                                                        \
	"  - id: secret-key\n"                                                                     \
	"    category: secret\n"                                                                   \
	"    type: key\n"                                                                          \
	"    says: a key\n"                                                                        \
	"    confidence: 90\n"                                                                     \
	"    literals: [\"KEY-\"]\n"                                                               \
	"    expression: 'KEY-[0-9]{4}'\n"

static struct guard_rules *rules;
static struct arena *arena;
static struct guard_findings found;

static void use(const char *rows)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 16);
	buf_addf(&b, "patterns:\n%s", rows);
	int rc = guard_rules_load(buf_str(&b), "rules.yaml", &rules, &support_err);
	ck_assert_msg(rc == 0, "%u:%u: %s", support_err.where.line, support_err.where.column,
		      support_err.msg);
	arena = arena_new((size_t)64 << 20);
}

static void done(void)
{
	guard_rules_free(rules);
	arena_free(arena);
}

static void scan(struct str text)
{
	assert_ok(guard_scan(rules, NULL, text, arena, &found, &support_err));
}

/* What was found, as "rule@start-end", with a blank between. */
static const char *summary(void)
{
	static char out[4096];
	size_t n = 0;
	out[0] = '\0';
	for (size_t i = 0; i < found.count && n < sizeof(out) - 200; i++) {
		const struct guard_finding *f = &found.items[i];
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%s@%zu-%zu", i ? " " : "",
				      f->rule->id, f->start, f->end);
	}
	return out;
}

/* --- near words ---------------------------------------------------------------------------------------------- */

static const struct {
	const char *head;
	int before, after; /* dots between the word and the match; -1: no word there */
	const char *word;
	bool near;
} near[] = {
	/* Ten bytes before: the word begins within them. */
	{"", 3, -1, "account", true},
	{"", 4, -1, "account", false},
	{"", 6, -1, "code", true},
	{"", 7, -1, "code", false},
	{"", 0, -1, "account", true},
	/* Ten bytes after: the word begins within them too. */
	{"", -1, 9, "account", true},
	{"", -1, 10, "account", false},
	{"", -1, 9, "code", true},
	{"", -1, 10, "code", false},
	{"", -1, 1, "account", true},
	{"", -1, -1, "", false},
	/* Either case. */
	{"", 3, -1, "ACCOUNT", true},
	{"", -1, 3, "Code", true},
	/* A word begins where no other letter stands before it. */
	{"x", 1, -1, "account", false},
	{"_", 1, -1, "account", true},
	{"-", 1, -1, "account", true},
	/* A long word may go on, a short one stands alone. */
	{"", 1, -1, "accounts", true},
	{"", 1, -1, "codes", false},
	{"", 1, -1, "CODES", false},
	{"", 1, -1, "code_1", true},
	{"", 1, -1, "codeBox", true},
	{"", 1, -1, "code2", true},
	{"", 1, -1, "cod", false},
};

START_TEST(a_word_is_near_at_the_limit_and_not_one_past)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(1000);
	use(KEY "    near: [account, code]\n    near_within: 10\n");
	if (near[_i].before >= 0) {
		buf_addf(&b, "%s%s", near[_i].head, near[_i].word);
		buf_add_repeat(&b, '.', (size_t)near[_i].before);
	}
	buf_addz(&b, "KEY-1234");
	if (near[_i].after >= 0) {
		buf_add_repeat(&b, '.', (size_t)near[_i].after);
		buf_addz(&b, near[_i].word);
	}
	scan(buf_str(&b));
	ck_assert_msg((found.count == 1) == near[_i].near, "%s: %s", buf_cstr(&b), summary());
	done();
}
END_TEST

/* --- documented values ---------------------------------------------------------------------------------------- */

START_TEST(a_documented_value_is_passed_only_exactly)
{
	use(KEY "    examples: [KEY-0000, KEY-1111, KEY-22]\n");
	scan(STR("KEY-0000 KEY-1111"));
	ck_assert_uint_eq(found.count, 0);
	scan(STR("KEY-0001 KEY-0000 KEY-1110 KEY-2222"));
	ck_assert_str_eq(summary(), "secret-key@0-8 secret-key@18-26 secret-key@27-35");
	/* The match is the value, whatever follows. */
	scan(STR("KEY-00001"));
	ck_assert_uint_eq(found.count, 0);
	done();
}
END_TEST

START_TEST(a_documented_value_is_the_span_of_the_group)
{
	use("  - {id: secret-key, category: secret, type: k, says: a k, confidence: 90,\n"
	    "     literals: [\"KEY-\"], expression: 'KEY-(?<span>[0-9]{4})', examples: "
	    "['0000']}\n");
	scan(STR("KEY-0000 KEY-0001"));
	ck_assert_str_eq(summary(), "secret-key@13-17");
	done();
}
END_TEST

/* --- overlaps ------------------------------------------------------------------------------------------------ */

#define ROW(id_, category_, confidence_, expression_)                                              \
	"  - {id: " id_ ", category: " category_ ", type: t, says: a t, confidence: " confidence_  \
	",\n     literals: [\"K\"], expression: '" expression_ "'}\n"

static const struct {
	const char *rows, *text, *want;
} overlaps[] = {
	/* The surer stays, however short. */
	{ROW("pii-a", "pii", "90", "K1") ROW("pii-b", "pii", "80", "K1234"), "K1234", "pii-a@0-2"},
	{ROW("pii-a", "pii", "80", "K1") ROW("pii-b", "pii", "90", "K1234"), "K1234", "pii-b@0-5"},
	/* As sure: the longer. */
	{ROW("pii-a", "pii", "90", "K1") ROW("pii-b", "pii", "90", "K1234"), "K1234", "pii-b@0-5"},
	/* As long: the first by name, in whatever order the table has them. */
	{ROW("pii-b", "pii", "90", "K1") ROW("pii-a", "pii", "90", "K1"), "K1", "pii-a@0-2"},
	/* Secrets and personal data are one kind. */
	{ROW("pii-a", "pii", "80", "K1") ROW("secret-a", "secret", "90", "K1"), "K1",
	 "secret-a@0-2"},
	/* Orders stand beside data. */
	{ROW("pii-a", "pii", "80", "K1") ROW("injection-a", "injection", "90", "K12"), "K12",
	 "pii-a@0-2 injection-a@0-3"},
	{ROW("pii-a", "pii", "80", "K1") ROW("injection-a", "injection", "90", "K1"), "K1",
	 "injection-a@0-2 pii-a@0-2"},
	/* Side by side is no overlap. */
	{ROW("pii-a", "pii", "90", "K1") ROW("pii-b", "pii", "80", "K2"), "K1K2",
	 "pii-a@0-2 pii-b@2-4"},
	/* One byte is. */
	{ROW("pii-a", "pii", "90", "K1") ROW("pii-b", "pii", "80", "K(?<=1K)2"), "K1K2",
	 "pii-a@0-2 pii-b@2-4"},
	{ROW("pii-a", "pii", "90", "K1K") ROW("pii-b", "pii", "80", "K2"), "K1K2", "pii-a@0-3"},
	/* The first of three gives way to the second, and the third needs not. */
	{ROW("pii-a", "pii", "70", "K1K") ROW("pii-b", "pii", "80", "K2K")
		 ROW("pii-c", "pii", "70", "K3"),
	 "K1K2K3", "pii-b@2-5"},
	{ROW("pii-a", "pii", "70", "K1K") ROW("pii-b", "pii", "80", "K2")
		 ROW("pii-c", "pii", "70", "K3"),
	 "K1K2K3", "pii-b@2-4 pii-c@4-6"},
};

START_TEST(the_surer_then_the_longer_stays)
{
	use(overlaps[_i].rows);
	scan(str_of(overlaps[_i].text));
	ck_assert_str_eq(summary(), overlaps[_i].want);
	done();
}
END_TEST

/* --- options ------------------------------------------------------------------------------------------------- */

START_TEST(what_is_less_sure_than_asked_is_not_reported)
{
	struct guard_options o = {.confidence = 80};
	use(ROW("pii-a", "pii", "80", "K1") ROW("pii-b", "pii", "79", "K2")
		    ROW("pii-c", "pii", "50", "K3") ROW("pii-d", "pii", "49", "K4"));
	assert_ok(guard_scan(rules, &o, STR("K1 K2 K3 K4"), arena, &found, &support_err));
	ck_assert_str_eq(summary(), "pii-a@0-2");
	scan(STR("K1 K2 K3 K4")); /* 50 when nothing is asked */
	ck_assert_str_eq(summary(), "pii-a@0-2 pii-b@3-5 pii-c@6-8");
	o.confidence = 1;
	assert_ok(guard_scan(rules, &o, STR("K1 K2 K3 K4"), arena, &found, &support_err));
	ck_assert_uint_eq(found.count, 4);
	done();
}
END_TEST

START_TEST(only_the_categories_asked_for_are_looked_for)
{
	static const char *const want[] = {"pii-a@0-2",
					   "secret-a@3-5",
					   "pii-a@0-2 secret-a@3-5",
					   "injection-a@6-8",
					   "pii-a@0-2 injection-a@6-8",
					   "secret-a@3-5 injection-a@6-8",
					   "pii-a@0-2 secret-a@3-5 injection-a@6-8"};
	use(ROW("pii-a", "pii", "90", "K1") ROW("secret-a", "secret", "90", "K2")
		    ROW("injection-a", "injection", "90", "K3"));
	for (unsigned c = 1; c < 8; c++) {
		struct guard_options o = {.categories = c};
		assert_ok(guard_scan(rules, &o, STR("K1 K2 K3"), arena, &found, &support_err));
		ck_assert_str_eq(summary(), want[c - 1]);
	}
	scan(STR("K1 K2 K3"));
	ck_assert_str_eq(summary(), want[6]);
	done();
}
END_TEST

/* --- places -------------------------------------------------------------------------------------------------- */

START_TEST(a_match_across_two_pieces_is_found_once)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 20);
	use(KEY);
	for (size_t at = (64 << 10) - 10; at < (64 << 10) + 3; at++) {
		buf_reset(&b);
		buf_add_repeat(&b, '.', at);
		buf_addz(&b, "KEY-1234");
		for (int more = 0; more < 2; more++) {
			scan(buf_str(&b));
			ck_assert_msg(found.count == 1 && found.items[0].start == at &&
					      found.items[0].end == at + 8,
				      "at %zu: %s", at, summary());
			buf_add_repeat(&b, '.', 300);
		}
	}
	done();
}
END_TEST

START_TEST(a_match_is_found_at_either_end_of_a_text)
{
	use(KEY);
	scan(STR("KEY-1234"));
	ck_assert_str_eq(summary(), "secret-key@0-8");
	scan(STR("KEY-123"));
	ck_assert_uint_eq(found.count, 0);
	scan(STR("KEY-"));
	ck_assert_uint_eq(found.count, 0);
	scan(STR("KEY-1234KEY-5678"));
	ck_assert_str_eq(summary(), "secret-key@0-8 secret-key@8-16");
	scan(STR(""));
	ck_assert_uint_eq(found.count, 0);
	scan(STR_NULL);
	ck_assert_uint_eq(found.count, 0);
	done();
}
END_TEST

START_TEST(one_steps_back_so_far_and_no_further)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(1000);
	use("  - {id: pii-at, category: pii, type: t, says: a t, confidence: 90, literals: "
	    "[\"@\"],\n"
	    "     back: 'a-z', back_max: 5, expression: '(?<![a-z])[a-z]{1,9}@'}\n");
	for (size_t n = 0; n < 9; n++) {
		buf_reset(&b);
		buf_addz(&b, "- ");
		buf_add_repeat(&b, 'q', n);
		buf_addz(&b, "@");
		scan(buf_str(&b));
		ck_assert_msg(found.count == (n >= 1 && n <= 5), "%zu letters: %s", n, summary());
		if (found.count)
			ck_assert_uint_eq(found.items[0].start, 2);
	}
	done();
}
END_TEST

#define DIGITS(rest)                                                                               \
	"  - {id: pii-d, category: pii, type: d, says: a d, confidence: 90, " rest                 \
	", expression: '[0-9](?:[ -]?[0-9]){1,40}'}\n"

static const struct {
	const char *row, *text, *want;
} digits[] = {
	{DIGITS("digits: [4, 6]"), "a 123 b", ""},
	{DIGITS("digits: [4, 6]"), "a 1234 b", "pii-d@2-6"},
	{DIGITS("digits: [4, 6]"), "a 123456 b", "pii-d@2-8"},
	{DIGITS("digits: [4, 6]"), "a 1234567 b", ""},
	{DIGITS("digits: [4, 6]"), "a 12-34 b", "pii-d@2-7"},
	{DIGITS("digits: [4, 6]"), "1234", "pii-d@0-4"},
	{DIGITS("digits: [4, 6], first: [2, 2]"), "12 34", "pii-d@0-5"},
	{DIGITS("digits: [4, 6], first: [2, 2]"), "1 234", ""},
	{DIGITS("digits: [4, 6], first: [2, 2]"), "123 4", ""},
	{DIGITS("digits: [32, 32]"), "12345678901234567890123456789012", "pii-d@0-32"},
	{DIGITS("digits: [32, 32]"), "1234567890123456789012345678901", ""},
};

START_TEST(a_rule_of_digits_begins_at_runs_of_so_many)
{
	use(digits[_i].row);
	scan(str_of(digits[_i].text));
	ck_assert_msg(strcmp(summary(), digits[_i].want) == 0, "%s: got \"%s\"", digits[_i].text,
		      summary());
	done();
}
END_TEST

/* --- the folded view ----------------------------------------------------------------------------------------- */

#define PHRASE                                                                                     \
	"  - {id: injection-p, category: injection, type: p, says: a p, confidence: 90, "          \
	"view: folded,\n"                                                                          \
	"     literals: [\"open sesame\"], expression: 'open sesame now'}\n"

START_TEST(a_phrase_is_found_through_white_space)
{
	static const size_t blanks[] = {1, 2, 100, 191, 192, 193, 319, 320, 321, 1000, 3500};
	CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 20);
	use(PHRASE);
	for (size_t i = 0; i < ARRAY_SIZE(blanks); i++) {
		buf_reset(&b);
		buf_addz(&b, "then OPEN");
		buf_add_repeat(&b, i & 1 ? '\n' : ' ', blanks[i]);
		buf_addz(&b, "Sesame\tnow.");
		scan(buf_str(&b));
		ck_assert_msg(found.count == 1, "%zu blanks: %zu", blanks[i], found.count);
		ck_assert_uint_eq(found.items[0].start, 5);
		ck_assert_uint_eq(found.items[0].end, b.len - 1);
	}
	done();
}
END_TEST

/* 256 KiB are folded at a time, 1 KiB of them twice. */
START_TEST(a_phrase_where_two_blocks_meet_is_found_once)
{
	static const size_t meets[] = {(256 << 10) - 1024, 256 << 10, (512 << 10) - 1024};
	static const char phrase[] = "OPEN  S\xC3\xABsame now";
	CLEANUP(buf_release) struct buf b = BUF_INIT(2 << 20);
	use(PHRASE);
	for (int around = -20; around <= 2; around += 2) {
		size_t at = meets[_i] + (size_t)(around + 20) - 20;
		buf_reset(&b);
		while (b.len < at - 2)
			buf_addz(&b, b.len % 64 ? "x" : "\xC3\xA9"); /* all of it wants folding */
		while (b.len < at - 1)
			buf_addz(&b, ".");
		buf_add_repeat(&b, ' ', at - b.len);
		buf_addz(&b, phrase);
		while (b.len < at + (300 << 10))
			buf_addz(&b, "....\xC3\xA9 ...");
		scan(buf_str(&b));
		ck_assert_msg(found.count == 1, "at %zu: %zu", at, found.count);
		ck_assert_uint_eq(found.items[0].start, at);
		ck_assert_uint_eq(found.items[0].end, at + sizeof(phrase) - 1);
	}
	done();
}
END_TEST

/* --- parts that are encoded ---------------------------------------------------------------------------------- */

static void encode(struct buf *b, unsigned times)
{
	for (unsigned i = 0; i < times; i++) {
		CLEANUP(buf_release) struct buf plain = BUF_INIT(4 << 20);
		buf_add_str(&plain, buf_str(b));
		buf_reset(b);
		base64_add(b, buf_str(&plain));
	}
}

START_TEST(what_is_encoded_twice_is_found_and_thrice_is_not)
{
	for (unsigned times = 0; times < 5; times++) {
		CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 16);
		use(KEY);
		buf_addz(&b, "the key is KEY-1234, and no other one");
		encode(&b, times);
		scan(buf_str(&b));
		ck_assert_msg(found.count == (times <= 2), "%u times: %s", times, summary());
		if (found.count) {
			ck_assert_uint_eq(found.items[0].start, times ? 0 : 11);
			ck_assert_uint_eq(found.items[0].end, times ? b.len : 19);
			ck_assert_pstr_eq(found.items[0].encoding, times ? "base64" : NULL);
		}
		done();
	}
}
END_TEST

START_TEST(two_encodings_are_two_depths)
{
	CLEANUP(buf_release) struct buf inner = BUF_INIT(1 << 16), b = BUF_INIT(1 << 16);
	use(KEY);
	for (const char *c = "a KEY-1234 here"; *c; c++)
		buf_addf(&inner, "%02x", *c);
	buf_addz(&b, "see ");
	base64_add(&b, buf_str(&inner));
	scan(buf_str(&b));
	ck_assert_uint_eq(found.count, 1);
	ck_assert_uint_eq(found.items[0].start, 4);
	ck_assert_uint_eq(found.items[0].end, b.len);
	ck_assert_str_eq(found.items[0].encoding, "base64"); /* what stands in the text given */
	done();
}
END_TEST

START_TEST(the_64th_part_is_looked_at_and_the_65th_is_not)
{
	CLEANUP(buf_release) struct buf one = BUF_INIT(1000), b = BUF_INIT(1 << 16);
	use(KEY);
	buf_addz(&one, "the key is KEY-1234, really");
	encode(&one, 1);
	for (unsigned i = 1; i <= 66; i++) {
		buf_addf(&b, "%s ", buf_cstr(&one));
		scan(buf_str(&b));
		ck_assert_msg(found.count == MIN(i, 64u), "%u parts: %zu", i, found.count);
	}
	done();
}
END_TEST

START_TEST(so_much_is_decoded_and_not_a_byte_more)
{
	for (size_t past = 0; past < 3; past++) {
		CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 20);
		use(KEY);
		while (b.len < (256 << 10) - 8 + past)
			buf_add_char(&b, b.len % 60 == 59 ? '\n' : '.');
		buf_addz(&b, "KEY-1234 and more");
		encode(&b, 1);
		scan(buf_str(&b));
		ck_assert_msg(found.count == (past == 0), "%zu past: %s", past, summary());
		done();
	}
}
END_TEST

START_TEST(a_plain_finding_goes_before_one_that_was_decoded)
{
	/* In "%4B" of the token stands what the plain rule sees as well. */
	use(KEY);
	scan(STR("https://h.example/?a=%4BEY-9999&b=%4B%45%59%2D1234&c=KEY-1234"));
	ck_assert_uint_eq(found.count, 1);
	ck_assert_ptr_null(found.items[0].encoding);
	ck_assert_uint_eq(found.items[0].end - found.items[0].start, 8);
	done();
}
END_TEST

static const struct support_case cases[] = {
	CASE_LOOP(a_word_is_near_at_the_limit_and_not_one_past, ARRAY_SIZE(near)),
	CASE(a_documented_value_is_passed_only_exactly),
	CASE(a_documented_value_is_the_span_of_the_group),
	CASE_LOOP(the_surer_then_the_longer_stays, ARRAY_SIZE(overlaps)),
	CASE(what_is_less_sure_than_asked_is_not_reported),
	CASE(only_the_categories_asked_for_are_looked_for),
	CASE(a_match_across_two_pieces_is_found_once),
	CASE(a_match_is_found_at_either_end_of_a_text),
	CASE(one_steps_back_so_far_and_no_further),
	CASE_LOOP(a_rule_of_digits_begins_at_runs_of_so_many, ARRAY_SIZE(digits)),
	CASE(a_phrase_is_found_through_white_space),
	CASE_LOOP(a_phrase_where_two_blocks_meet_is_found_once, 3),
	CASE(what_is_encoded_twice_is_found_and_thrice_is_not),
	CASE(two_encodings_are_two_depths),
	CASE(the_64th_part_is_looked_at_and_the_65th_is_not),
	CASE(so_much_is_decoded_and_not_a_byte_more),
	CASE(a_plain_finding_goes_before_one_that_was_decoded),
	{0}};

int main(void)
{
	return support_main("guard/scan", cases);
}
