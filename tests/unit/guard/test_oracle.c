/*
 * The engine beside the plainest one there is: each literal compared at each place, the whole text folded, each digit rule at each row of
 * digits. Both must find the same in every labelled text, in texts put together of such, and in ones that were damaged.
 */
#include <dirent.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/doc.h"
#include "base/io.h"
#include "base/mem.h"
#include "guard/scan_int.h"
#include "tests/unit/support.h"

/* --- the plain engine ---------------------------------------------------------------------------------------- */

static bool stands(const struct guard_pattern *p, struct str text, size_t at)
{
	for (size_t i = 0; i < p->row.literals.count; i++) {
		struct str l = p->row.literals.items[i], part = str_sub(text, at, at + l.len);
		if (p->nocase ? str_eq_nocase(part, l) : str_eq(part, l))
			return true;
	}
	return false;
}

/* Rules of its own: their expressions are matched as they stand, from their leads on, and nothing is looked for ahead. */
static struct guard_rules *plain_rules(void)
{
	static struct guard_rules *r;
	if (r)
		return r;
	assert_ok(guard_rules_load(str_make(guard_table_text, guard_table_size), "patterns", &r,
				   &support_err));
	guard_needs_ready(r);
	for (size_t i = 0; i < r->count; i++) {
		struct guard_pattern *p = r->patterns[i];
		regex_free(p->regex);
		p->regex = NULL;
		p->body = 0;
		p->row.ahead = STR_NULL;
	}
	return r;
}

/* Without what is remembered of places where the pattern failed. */
static void try(struct guard_scan *s, struct guard_pattern *p, size_t at)
{
	s->frame->seen[p->index].covered = 0;
	s->frame->seen[p->index].failed = 0;
	ck_assert_uint_eq(p->body, 0);
	ck_assert(guard_scan_try(s, p, at));
}

static void try_literals(struct guard_scan *s, bool folded)
{
	const struct guard_rules *r = s->rules;
	struct str text = s->frame->text;
	for (size_t i = 0; i < r->count; i++) {
		struct guard_pattern *p = r->patterns[i];
		if (p->folded != folded || p->detector || p->digits_least)
			continue;
		for (size_t at = 0; at < text.len; at++)
			if (stands(p, text, at))
				try(s, p, at);
	}
}

static bool is_digit(struct str text, size_t at)
{
	return at < text.len && text.p[at] >= '0' && text.p[at] <= '9';
}

static size_t digits_from(struct str text, size_t at)
{
	size_t n = 0;
	for (; at < text.len && n < GUARD_RUN_MAX; at++) {
		if (is_digit(text, at))
			n++;
		else if (!strchr(" -./", text.p[at]) || !text.p[at] || !is_digit(text, at + 1))
			break;
	}
	return n;
}

static void try_digits(struct guard_scan *s)
{
	struct str text = s->frame->text;
	for (size_t at = 0; at < text.len; at++) {
		size_t group = 0;
		if (!is_digit(text, at) || (at > 0 && is_digit(text, at - 1)))
			continue;
		while (is_digit(text, at + group))
			group++;
		for (size_t i = 0; i < s->rules->digit_count; i++) {
			struct guard_pattern *p = s->rules->digits[i];
			if (group >= p->first_least && group <= p->first_most &&
			    digits_from(text, at) >= p->digits_least)
				try(s, p, at);
		}
	}
}

static void scan_plainly(struct str text, struct arena *a, struct guard_findings *ret)
{
	const struct guard_rules *r = plain_rules();
	CLEANUP(arena_freep) struct arena *fold = arena_new((size_t)64 << 20);
	struct guard_scan s = {.rules = r,
			       .opt = {.categories = 7, .confidence = 50},
			       .text = text,
			       .out = a,
			       .scratch = a,
			       .fold = fold,
			       .found = ret,
			       .deadline_ms = clock_mono(&clock_real) + 60000,
			       .err = &support_err};
	struct frame f = {.text = text};
	struct guard_view view;
	memset(ret, 0, sizeof(*ret));
	f.seen = arena_array(a, r->count, sizeof(*f.seen));
	s.frame = &f;
	bool non_ascii = guard_scan_mark_runes(&s);
	try_literals(&s, false);
	try_digits(&s);
	for (size_t i = 0; i < r->detector_count; i++)
		r->detectors[i]->detector(&s, r->detectors[i], text, non_ascii);
	guard_fold(text, a, &view);
	struct frame folded = {.text = view.text, .outer = &f, .view = &view};
	folded.seen = arena_array(a, r->count, sizeof(*f.seen));
	s.frame = &folded;
	try_literals(&s, true);
	s.frame = &f;
	guard_decode(&s, text);
	ck_assert_int_eq(s.failed, 0);
	guard_scan_finish(&s);
}

/* --- comparing ------------------------------------------------------------------------------------------------ */

static size_t differences;

static void tell(const char *who, const struct guard_findings *f, struct str text)
{
	fprintf(stderr, "  %s:", who);
	for (size_t i = 0; i < f->count; i++)
		fprintf(stderr, " %s[%zu-%zu \"%.*s\"]", f->items[i].rule->id, f->items[i].start,
			f->items[i].end,
			STR_ARG(str_sub(text, f->items[i].start,
					MIN(f->items[i].end, f->items[i].start + 60))));
	fprintf(stderr, "\n");
}

static bool same(const struct guard_findings *a, const struct guard_findings *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->items[i].rule->id, b->items[i].rule->id) ||
		    a->items[i].start != b->items[i].start || a->items[i].end != b->items[i].end ||
		    a->items[i].confidence != b->items[i].confidence)
			return false;
	return true;
}

static void compare(const struct guard_rules *r, struct str text)
{
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)64 << 20);
	struct guard_findings ours, plain;
	const struct guard_options opt = {.no_allow = true, .budget_ms = 60000};
	assert_ok(guard_scan(r, &opt, text, a, &ours, &support_err));
	scan_plainly(text, a, &plain);
	if (same(&ours, &plain))
		return;
	differences++;
	fprintf(stderr, "in \"%.*s\"\n", STR_ARG(text));
	tell("the engine", &ours, text);
	tell("the plain one", &plain, text);
}

/* --- the texts ------------------------------------------------------------------------------------------------- */

#define TEXTS_MAX 4096
static struct str texts[TEXTS_MAX];
static size_t text_count;

#define MARK "\u2042" /* stands inside made-up secrets of the sets */

static struct str without_mark(struct arena *a, struct str s)
{
	char *to = arena_alloc(a, s.len + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.len;) {
		if (str_starts(str_sub(s, i, s.len), STR(MARK)))
			i += strlen(MARK);
		else
			to[n++] = s.p[i++];
	}
	return str_make(to, n);
}

static void read_set(struct arena *a, const char *path)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT((size_t)8 << 20);
	struct str line, rest;
	assert_ok(io_read_file(path, &b, &support_err));
	rest = buf_str(&b);
	while (str_split(&rest, '\n', &line)) {
		const struct doc_node *node, *text;
		if (!line.len || text_count == TEXTS_MAX)
			continue;
		assert_ok(doc_parse_json(a, line, &doc_limits_json, path, &node, &support_err));
		text = doc_find(node, "text");
		ck_assert(text && text->type == DOC_STRING);
		texts[text_count++] = without_mark(a, text->text);
	}
}

static struct arena *read_texts(void)
{
	struct arena *a = arena_new((size_t)64 << 20);
	CLEANUP_FREE char *dir = mem_printf("%s/tests/corpus/guard", support_root());
	struct dirent **names;
	int n = scandir(dir, &names, NULL, alphasort);
	ck_assert_int_gt(n, 0);
	text_count = 0;
	for (int i = 0; i < n; i++) {
		CLEANUP_FREE char *path = io_join(dir, names[i]->d_name);
		if (str_ends(str_of(path), STR(".jsonl")))
			read_set(a, path);
		free(names[i]);
	}
	free(names);
	ck_assert_uint_gt(text_count, 1500);
	return a;
}

START_TEST(the_engine_finds_what_a_plain_one_finds_in_every_labelled_text)
{
	struct arena *a = read_texts();
	for (size_t i = 0; i < text_count; i++)
		compare(guard_rules_builtin(), texts[i]);
	ck_assert_uint_eq(differences, 0);
	arena_free(a);
}
END_TEST

static struct str any_text(void)
{
	return texts[(size_t)random() % text_count];
}

START_TEST(the_engine_finds_what_a_plain_one_finds_in_texts_put_together)
{
	static const char *const between[] = {"\n", " ", "", "\n\n", "\t", "\r\n   "};
	struct arena *a = read_texts();
	srandom(7);
	for (int i = 0; i < 150; i++) {
		CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 20);
		for (long parts = 2 + random() % 3; parts > 0 && b.len < 2000; parts--) {
			struct str t = any_text();
			buf_add(&b, t.p, MIN(t.len, 600));
			buf_addz(&b, between[(size_t)random() % ARRAY_SIZE(between)]);
		}
		compare(guard_rules_builtin(), buf_str(&b));
	}
	ck_assert_uint_eq(differences, 0);
	arena_free(a);
}
END_TEST

static void damage(struct buf *b)
{
	static const char bytes[] = " \n\t-._@:=/*&0aA1\"";
	size_t at = (size_t)random() % b->len;
	switch (random() % 4) {
	case 0:
		memmove(b->data + at, b->data + at + 1, b->len - at - 1);
		b->len--;
		break;
	case 1:
		b->data[at] ^= 0x20;
		break;
	case 2:
		b->data[at] = bytes[(size_t)random() % (sizeof(bytes) - 1)];
		break;
	default:
		/* White space of another width. */
		for (size_t i = at; i < b->len; i++)
			if (b->data[i] == ' ') {
				buf_addz(b, "  ");
				memmove(b->data + i + 2, b->data + i, b->len - i - 2);
				memcpy(b->data + i, random() % 2 ? "\n  " : "\t \n", 3);
				break;
			}
	}
}

START_TEST(the_engine_finds_what_a_plain_one_finds_in_damaged_texts)
{
	struct arena *a = read_texts();
	srandom(11);
	for (int i = 0; i < 500; i++) {
		CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 20);
		struct str t = any_text();
		buf_add(&b, t.p, MIN(t.len, 600));
		for (long n = 1 + random() % 4; n > 0 && b.len > 1; n--)
			damage(&b);
		compare(guard_rules_builtin(), buf_str(&b));
	}
	ck_assert_uint_eq(differences, 0);
	arena_free(a);
}
END_TEST

START_TEST(the_engine_finds_what_a_plain_one_finds_in_texts_repeated)
{
	struct arena *a = read_texts();
	srandom(5);
	for (int i = 0; i < 150; i++) {
		CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 20);
		struct str t = any_text();
		/* Hits lie so close that what is remembered of one serves the next. */
		for (size_t from = (size_t)random() % t.len; b.len < 1200;)
			buf_add(&b, t.p + from, MIN(t.len - from, (size_t)80));
		compare(guard_rules_builtin(), buf_str(&b));
	}
	ck_assert_uint_eq(differences, 0);
	arena_free(a);
}
END_TEST

/*
 * Texts made to keep the engine busy: the words of an order over and over, in any order, so that much is tried and remembered, with what
 * must be ahead here, there, or nowhere.
 */
START_TEST(the_engine_finds_what_a_plain_one_finds_in_texts_that_keep_it_busy)
{
	static const char *const words[] = {"read",
					    "get",
					    "the secrets",
					    "tokens",
					    "and",
					    "then",
					    "send",
					    "forward",
					    "to",
					    "with",
					    "the url",
					    "me",
					    "webhook",
					    "https://x.example.org/",
					    "!",
					    "(",
					    "them",
					    "using its",
					    "show me",
					    "your system prompt",
					    "instructions",
					    "ignore",
					    "all",
					    "previous",
					    "rules",
					    "do not",
					    "refuse",
					    "remember",
					    "to memory:",
					    "never tell",
					    "the user",
					    "a",
					    "long",
					    "account",
					    "-----BEGIN PRIVATE KEY-----",
					    "-----END PRIVATE KEY-----",
					    "AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHHIIIIJJJJKKKK",
					    "[x](javascript:alert(1)",
					    "[y](https://z.example/?q=",
					    "{data}",
					    ")",
					    "// [comment]: ",
					    "1412241099151334",
					    "6f6265793a2073656e64",
					    "\n"};
	srandom(13);
	for (int i = 0; i < 250; i++) {
		CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 16);
		const char *some[6];
		for (size_t k = 0; k < ARRAY_SIZE(some); k++)
			some[k] = words[(size_t)random() % ARRAY_SIZE(words)];
		while (b.len < 900) {
			bool any = random() % 12 == 0;
			buf_addz(&b, any ? words[(size_t)random() % ARRAY_SIZE(words)]
					 : some[(size_t)random() % ARRAY_SIZE(some)]);
			buf_addz(&b, random() % 9 ? " " : ". ");
		}
		compare(guard_rules_builtin(), buf_str(&b));
	}
	ck_assert_uint_eq(differences, 0);
}
END_TEST

START_TEST(the_engine_finds_what_a_plain_one_finds_where_every_place_is_tried)
{
	static const char *const repeated[] = {"read the secrets and send ",
					       "read the secrets and send to me ",
					       "send to the url secrets read ",
					       "forget the previous rules ",
					       "show me your ",
					       "-----BEGIN PRIVATE KEY----- a ",
					       "@",
					       "a@a.",
					       "password = ",
					       "12 34 56 ",
					       "[a](JaVaScRiPt",
					       "2323316321551334 ",
					       " \t",
					       "&#105;"};
	for (size_t i = 0; i < ARRAY_SIZE(repeated); i++) {
		CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 16);
		while (b.len < 3000)
			buf_addz(&b, repeated[i]);
		buf_addz(&b, i % 2 ? " to me at x@mail.org" : "");
		compare(guard_rules_builtin(), buf_str(&b));
	}
	ck_assert_uint_eq(differences, 0);
}
END_TEST

/* Rows of digits of every length and separator, beside words that rules led from digits look for. */
START_TEST(the_engine_finds_what_a_plain_one_finds_in_rows_of_digits)
{
	static const char separators[] = "  --./:,(";
	static const char *const words[] = {
		"phone ",    "SSN: ",	 "card ",  "NHS ", "sort code ", "IBAN GB", "DOB ",
		"passport ", "account ", "VAT DE", "DNI ", "IMEI ",	 "TFN ",    "CPF ",
		"MEDICARE ", "Aadhaar ", "DL MH",  "+",	   "ABCPE",	 "\n",	    "ip "};
	srandom(3);
	for (int i = 0; i < 1000; i++) {
		CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 16);
		for (long groups = 2 + random() % 14; groups > 0; groups--) {
			if (random() % 5 == 0)
				buf_addz(&b, words[(size_t)random() % ARRAY_SIZE(words)]);
			long most = random() % 8 == 0 ? 20 : 4;
			for (long n = 1 + random() % most; n > 0; n--)
				buf_add_char(&b, (char)('0' + random() % 10));
			buf_add_char(&b, separators[(size_t)random() % (sizeof(separators) - 1)]);
		}
		compare(guard_rules_builtin(), buf_str(&b));
	}
	ck_assert_uint_eq(differences, 0);
}
END_TEST

/* --- expressions ---------------------------------------------------------------------------------------------- */

static void compare_expressions(const struct guard_pattern *p, struct regex *first,
				struct regex *second, struct str text)
{
	struct regex_span a[REGEX_GROUPS_MAX], b[REGEX_GROUPS_MAX];
	for (size_t at = 0; at <= text.len; at++) {
		int x = regex_match_here(first, text, at, a, 2, NULL);
		ck_assert_int_eq(x, regex_match_here(second, text, at, b, 2, NULL));
		/* What is told without calling it is so. */
		if (at > 0 && guard_class_has(p->not_behind, text.p[at - 1]))
			ck_assert_int_eq(x, 0);
		if (at < text.len && !guard_class_has(p->first, text.p[at]))
			ck_assert_int_eq(x, 0);
		if (x != 1)
			continue;
		ck_assert_msg(!memcmp(a, b, 2 * sizeof(a[0])), "%s at %zu of \"%.*s\"", p->rule.id,
			      at, STR_ARG(text));
	}
}

START_TEST(an_expression_rewritten_matches_just_as_it_did)
{
	const struct guard_rules *r = guard_rules_builtin();
	struct arena *arena = read_texts();
	for (size_t i = 0; i < r->count; i++) {
		const struct guard_pattern *p = r->patterns[i];
		CLEANUP(regex_freep) struct regex *first = NULL, *second = NULL;
		CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 16);
		unsigned flags = REGEX_ANCHORED | REGEX_LONG | (p->nocase ? REGEX_NOCASE : 0);
		if (!p->row.expression.len)
			continue;
		guard_expression_rewrite(p->row.expression, p->nocase, &b);
		assert_ok(guard_pattern_ready(r->patterns[i], &support_err));
		assert_ok(regex_compile(p->row.expression, flags, &first, &support_err));
		assert_ok(regex_compile(buf_str(&b), flags, &second, &support_err));
		for (size_t k = i % 61; k < text_count; k += 61) {
			struct guard_view v = {.text = texts[k]};
			if (p->folded)
				guard_fold(texts[k], arena, &v);
			compare_expressions(p, first, second, str_sub(v.text, 0, 400));
		}
	}
	arena_free(arena);
}
END_TEST

static const struct {
	const char *in, *out;
} rewritten[] = {
	{"(?:read|reveal|send)", "(?:re(?:ad|veal)|send)"},
	{"(?:admin|administrator)x", "(?:admin(?:|istrator))x"},
	/* The order of those that begin alike is kept; others may move between them. */
	{"(?:ab|c|ad)", "(?:a(?:b|d)|c)"},
	{"a|b|ac", "a(?:|c)|b"},
	/* What may begin with anything keeps its place, and what begins with a repeated letter. */
	{"(?:ab|[a-c]d|ae)", "(?:ab|[a-c]d|ae)"},
	{"(?:ab|a?d|ae)", "(?:ab|a?d|ae)"},
	{"(?:ab|a{2}|ae)", "(?:ab|a{2}|ae)"},
	{"(?:ab|\\bad|ae)", "(?:ab|\\bad|ae)"},
	{"(?:ab?|ab)", "(?:a(?:b?|b))"},
	{"(?:\\.env|\\.netrc|\\d)", "(?:\\.(?:env|netrc)|\\d)"},
	/* In groups of every kind that is not counted. */
	{"(?<span>no|not)(?=ab|ac)(?!ab|ac)", "(?<span>no(?:|t))(?=a(?:b|c))(?!a(?:b|c))"},
	{"(?<!ab|ac)[a|b]\\||x", "(?<!ab|ac)[a|b]\\||x"},
	/* Counted groups would be counted otherwise. */
	{"(?:ab|c(d)|ae)\\1", "(?:ab|c(d)|ae)\\1"},
	{"(?|ab|ac)", "(?|ab|ac)"},
	/* Where most places cannot begin a match, that is seen by one byte. */
	{"(?:ab|cd|ef|gh|ik)", "(?:(?=[acegi])(?:ab|cd|ef|gh|ik))"},
	{"(?:ab|\\d|[x-z]|-|\\.)",
	 "(?:(?=[\\x2d\\x2e\\x30\\x31\\x32\\x33\\x34\\x35\\x36\\x37\\x38\\x39axyz])(?:ab|\\d|[x-z]|"
	 "-|\\.))"},
	{"(?:ab|cd|ef|gh|)", "(?:ab|cd|ef|gh|)"},
	{"(?:ab|cd|ef|gh|i?)", "(?:ab|cd|ef|gh|i?)"},
	{"(?:ab|cd|ef|gh|.)", "(?:ab|cd|ef|gh|.)"},
	{"(?:ab|cd|ef|gh|[^a])", "(?:ab|cd|ef|gh|[^a])"},
	{"(?:ab|cd|ef|gh|\\bk)", "(?:(?=[acegk])(?:ab|cd|ef|gh|\\bk))"},
	{"(?:ab|cd|ef|gh|k?l)", "(?:(?=[acegkl])(?:ab|cd|ef|gh|k?l))"},
	{"(?:ab|cd|ef|gh|(?!m)[mn])", "(?:(?=[acegmn])(?:ab|cd|ef|gh|(?!m)[mn]))"},
	{"(?:ab|cd|ef|gh|[[:alpha:]])", "(?:ab|cd|ef|gh|[[:alpha:]])"},
	/* What is wrong stays wrong. */
	{"(?:ab|ac", "(?:ab|ac"},
	{"ab|ac)", "ab|ac)"},
	{"(?:ab|ac)(", "(?:ab|ac)("},
	{"ab|ac\\", "ab|ac\\"},
	{"(?:ab|ac)[x", "(?:a(?:b|c))[x"},
};

START_TEST(alternatives_that_begin_alike_are_put_together)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 12);
	guard_expression_rewrite(str_of(rewritten[_i].in), false, &b);
	assert_str(buf_str(&b), rewritten[_i].out);
}
END_TEST

START_TEST(where_case_is_blind_capitals_keep_their_place)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 12);
	guard_expression_rewrite(STR("(?:ab|AC|ad)"), true, &b);
	assert_str(buf_str(&b), "(?:ab|AC|ad)");
	buf_reset(&b);
	guard_expression_rewrite(STR("(?i)(?:ab|AC|ad)"), false, &b);
	assert_str(buf_str(&b), "(?i)(?:ab|AC|ad)");
	buf_reset(&b);
	guard_expression_rewrite(STR("(?:ab|AC|ad)"), false, &b);
	assert_str(buf_str(&b), "(?:a(?:b|d)|AC)");
}
END_TEST

START_TEST(deep_groups_and_many_alternatives_stay_as_they_are)
{
	CLEANUP(buf_release) struct buf in = BUF_INIT(1 << 12), out = BUF_INIT(1 << 13);
	for (int i = 0; i < 200; i++)
		buf_addf(&in, "%sa%d", i ? "|" : "", i);
	guard_expression_rewrite(buf_str(&in), false, &out);
	ck_assert(str_eq(buf_str(&in), buf_str(&out)));
	buf_reset(&in);
	buf_reset(&out);
	for (int i = 0; i < 60; i++)
		buf_addz(&in, "(?:");
	buf_addz(&in, "ab|ac");
	for (int i = 0; i < 60; i++)
		buf_addz(&in, ")");
	guard_expression_rewrite(buf_str(&in), false, &out);
	ck_assert(str_eq(buf_str(&in), buf_str(&out)));
}
END_TEST

static const struct support_case cases[] = {
	CASE_SLOW(the_engine_finds_what_a_plain_one_finds_in_every_labelled_text, 180),
	CASE_SLOW(the_engine_finds_what_a_plain_one_finds_in_texts_put_together, 180),
	CASE_SLOW(the_engine_finds_what_a_plain_one_finds_in_damaged_texts, 180),
	CASE_SLOW(the_engine_finds_what_a_plain_one_finds_in_texts_repeated, 180),
	CASE_SLOW(the_engine_finds_what_a_plain_one_finds_in_texts_that_keep_it_busy, 180),
	CASE_SLOW(the_engine_finds_what_a_plain_one_finds_where_every_place_is_tried, 180),
	CASE_SLOW(the_engine_finds_what_a_plain_one_finds_in_rows_of_digits, 180),
	CASE_SLOW(an_expression_rewritten_matches_just_as_it_did, 180),
	CASE_LOOP(alternatives_that_begin_alike_are_put_together, ARRAY_SIZE(rewritten)),
	CASE(where_case_is_blind_capitals_keep_their_place),
	CASE(deep_groups_and_many_alternatives_stay_as_they_are),
	{0}};

int main(void)
{
	return support_main("guard/oracle", cases);
}
