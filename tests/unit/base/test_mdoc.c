#include "base/mdoc.h"
#include "tests/unit/support.h"

static struct buf out = BUF_INIT(1 << 16);

static const char *text_of(const char *text)
{
	buf_reset(&out);
	mdoc_text(&out, text);
	return buf_cstr(&out);
}

static const char *arg_of(const char *text)
{
	buf_reset(&out);
	mdoc_arg(&out, text);
	return buf_cstr(&out);
}

START_TEST(every_sentence_begins_a_line)
{
	ck_assert_str_eq(text_of("One. Two."), "One.\nTwo.\n");
	ck_assert_str_eq(text_of("One, e.g. two."), "One, e.g. two.\n");
	ck_assert_str_eq(text_of("no end"), "no end\n");
	ck_assert_str_eq(text_of(""), "");
}
END_TEST

START_TEST(text_is_never_a_macro)
{
	ck_assert_str_eq(text_of(".Sh NAME"), "\\&.Sh NAME\n");
	ck_assert_str_eq(text_of("'br"), "\\&'br\n");
	ck_assert_str_eq(text_of("a\\b"), "a\\eb\n");
	ck_assert_str_eq(text_of("--force"), "\\--force\n");
	ck_assert_str_eq(text_of("a-b"), "a-b\n");
}
END_TEST

START_TEST(an_argument_is_one_word_whatever_is_in_it)
{
	ck_assert_str_eq(arg_of("two words"), "\"two words\"");
	ck_assert_str_eq(arg_of("say \"x\""), "\"say \\(dqx\\(dq\"");
	ck_assert_str_eq(arg_of("a\\b"), "\"a\\eb\"");
}
END_TEST

static const struct field server_fields[] = {
	{.name = "url", .type = FIELD_STRING, .flags = FIELD_REQUIRED, .help = "Where it is."},
	FIELD_END};
static const struct field budget_fields[] = {
	{.name = "per_run_usd",
	 .type = FIELD_MONEY,
	 .max = 5000000,
	 .dflt = "1",
	 .example = "0.25",
	 .help = "Most that one run may cost."},
	{.name = "runs", .type = FIELD_INT, .min = 1, .max = 9, .help = "How many."},
	FIELD_END};
static const struct field fields[] = {
	{.name = "budget", .type = FIELD_OBJECT, .sub = budget_fields, .help = "Costs."},
	{.name = "servers", .type = FIELD_MAP, .sub = server_fields, .help = "Servers."},
	{.name = "list", .type = FIELD_LIST, .sub = server_fields, .help = "More."},
	FIELD_END};

static void add_top(struct buf *b, const struct field *f, bool top)
{
	buf_addf(b, "%s is %s.\n", f->name, top ? "at the top" : "below");
}

START_TEST(a_table_becomes_a_list_of_all_its_rows)
{
	buf_reset(&out);
	mdoc_fields(&out, fields, NULL);
	ck_assert_str_eq(buf_cstr(&out),
			 ".Bl -tag -width Ds\n"
			 ".It Ic budget\nCosts.\n"
			 ".It Ic budget.per_run_usd :\nMost that one run may cost.\n"
			 "It is US dollars such as 0.25.\n"
			 "It is at least\n.Li 0\nand at most\n.Li 5 .\n"
			 "When left out it is\n.Li \"1\" .\n"
			 "Example:\n.Li \"per_run_usd: 0.25\"\n"
			 ".It Ic budget.runs :\nHow many.\n"
			 "It is a whole number from 1 to 9.\n"
			 ".It Ic servers\nServers.\n"
			 ".It Ic servers.NAME.url :\nWhere it is.\nIt is text.\n"
			 "It has to be there.\n"
			 ".It Ic list\nMore.\n"
			 ".It Ic list[].url :\nWhere it is.\nIt is text.\n"
			 "It has to be there.\n"
			 ".El\n");
}
END_TEST

START_TEST(the_owner_of_a_table_adds_what_it_knows)
{
	buf_reset(&out);
	mdoc_fields(&out, fields, add_top);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out), "\nruns is at the top.\n"));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out), "\nservers is at the top.\n"));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out), "\nurl is below.\n"));
	ck_assert_ptr_null(strstr(buf_cstr(&out), "\nurl is at the top.\n"));
}
END_TEST

static const struct support_case cases[] = {CASE(every_sentence_begins_a_line),
					    CASE(text_is_never_a_macro),
					    CASE(an_argument_is_one_word_whatever_is_in_it),
					    CASE(a_table_becomes_a_list_of_all_its_rows),
					    CASE(the_owner_of_a_table_adds_what_it_knows),
					    {0}};

int main(void)
{
	return support_main("base/mdoc", cases);
}
