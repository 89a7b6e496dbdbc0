/* Corrections, differences and tables. */
#include "tests/unit/support.h"
#include "cli/patch.h"
#include "cli/table.h"

static struct finding edit(uint32_t start, uint32_t end, const char *with)
{
	return (struct finding){
		.rule = "X", .start = start, .end = end, .replacement = str_of(with)};
}

static void check_patch(const char *text, const struct finding *f, size_t count, size_t made,
			const char *want)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	ck_assert_uint_eq(cli_patch(&out, str_of(text), f, count), made);
	assert_str(buf_str(&out), want);
}

START_TEST(replacements_are_made_in_the_order_of_their_places)
{
	const struct finding f[] = {edit(6, 9, "dog"), edit(0, 1, "my")};
	check_patch("a red cat", f, 2, 2, "my red dog");
}
END_TEST

START_TEST(of_two_that_overlap_the_first_is_made)
{
	const struct finding f[] = {edit(2, 5, "X"), edit(4, 7, "Y")};
	check_patch("0123456789", f, 2, 1, "01X56789");
}
END_TEST

START_TEST(the_same_correction_twice_is_made_once)
{
	const struct finding f[] = {edit(3, 3, "!"), edit(3, 3, "!"), edit(1, 2, "b"),
				    edit(1, 2, "b")};
	check_patch("aXc", f, 4, 2, "abc!");
}
END_TEST

START_TEST(neighbours_are_both_made)
{
	const struct finding f[] = {edit(0, 2, "x"), edit(2, 4, "y")};
	check_patch("aabb", f, 2, 2, "xy");
}
END_TEST

START_TEST(a_span_past_the_end_is_left_alone)
{
	const struct finding f[] = {edit(3, 9, "x"), edit(4, 5, "x"), edit(0, 4, "fine")};
	check_patch("abcd", f, 3, 1, "fine");
}
END_TEST

START_TEST(what_has_no_replacement_changes_nothing)
{
	const struct finding f = {.rule = "X", .start = 0, .end = 1};
	check_patch("abc", &f, 1, 0, "abc");
}
END_TEST

/* --- differences --- */

static void check_diff(const char *before, const char *after, const char *want)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 16);
	cli_patch_diff(&out, "f", str_of(before), str_of(after));
	assert_str(buf_str(&out), want);
}

START_TEST(equal_texts_have_no_difference)
{
	check_diff("a\nb\n", "a\nb\n", "");
	check_diff("", "", "");
}
END_TEST

START_TEST(a_difference_has_three_lines_around_it)
{
	check_diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n",
		   "--- a/f\n+++ b/f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n");
}
END_TEST

START_TEST(changes_far_apart_are_two_hunks_and_near_ones_are_one)
{
	check_diff("a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n",
		   "--- a/f\n+++ b/f\n@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n");
	check_diff("a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n",
		   "--- a/f\n+++ b/f\n@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n"
		   "@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n");
}
END_TEST

START_TEST(lines_that_come_or_go_are_counted)
{
	check_diff("", "a\n", "--- a/f\n+++ b/f\n@@ -0,0 +1,1 @@\n+a\n");
	check_diff("a\n", "", "--- a/f\n+++ b/f\n@@ -1,1 +0,0 @@\n-a\n");
	check_diff("a\nb\n", "a\nx\nb\n", "--- a/f\n+++ b/f\n@@ -1,2 +1,3 @@\n a\n+x\n b\n");
}
END_TEST

START_TEST(a_last_line_without_newline_is_said_to_be_one)
{
	check_diff("a", "b",
		   "--- a/f\n+++ b/f\n@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n"
		   "+b\n\\ No newline at end of file\n");
}
END_TEST

/* --- tables --- */

START_TEST(columns_are_as_wide_as_their_widest_and_the_last_is_not_padded)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	const struct str cells[] = {STR("NAME"), STR("AGE"),	STR("a"),
				    STR("1s"),	 STR("longer"), STR("2s")};
	size_t widths[2] = {0};
	cli_table(&out, cells, 3, 2, widths);
	assert_str(buf_str(&out), "NAME     AGE\na        1s\nlonger   2s\n");
}
END_TEST

START_TEST(rows_added_later_stand_below)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	const struct str first[] = {STR("wide-one"), STR("x")}, later[] = {STR("b"), STR("y")};
	size_t widths[2] = {0};
	cli_table(&out, first, 1, 2, widths);
	buf_reset(&out);
	cli_table(&out, later, 1, 2, widths);
	assert_str(buf_str(&out), "b          y\n");
}
END_TEST

START_TEST(a_character_is_one_place_however_many_bytes_it_has)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	const struct str cells[] = {STR("Zürich"), STR("x"), STR("Berlin"), STR("y")};
	size_t widths[2] = {0};
	cli_table(&out, cells, 2, 2, widths);
	assert_str(buf_str(&out), "Zürich   x\nBerlin   y\n");
}
END_TEST

static const struct support_case cases[] = {
	CASE(replacements_are_made_in_the_order_of_their_places),
	CASE(of_two_that_overlap_the_first_is_made),
	CASE(the_same_correction_twice_is_made_once),
	CASE(neighbours_are_both_made),
	CASE(a_span_past_the_end_is_left_alone),
	CASE(what_has_no_replacement_changes_nothing),
	CASE(equal_texts_have_no_difference),
	CASE(a_difference_has_three_lines_around_it),
	CASE(changes_far_apart_are_two_hunks_and_near_ones_are_one),
	CASE(lines_that_come_or_go_are_counted),
	CASE(a_last_line_without_newline_is_said_to_be_one),
	CASE(columns_are_as_wide_as_their_widest_and_the_last_is_not_padded),
	CASE(rows_added_later_stand_below),
	CASE(a_character_is_one_place_however_many_bytes_it_has),
	{0}};

int main(void)
{
	return support_main("cli/patch", cases);
}
