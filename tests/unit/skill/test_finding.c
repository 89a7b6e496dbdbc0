#include "tests/unit/support.h"

#include "skill/finding.h"
#include "skill/text.h"

static struct arena *arena;
static struct findings list;

static void begin(void)
{
	arena = arena_new(16 << 20);
	findings_init(&list, arena);
}

static void end(void)
{
	arena_free(arena);
}

static struct finding *add(const char *rule, enum severity s, const char *path, uint32_t line,
			   const char *message)
{
	struct finding *f = findings_addf(&list, rule, s, STR("ecm"), STR("order"), "%s", message);
	f->path = str_of(path);
	f->line = line;
	f->column = line ? 1 : 0;
	return f;
}

START_TEST(an_added_finding_owns_its_words)
{
	begin();
	char path[] = "skills/ecm/order/SKILL.md", words[] = "it is wrong";
	findings_add(&list, &(struct finding){.rule = "SK-X",
					      .severity = SEVERITY_WARN,
					      .path = str_of(path),
					      .message = str_of(words)});
	memset(path, '?', sizeof(path) - 1);
	memset(words, '?', sizeof(words) - 1);
	assert_str(list.items[0].path, "skills/ecm/order/SKILL.md");
	assert_str(list.items[0].message, "it is wrong");
	ck_assert_ptr_null(list.items[0].replacement.p);
	end();
}
END_TEST

START_TEST(an_error_becomes_a_finding_with_its_place_and_remedy)
{
	begin();
	struct err err = ERR_INIT;
	err_at(&err, ERR_INVALID, "a.yaml", 3, 7, "\"x\" is not a number");
	err_remedy(&err, "write 5");
	const struct finding *f = findings_add_err(&list, "SK-CONFIG", SEVERITY_DENY, STR("ecm"),
						   STR(""), &err);
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	finding_text(&out, f);
	ck_assert_str_eq(buf_cstr(&out), "a.yaml:3:7: deny SK-CONFIG: \"x\" is not a number\n"
					 "    write 5\n");
	end();
}
END_TEST

START_TEST(text_names_the_other_side_and_the_object_without_a_document)
{
	begin();
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	struct finding *f = add("SK-A", SEVERITY_WARN, "", 0, "no document");
	finding_text(&out, f);
	f->related_path = STR("aspora.config.yaml");
	f->related_line = 2;
	f->related_column = 9;
	f->skill = STR("");
	finding_text(&out, f);
	f->domain = STR("");
	f->related_path = STR("");
	finding_text(&out, f);
	ck_assert_str_eq(buf_cstr(&out), "ecm/order: warn SK-A: no document\n"
					 "ecm: warn SK-A: no document\n"
					 "    see aspora.config.yaml:2:9\n"
					 "warn SK-A: no document\n");
	end();
}
END_TEST

START_TEST(text_is_safe_on_a_terminal)
{
	begin();
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	finding_text(&out,
		     add("SK-A", SEVERITY_DENY, "a\x1b[2J\n.md", 1, "\xe2\x80\xae \xff \x07"));
	ck_assert_str_eq(buf_cstr(&out), "a\\x1b[2J\\n.md:1:1: deny SK-A: \\u{202e} \\xff \\x07\n");
	end();
}
END_TEST

/* --- quotes ------------------------------------------------------------------------------------------------ */

static struct finding *quoted(struct str text, size_t start, size_t end)
{
	struct finding *f = add("SK-A", SEVERITY_DENY, "a.md", 2, "so");
	finding_quote(&list, f, text, start, end);
	return f;
}

START_TEST(a_quote_is_the_line_with_its_span_in_characters)
{
	begin();
	struct str text = STR("one\n\tgr\xc3\xbc\xc3\x9f"
			      "e an alle\r\nthree\n");
	struct finding *f = quoted(text, 5, 12);
	assert_str(f->quote, " gr\xc3\xbc\xc3\x9f"
			     "e an alle");
	ck_assert_uint_eq(f->quote_at, 1);
	ck_assert_uint_eq(f->quote_len, 5);
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	finding_text(&out, f);
	ck_assert_str_eq(buf_cstr(&out), "a.md:2:1: deny SK-A: so\n"
					 "    2 |  gr\xc3\xbc\xc3\x9f"
					 "e an alle\n"
					 "      |  ^~~~~\n");
	end();
}
END_TEST

START_TEST(a_place_and_a_span_over_lines_are_underlined_in_their_first_line)
{
	begin();
	struct str text = STR("abc\ndef");
	ck_assert_uint_eq(quoted(text, 1, 1)->quote_len, 1);
	struct finding *f = quoted(text, 2, 6);
	assert_str(f->quote, "abc");
	ck_assert_uint_eq(f->quote_at, 2);
	ck_assert_uint_eq(f->quote_len, 1);
	f = quoted(text, 3, 3); /* the end of the line */
	ck_assert_uint_eq(f->quote_at, 3);
	ck_assert_uint_eq(f->quote_len, 1);
	assert_str(quoted(text, 99, 100)->quote, "def");
	end();
}
END_TEST

START_TEST(an_empty_line_and_an_empty_text_are_not_quoted)
{
	begin();
	ck_assert_uint_eq(quoted(STR("a\n\nb"), 2, 2)->quote.len, 0);
	ck_assert_uint_eq(quoted(STR(""), 0, 0)->quote.len, 0);
	end();
}
END_TEST

START_TEST(what_deceives_is_escaped_and_counted_as_it_is_shown)
{
	begin();
	struct finding *f = quoted(STR("a\xe2\x80\xae"
				       "b\x1b[2J"),
				   4, 5);
	assert_str(f->quote, "a\\u{202e}b\\x1b[2J");
	ck_assert_uint_eq(f->quote_at, 9);
	end();
}
END_TEST

START_TEST(a_long_line_is_cut_around_its_place_and_never_in_a_character)
{
	begin();
	char text[1024];
	for (size_t i = 0; i < sizeof(text); i += 2)
		memcpy(text + i, "\xc3\xa9", 2);
	struct finding *f = quoted(str_make(text, 160), 0, 2);
	ck_assert_uint_eq(f->quote.len, 160); /* at the limit: whole */
	f = quoted(str_make(text, 162), 0, 2);
	ck_assert_uint_eq(f->quote.len, 163); /* one past it: 160 bytes and an ellipsis */
	ck_assert_int_eq(memcmp(f->quote.p + 160, "\xe2\x80\xa6", 3), 0);
	f = quoted(str_make(text, sizeof(text)), 501 - 1, 1000);
	ck_assert_uint_eq(f->quote_at, 31); /* an ellipsis and 60 bytes */
	ck_assert_uint_eq(f->quote_len, 50); /* what is left of the 160 */
	ck_assert(str_is_utf8(f->quote, NULL));
	f = quoted(str_make(text, sizeof(text)), 62, 64);
	ck_assert(str_is_utf8(f->quote, NULL));
	end();
}
END_TEST

START_TEST(a_quote_is_read_back_and_an_absurd_one_is_not_obeyed)
{
	begin();
	CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
	const struct doc_node *doc;
	struct str text = STR(
		"[{\"rule\":\"SK-A\",\"severity\":\"deny\",\"message\":\"m\","
		"\"quote\":{\"text\":\"x\",\"at\":4294967295,\"length\":4294967295}}]");
	assert_ok(doc_parse_json(arena, text, &doc_limits_json, "f", &doc, &support_err));
	assert_ok(findings_from_json(&list, doc, &support_err));
	assert_str(list.items[0].quote, "x");
	finding_text(&out, &list.items[0]);
	ck_assert_uint_lt(out.len, 4096);
	end();
}
END_TEST

START_TEST(quoting_is_cut_at_its_size)
{
	char out[16], exact[16];
	ck_assert_str_eq(text_quote(STR("123456789012"), out, sizeof(out)), "123456789012");
	ck_assert_str_eq(text_quote(STR("1234567890123"), out, sizeof(out)), "123456789012...");
	/* An escape is never cut in its middle. */
	ck_assert_str_eq(text_quote(STR("1234567890\x01x"), exact, sizeof(exact)), "1234567890...");
}
END_TEST

START_TEST(sorting_goes_by_place_and_folds_equal_ones_to_the_worst)
{
	begin();
	add("SK-B", SEVERITY_WARN, "b.md", 2, "two");
	add("SK-A", SEVERITY_WARN, "b.md", 2, "two");
	add("SK-A", SEVERITY_DENY, "b.md", 2, "two");
	add("SK-Z", SEVERITY_NOTE, "a.md", 9, "nine");
	add("SK-Z", SEVERITY_NOTE, "a.md", 10, "ten");
	add("SK-A", SEVERITY_WARN, "b.md", 2, "other");
	findings_sort(&list);
	ck_assert_uint_eq(list.count, 5);
	assert_str(list.items[0].message, "nine");
	assert_str(list.items[1].message, "ten");
	assert_str(list.items[2].message, "other");
	assert_str(list.items[3].message, "two");
	ck_assert_int_eq(list.items[3].severity, SEVERITY_DENY);
	ck_assert_str_eq(list.items[4].rule, "SK-B");
	ck_assert_uint_eq(findings_count(&list, SEVERITY_NOTE), 5);
	ck_assert_uint_eq(findings_count(&list, SEVERITY_WARN), 3);
	ck_assert_uint_eq(findings_count(&list, SEVERITY_DENY), 1);
	end();
}
END_TEST

START_TEST(sorting_nothing_is_fine)
{
	begin();
	findings_sort(&list);
	ck_assert_uint_eq(list.count, 0);
	end();
}
END_TEST

START_TEST(a_flood_is_cut_but_a_deny_in_it_still_counts)
{
	begin();
	for (size_t i = 0; i < FINDINGS_MAX - 1; i++)
		add("SK-A", SEVERITY_NOTE, "a.md", (uint32_t)i + 1, "again");
	ck_assert_uint_eq(list.count, FINDINGS_MAX - 1);
	add("SK-A", SEVERITY_WARN, "a.md", 1, "the first too many");
	ck_assert_uint_eq(list.count, FINDINGS_MAX);
	ck_assert_uint_eq(findings_count(&list, SEVERITY_DENY), 0);
	add("SK-A", SEVERITY_DENY, "a.md", 1, "hidden");
	ck_assert_uint_eq(list.count, FINDINGS_MAX);
	ck_assert_uint_eq(findings_count(&list, SEVERITY_DENY), 1);
	ck_assert_str_eq(list.items[FINDINGS_MAX - 1].rule, "SK-TOO-MANY");
	end();
}
END_TEST

START_TEST(a_span_knows_its_line_and_its_column_in_characters)
{
	struct finding f = {0};
	struct str text = STR("one\nz\xc3\xbcrich: x\n");
	finding_span(&f, text, 12, 13);
	ck_assert_uint_eq(f.line, 2);
	ck_assert_uint_eq(f.column, 8);
	ck_assert_uint_eq(f.start, 12);
	ck_assert_uint_eq(f.end, 13);
	/* And back. */
	ck_assert_uint_eq(finding_offset(&f, text), 12);
	f.column = 100;
	ck_assert_uint_eq(finding_offset(&f, text), text.len);
	f.line = 100;
	ck_assert_uint_eq(finding_offset(&f, text), text.len);
	finding_span(&f, text, 0, 0);
	ck_assert_uint_eq(f.line, 1);
	ck_assert_uint_eq(f.column, 1);
	finding_span(&f, text, 100, 200);
	ck_assert_uint_eq(f.start, text.len);
	ck_assert_uint_eq(f.end, text.len);
}
END_TEST

START_TEST(fingerprints_survive_moved_lines_and_changed_numbers)
{
	begin();
	char a[17], b[17];
	struct finding *f = add("SK-A", SEVERITY_DENY, "a.md", 3, "at most 5 of 10 runs");
	finding_fingerprint(f, a);
	f->line = 400;
	f->severity = SEVERITY_WARN;
	f->message = STR("at most 17 of 2000 runs");
	ck_assert_str_eq(finding_fingerprint(f, b), a);
	f->message = STR("at most 17 of many runs");
	ck_assert_str_ne(finding_fingerprint(f, b), a);
	f->message = STR("at most 5 of 10 runs");
	f->path = STR("b.md");
	ck_assert_str_ne(finding_fingerprint(f, b), a);
	/* The words of two fields may not run together. */
	f->path = STR("");
	f->domain = STR("ab");
	f->skill = STR("c");
	finding_fingerprint(f, a);
	f->domain = STR("a");
	f->skill = STR("bc");
	ck_assert_str_ne(finding_fingerprint(f, b), a);
	end();
}
END_TEST

START_TEST(json_comes_back_whole)
{
	begin();
	struct finding *f = add("SK-A", SEVERITY_WARN, "skills/ecm/a.md", 3, "a \"quoted\" word");
	ck_assert(tree_id_parse(STR("0123456789012345678901234567890123456789"), &f->blob));
	f->column = 4;
	f->start = 10;
	f->end = 12;
	f->remedy = STR("write b");
	f->replacement = STR("");
	f->related_path = STR("aspora.config.yaml");
	f->related_line = 1;
	f->related_column = 2;
	finding_quote(&list, f, STR("its line"), 4, 8);
	add("SK-B", SEVERITY_DENY, "", 0, "plain");
	CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 16), again = BUF_INIT(1 << 16);
	struct json j;
	json_init(&j, &out);
	findings_json(&j, &list);
	const struct doc_node *doc;
	assert_ok(doc_parse_json(arena, buf_str(&out), &doc_limits_json, "f.json", &doc,
				 &support_err));
	struct findings back;
	findings_init(&back, arena);
	assert_ok(findings_from_json(&back, doc, &support_err));
	ck_assert_uint_eq(back.count, 2);
	ck_assert_ptr_nonnull(back.items[0].replacement.p);
	ck_assert_ptr_null(back.items[1].replacement.p);
	json_init(&j, &again);
	findings_json(&j, &back);
	ck_assert_str_eq(buf_cstr(&again), buf_cstr(&out));
	ck_assert_ptr_nonnull(
		strstr(buf_cstr(&out), "\"line\":3,\"column\":4,\"start\":10,\"end\":12"));
	end();
}
END_TEST

START_TEST(json_of_another_shape_is_refused)
{
	static const struct {
		const char *text, *part;
	} bad[] = {
		{"{}", "findings are a list"},
		{"[{\"severity\":\"deny\",\"message\":\"m\"}]", "needs a rule and a severity"},
		{"[{\"rule\":\"SK-A\",\"severity\":\"fatal\"}]", "needs a rule and a severity"},
		{"[7]", "needs a rule and a severity"},
		{"[{\"rule\":\"SK-A\",\"severity\":\"deny\",\"blob\":\"xyz\"}]",
		 "not an object id"},
	};
	begin();
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		const struct doc_node *doc;
		assert_ok(doc_parse_json(arena, str_of(bad[i].text), &doc_limits_json, "f", &doc,
					 &support_err));
		assert_err(findings_from_json(&list, doc, &support_err), ERR_INVALID, bad[i].part);
	}
	end();
}
END_TEST

START_TEST(lists_join)
{
	begin();
	struct findings more;
	findings_init(&more, arena);
	findings_addf(&more, "SK-A", SEVERITY_NOTE, STR(""), STR(""), "one of %d", 2);
	findings_addf(&more, "SK-A", SEVERITY_NOTE, STR(""), STR(""), "two of %d", 2);
	findings_append(&list, &more);
	ck_assert_uint_eq(list.count, 2);
	assert_str(list.items[1].message, "two of 2");
	end();
}
END_TEST

static const struct support_case cases[] = {
	CASE(an_added_finding_owns_its_words),
	CASE(an_error_becomes_a_finding_with_its_place_and_remedy),
	CASE(text_names_the_other_side_and_the_object_without_a_document),
	CASE(text_is_safe_on_a_terminal),
	CASE(a_quote_is_the_line_with_its_span_in_characters),
	CASE(a_place_and_a_span_over_lines_are_underlined_in_their_first_line),
	CASE(an_empty_line_and_an_empty_text_are_not_quoted),
	CASE(what_deceives_is_escaped_and_counted_as_it_is_shown),
	CASE(a_long_line_is_cut_around_its_place_and_never_in_a_character),
	CASE(a_quote_is_read_back_and_an_absurd_one_is_not_obeyed),
	CASE(quoting_is_cut_at_its_size),
	CASE(sorting_goes_by_place_and_folds_equal_ones_to_the_worst),
	CASE(sorting_nothing_is_fine),
	CASE(a_flood_is_cut_but_a_deny_in_it_still_counts),
	CASE(a_span_knows_its_line_and_its_column_in_characters),
	CASE(fingerprints_survive_moved_lines_and_changed_numbers),
	CASE(json_comes_back_whole),
	CASE(json_of_another_shape_is_refused),
	CASE(lists_join),
	{0}};

int main(void)
{
	return support_main("skill/finding", cases);
}
