#include "tests/unit/support.h"

#include "base/opt.h"

static const char *const runs[] = {"server", "client", NULL};
static const char *dry_run;
static const char *const formats[] = {"table", "wide", "json", "yaml", "name", NULL};

static bool watch, all;
static const char *output, *domain;
static struct opt_strings labels;
static int64_t limit, timeout_ms;

static const struct opt opts[] = {
	{"watch", 'w', OPT_FLAG, &watch, NULL, "Go on printing changes.", NULL},
	{"all", 'a', OPT_FLAG, &all, NULL, "Objects of every domain.", NULL},
	{"output", 'o', OPT_STRING, &output, "FORMAT", "How to print.", formats},
	{"domain", 'd', OPT_STRING, &domain, "DOMAIN", "Only this domain.", NULL},
	{"label", 'l', OPT_STRINGS, &labels, "NAME=VALUE", "Only objects that have the label.",
	 NULL},
	{"dry-run", 0, OPT_WORD, &dry_run, "HOW", "Change nothing.", runs},
	{"limit", 0, OPT_INT, &limit, "N", "At most so many.", NULL},
	{"timeout", 0, OPT_DURATION, &timeout_ms, NULL, "Give up after this time.", NULL},
	OPT_END,
};

static char *args[16];
static int operands;

/* Parses the words of a line that are separated by single spaces; "''" is an empty word. */
static int parse(const char *line)
{
	static char text[256];
	int argc = 0;
	snprintf(text, sizeof(text), "aspora %s", line);
	struct str rest = str_of(text), word;
	while (str_split(&rest, ' ', &word)) {
		args[argc++] = text + (word.p - text);
		args[argc - 1][word.len] = '\0';
		if (str_eqz(word, "''"))
			args[argc - 1][0] = '\0';
	}
	args[argc] = NULL;
	return opt_parse(argc, args, opts, &operands, &support_err);
}

START_TEST(options_and_operands_may_mix)
{
	assert_ok(parse("get -w skills --output=json ecm --limit 5 -l a=b -lc=d --timeout=1h30m"));
	ck_assert(watch && !all);
	ck_assert_str_eq(output, "json");
	ck_assert_int_eq(limit, 5);
	ck_assert_int_eq(timeout_ms, 5400000);
	ck_assert_uint_eq(labels.count, 2);
	ck_assert_str_eq(labels.items[0], "a=b");
	ck_assert_str_eq(labels.items[1], "c=d");
	ck_assert_int_eq(operands, 3);
	ck_assert_str_eq(args[0], "aspora");
	ck_assert_str_eq(args[1], "get");
	ck_assert_str_eq(args[2], "skills");
	ck_assert_str_eq(args[3], "ecm");
	ck_assert_ptr_null(args[4]);
	opt_strings_release(&labels);
	ck_assert_uint_eq(labels.count, 0);
}
END_TEST

START_TEST(a_word_stands_behind_its_option_or_is_the_first_choice)
{
	dry_run = NULL;
	assert_ok(parse("get --dry-run skills"));
	ck_assert_str_eq(dry_run, "server");
	/* The next word is an operand, not its value. */
	ck_assert_int_eq(operands, 2);
	assert_ok(parse("get --dry-run=client"));
	ck_assert_str_eq(dry_run, "client");
	assert_err(parse("--dry-run=clent"), ERR_USAGE, "--dry-run cannot be \"clent\"");
	ck_assert_ptr_nonnull(strstr(support_err.remedy, "did you mean client?"));
	assert_err(parse("--dry-run="), ERR_USAGE, "--dry-run cannot be \"\"");
}
END_TEST

START_TEST(two_dashes_end_the_options)
{
	assert_ok(parse("-- --watch -x"));
	ck_assert(!watch);
	ck_assert_int_eq(operands, 2);
	ck_assert_str_eq(args[1], "--watch");
	ck_assert_str_eq(args[2], "-x");
	assert_ok(parse("- -- --"));
	ck_assert_int_eq(operands, 2);
	ck_assert_str_eq(args[1], "-");
	ck_assert_str_eq(args[2], "--");
}
END_TEST

START_TEST(letters_run_together)
{
	assert_ok(parse("-waojson x"));
	ck_assert(watch && all);
	ck_assert_str_eq(output, "json");
	ck_assert_int_eq(operands, 1);
}
END_TEST

START_TEST(values_may_be_empty_or_look_like_options)
{
	assert_ok(parse("--domain= --limit -3"));
	ck_assert_str_eq(domain, "");
	ck_assert_int_eq(limit, -3);
	assert_ok(parse("--domain --watch"));
	ck_assert_str_eq(domain, "--watch");
	ck_assert(!watch);
	assert_ok(parse("--domain a=b"));
	ck_assert_str_eq(domain, "a=b");
	assert_ok(parse("''"));
	ck_assert_int_eq(operands, 1);
}
END_TEST

START_TEST(nothing_is_fine)
{
	assert_ok(parse(""));
	ck_assert_int_eq(operands, 0);
	char *none[] = {NULL};
	assert_ok(opt_parse(0, none, opts, &operands, &support_err));
	ck_assert_int_eq(operands, 0);
}
END_TEST

START_TEST(flags_and_letters_may_be_written_with_an_equals_sign)
{
	assert_ok(parse("-o=json --watch=true"));
	ck_assert_str_eq(output, "json");
	ck_assert(watch);
	assert_ok(parse("--watch --watch=false"));
	ck_assert(!watch);
}
END_TEST

START_TEST(a_wrong_line_says_what_is_wrong_and_what_to_write)
{
	static const struct {
		const char *line, *msg, *remedy;
	} table[] = {
		{"--wacth", "unknown option --wacth", "did you mean --watch?"},
		{"--Output=json", "unknown option --Output", "did you mean --output?"},
		{"--outptu=json", "unknown option --outptu", "did you mean --output?"},
		{"--colour", "unknown option --colour", ""},
		{"-x", "unknown option -x", ""},
		{"-wx", "unknown option -x", ""},
		{"-é", "unknown option -é", ""},
		{"--watch=yes", "--watch takes no value", "write --watch"},
		{"--output", "--output needs a value", "write --output=FORMAT"},
		{"x -o", "--output needs a value", "write --output=FORMAT"},
		{"--timeout", "--timeout needs a value", "write --timeout=VALUE"},
		{"--output=jsn", "--output cannot be \"jsn\"",
		 "did you mean json? It is one of: table, wide, json, yaml, name"},
		{"-o xml", "--output cannot be \"xml\"",
		 "it is one of: table, wide, json, yaml, name"},
		{"--limit=ten", "--limit: \"ten\" is not a whole number",
		 "write it in decimal digits, such as --limit=10"},
		{"--limit=9223372036854775808", "is not a whole number",
		 "write it in decimal digits, such as --limit=10"},
		{"--timeout=5", "--timeout: \"5\" is not a duration: a unit is missing",
		 "write a whole number and a unit (ms, s, m, h, d), as in 90s or 1h30m"},
	};
	assert_err(parse(table[_i].line), ERR_USAGE, table[_i].msg);
	ck_assert_str_eq(support_err.remedy, table[_i].remedy);
}
END_TEST

START_TEST(help_is_aligned)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	opt_help(&out, opts);
	ck_assert_str_eq(
		buf_cstr(&out),
		"  -w, --watch             Go on printing changes.\n"
		"  -a, --all               Objects of every domain.\n"
		"  -o, --output=FORMAT     How to print. (table, wide, json, yaml, name)\n"
		"  -d, --domain=DOMAIN     Only this domain.\n"
		"  -l, --label=NAME=VALUE  Only objects that have the label. (may be repeated)\n"
		"      --dry-run[=HOW]     Change nothing. (server, client)\n"
		"      --limit=N           At most so many.\n"
		"      --timeout=VALUE     Give up after this time.\n");
}
END_TEST

START_TEST(help_is_wrapped_at_80_columns)
{
	static const struct opt long_ones[] = {
		{"yes", 'y', OPT_FLAG, NULL, NULL,
		 "Do not ask. This sentence is here to be far longer than one line of a terminal "
		 "can "
		 "hold, é and all, and it ends here.",
		 NULL},
		{"a-name-that-leaves-no-room-at-all", 0, OPT_STRING, NULL, "SOMETHING",
		 "Stands below.", NULL},
		{"url", 0, OPT_STRING, NULL, "URL",
		 "https://example.com/a/very/long/address/that/cannot/be/broken/anywhere/by/anyone",
		 NULL},
		{"quiet", 0, OPT_FLAG, NULL, NULL, NULL, NULL},
		OPT_END,
	};
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	opt_help(&out, long_ones);
	ck_assert_str_eq(
		buf_cstr(&out),
		"  -y, --yes      Do not ask. This sentence is here to be far longer than one\n"
		"                 line of a terminal can hold, é and all, and it ends here.\n"
		"      --a-name-that-leaves-no-room-at-all=SOMETHING\n"
		"                 Stands below.\n"
		"      --url=URL  "
		"https://example.com/a/very/long/address/that/cannot/be/broken/anywhere/by/anyone\n"
		"      --quiet\n");
}
END_TEST

START_TEST(a_word_that_ends_at_column_80_stays_and_one_past_it_goes)
{
	char text[80];
	struct opt one[] = {{"x", 0, OPT_FLAG, NULL, NULL, text, NULL}, OPT_END};
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	size_t column = strlen("      --x  "), first = 80 - column - 4;
	memset(text, 'w', first);
	memcpy(text + first, " end", 5);
	opt_help(&out, one);
	ck_assert_uint_eq(out.len, 81);
	memcpy(text + first, " end.", 6);
	buf_reset(&out);
	opt_help(&out, one);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out), "w\n           end.\n"));
}
END_TEST

static const struct support_case cases[] = {
	CASE(options_and_operands_may_mix),
	CASE(a_word_stands_behind_its_option_or_is_the_first_choice),
	CASE(two_dashes_end_the_options),
	CASE(letters_run_together),
	CASE(values_may_be_empty_or_look_like_options),
	CASE(nothing_is_fine),
	CASE(flags_and_letters_may_be_written_with_an_equals_sign),
	CASE_LOOP(a_wrong_line_says_what_is_wrong_and_what_to_write, 16),
	CASE(help_is_aligned),
	CASE(help_is_wrapped_at_80_columns),
	CASE(a_word_that_ends_at_column_80_stays_and_one_past_it_goes),
	{0},
};

int main(void)
{
	return support_main("base/opt", cases);
}
