#include "skill/label.h"

#include "skill/skill.h"
#include "tests/unit/support.h"

static const char *repeated(char c, size_t count, const char *after)
{
	static char text[600];
	memset(text, c, count);
	snprintf(text + count, sizeof(text) - count, "%s", after);
	return text;
}

START_TEST(a_key_is_a_name_below_a_domain_name_or_not)
{
	static const char *const good[] = {"a",
					   "team",
					   "Team_2.x-y",
					   "0",
					   "example.com/team",
					   "a/b",
					   "sub.example-1.com/x.y_z"};
	static const char *const bad[] = {"",	    "-a",   "a-",   "a b", "a/",    "/a",
					  "a/b/c",  "ä",    ".a",   "a.",  "A.b/c", "a_b/c",
					  "a..b/c", "a./c", "-a/c", "a\n", "a=b",   "a,b"};
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		ck_assert_msg(label_key_ok(str_of(good[i])), "%s is one", good[i]);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_msg(!label_key_ok(str_of(bad[i])), "%s is none", bad[i]);
}
END_TEST

START_TEST(names_values_and_prefixes_end_at_their_limits)
{
	ck_assert(label_key_ok(str_of(repeated('a', 63, ""))));
	ck_assert(!label_key_ok(str_of(repeated('a', 64, ""))));
	ck_assert(label_value_ok(str_of(repeated('a', 63, ""))));
	ck_assert(!label_value_ok(str_of(repeated('a', 64, ""))));
	/* Parts of a prefix are names themselves. */
	ck_assert(label_key_ok(str_of(repeated('a', 63, ".b/c"))));
	ck_assert(!label_key_ok(str_of(repeated('a', 64, ".b/c"))));
	CLEANUP(buf_release) struct buf key = BUF_INIT(400);
	for (int i = 0; i < 127; i++)
		buf_addz(&key, i ? ".a" : "a");
	ck_assert_uint_eq(key.len, 253);
	buf_addz(&key, "/x");
	ck_assert(label_key_ok(buf_str(&key)));
	CLEANUP(buf_release) struct buf longer = BUF_INIT(400);
	buf_addf(&longer, "b%s", buf_cstr(&key));
	ck_assert(!label_key_ok(buf_str(&longer)));
}
END_TEST

START_TEST(a_value_may_be_empty_and_has_no_space)
{
	ck_assert(label_value_ok(STR("")));
	ck_assert(label_value_ok(STR_NULL));
	ck_assert(label_value_ok(STR("v1.2_x-y")));
	ck_assert(!label_value_ok(STR("a b")));
	ck_assert(!label_value_ok(STR("a/b")));
	ck_assert(!label_value_ok(STR("-")));
}
END_TEST

START_TEST(what_is_none_is_told_what_one_looks_like)
{
	assert_err(label_check(STR("a b"), STR("x"), &support_err), ERR_INVALID,
		   "\"a b\" is no name of a label");
	ck_assert_ptr_nonnull(strstr(support_err.remedy, "example.com/team"));
	assert_err(label_check(STR("team"), STR("x y"), &support_err), ERR_INVALID,
		   "label team: \"x y\" is no value of a label");
	assert_ok(label_check(STR("team"), STR(""), &support_err));
}
END_TEST

#define TEXT(metadata)                                                                             \
	"---\nname: n\ndescription: Says something. Use it in tests.\nmetadata:\n" metadata        \
	"---\n\n# n\n\nSays something.\n"

static struct skill *parse(const char *text)
{
	return skill_parse_text(STR("ecm"), STR("n"), str_of(text));
}

START_TEST(what_reads_as_a_label_in_metadata_is_one_in_the_order_of_keys)
{
	CLEANUP(skill_unrefp)
	struct skill *s = parse(TEXT("  tier: gold\n  example.com/a: x\n  note: has spaces in it\n"
				     "  aspora.role: manager\n  list: [a]\n  none:\n  n: 3\n"
				     "  yes: true\n"));
	static const char *const want[][2] = {
		{"example.com/a", "x"}, {"n", "3"}, {"tier", "gold"}, {"yes", "true"}};
	ck_assert_uint_eq(s->label_count, ARRAY_SIZE(want));
	for (size_t i = 0; i < s->label_count; i++) {
		assert_str(s->labels[i].key, want[i][0]);
		assert_str(s->labels[i].value, want[i][1]);
	}
	/* They are of the small part: nothing of the file is needed for them. */
	skill_shrink(s);
	assert_str(s->labels[2].value, "gold");
}
END_TEST

START_TEST(more_labels_than_an_object_may_have_are_left_out)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(65536);
	buf_addz(&text, "---\nname: n\ndescription: Says something. Use it.\nmetadata:\n");
	for (int i = 0; i <= LABELS_MAX; i++)
		buf_addf(&text, "  l%02d: v\n", i);
	buf_addz(&text, "---\n\n# n\n\nSays.\n");
	CLEANUP(skill_unrefp) struct skill *s = parse(buf_cstr(&text));
	ck_assert_uint_eq(s->label_count, LABELS_MAX);
}
END_TEST

START_TEST(without_metadata_there_are_no_labels)
{
	CLEANUP(skill_unrefp) struct skill *s = parse("---\nname: n\n---\n\n# n\n\nSays.\n");
	ck_assert_uint_eq(s->label_count, 0);
	ck_assert_ptr_null(s->labels);
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_key_is_a_name_below_a_domain_name_or_not),
	CASE(names_values_and_prefixes_end_at_their_limits),
	CASE(a_value_may_be_empty_and_has_no_space),
	CASE(what_is_none_is_told_what_one_looks_like),
	CASE(what_reads_as_a_label_in_metadata_is_one_in_the_order_of_keys),
	CASE(more_labels_than_an_object_may_have_are_left_out),
	CASE(without_metadata_there_are_no_labels),
	{0},
};

int main(void)
{
	return support_main("skill/label", cases);
}
