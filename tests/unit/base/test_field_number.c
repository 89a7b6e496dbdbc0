#include "base/field_int.h"
#include "tests/unit/support.h"

START_TEST(decimals_are_exact)
{
	static const struct {
		const char *text;
		unsigned places;
		enum field_decimal got;
		int64_t value;
		const char *back;
	} rows[] = {
		{"0", 6, FIELD_DECIMAL_OK, 0, "0"},
		{"0.1", 6, FIELD_DECIMAL_OK, 100000, "0.1"},
		{"0.000001", 6, FIELD_DECIMAL_OK, 1, "0.000001"},
		{"0.0000001", 6, FIELD_DECIMAL_PRECISE, 0, NULL},
		{"0.1000000", 6, FIELD_DECIMAL_OK, 100000, "0.1"},
		{"7", 6, FIELD_DECIMAL_OK, 7000000, "7"},
		{"007", 6, FIELD_DECIMAL_NONE, 0, NULL},
		{"00", 6, FIELD_DECIMAL_NONE, 0, NULL},
		{"-00.5", 6, FIELD_DECIMAL_NONE, 0, NULL},
		{"-1.5", 6, FIELD_DECIMAL_OK, -1500000, "-1.5"},
		{"9223372036854.775807", 6, FIELD_DECIMAL_OK, INT64_MAX, "9223372036854.775807"},
		{"9223372036854.775808", 6, FIELD_DECIMAL_LARGE, 0, NULL},
		{"9223372036855", 6, FIELD_DECIMAL_LARGE, 0, NULL},
		{"99999999999999999999999", 6, FIELD_DECIMAL_LARGE, 0, NULL},
		{"12", 0, FIELD_DECIMAL_OK, 12, "12"},
		{"", 6, FIELD_DECIMAL_NONE, 0, NULL},
		{"-", 6, FIELD_DECIMAL_NONE, 0, NULL},
		{".5", 6, FIELD_DECIMAL_NONE, 0, NULL},
		{"5.", 6, FIELD_DECIMAL_NONE, 0, NULL},
		{"1.2.3", 6, FIELD_DECIMAL_NONE, 0, NULL},
		{"1e3", 6, FIELD_DECIMAL_NONE, 0, NULL},
		{"+1", 6, FIELD_DECIMAL_NONE, 0, NULL},
		{" 1", 6, FIELD_DECIMAL_NONE, 0, NULL},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int64_t v = 0;
		CLEANUP(buf_release) struct buf out = BUF_INIT(64);
		ck_assert_msg(field_decimal(str_of(rows[i].text), rows[i].places, &v) ==
				      rows[i].got,
			      "%s", rows[i].text);
		ck_assert_int_eq(v, rows[i].value);
		field_add_decimal(&out, v, rows[i].places);
		if (rows[i].back)
			ck_assert_str_eq(buf_cstr(&out), rows[i].back);
	}
	CLEANUP(buf_release) struct buf least = BUF_INIT(64);
	field_add_decimal(&least, INT64_MIN, 6);
	ck_assert_str_eq(buf_cstr(&least), "-9223372036854.775808");
}
END_TEST

START_TEST(sizes_have_units_of_1024)
{
	static const struct {
		const char *text;
		bool ok;
		int64_t value;
	} rows[] = {
		{"0", true, 0},
		{"4096", true, 4096},
		{"1Ki", true, 1024},
		{"64Mi", true, INT64_C(64) << 20},
		{"1Gi", true, INT64_C(1) << 30},
		{"2Ti", true, INT64_C(2) << 40},
		{"8388607Ti", true, INT64_C(8388607) << 40},
		{"8388608Ti", false, 0},
		{"9223372036854775807", true, INT64_MAX},
		{"9223372036854775808", false, 0},
		{"", false, 0},
		{"Mi", false, 0},
		{"64M", false, 0},
		{"64mi", false, 0},
		{"64Pi", false, 0},
		{"064Mi", false, 0},
		{"-1", false, 0},
		{"1.5Gi", false, 0},
		{"64 Mi", false, 0},
		{"64Mi ", false, 0},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int64_t v = 0;
		ck_assert_msg(field_size(str_of(rows[i].text), &v) == rows[i].ok, "%s",
			      rows[i].text);
		ck_assert_int_eq(v, rows[i].value);
	}
}
END_TEST

static const struct support_case cases[] = {
	CASE(decimals_are_exact), CASE(sizes_have_units_of_1024), {0}};

int main(void)
{
	return support_main("base/field_number", cases);
}
