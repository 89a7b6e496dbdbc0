#include "base/xml.h"

#include "base/buf.h"
#include "tests/unit/support.h"

static int on_open(void *state, struct str name, const struct xml_attribute *list, size_t count,
		   struct err *err)
{
	buf_addf(state, "<%.*s", STR_ARG(name));
	for (size_t i = 0; i < count; i++)
		buf_addf(state, " %.*s=%.*s", STR_ARG(list[i].name), STR_ARG(list[i].value));
	buf_addz(state, ">");
	if (str_eqz(name, "stop"))
		return err_set(err, ERR_DENIED, "stopped");
	return 0;
}

static int on_close(void *state, struct str name, struct err *err)
{
	(void)err;
	buf_addf(state, "</%.*s>", STR_ARG(name));
	return 0;
}

static int on_text(void *state, struct str text, struct err *err)
{
	(void)err;
	buf_add_str(state, text);
	return 0;
}

static int read_xml(const char *text, const struct xml_limits *limits, struct buf *out)
{
	const struct xml_handler h = {on_open, on_close, on_text, out};
	support_err = (struct err)ERR_INIT;
	return xml_read(str_of(text), limits ? limits : &xml_limits_default, "r.xml", &h,
			&support_err);
}

START_TEST(elements_attributes_and_text_are_told_in_order)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	assert_ok(read_xml(
		"<?xml version=\"1.0\"?><!-- c --><a x=\"1 &amp; 2\"><b>t&lt;<![CDATA[<]]></b></a>",
		NULL, &out));
	ck_assert_str_eq(buf_cstr(&out), "<a x=1 & 2><b>t<<</b></a>");
}
END_TEST

static const struct {
	const char *xml;
	int code;
	const char *says;
	uint32_t line;
} bad[] = {
	{"", ERR_SYNTAX, "this is not XML", 1},
	{"<a>\n<b></a>", ERR_SYNTAX, "mismatched tag", 2},
	{"<a/><a/>", ERR_SYNTAX, "this is not XML", 1},
	{"<a x=\"1\" x=\"2\"/>", ERR_SYNTAX, "duplicate attribute", 1},
	{"<a>&nope;</a>", ERR_SYNTAX, "undefined entity", 1},
	{"<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", ERR_INVALID, "it has a document type", 1},
	{"<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", ERR_INVALID, "it has a document type",
	 1},
	{"<a><stop/></a>", ERR_DENIED, "stopped", 0},
};

START_TEST(what_is_not_plain_xml_is_refused_with_its_place)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
		ck_assert_int_eq(read_xml(bad[i].xml, NULL, &out), bad[i].code);
		ck_assert_msg(strstr(support_err.msg, bad[i].says) != NULL, "%s: %s", bad[i].xml,
			      support_err.msg);
		ck_assert_uint_eq(support_err.where.line, bad[i].line);
	}
}
END_TEST

START_TEST(limits_hold_and_one_past_them_does_not)
{
	static const struct xml_limits small = {40, 3, 4, 5};
	static const struct {
		const char *xml;
		int code;
	} rows[] = {
		{"<a><a><a/></a></a>", 0},
		{"<a><a><a><a/></a></a></a>", ERR_TOO_LARGE},
		{"<a><b/><b/><b/></a>", 0},
		{"<a><b/><b/><b/><b/></a>", ERR_TOO_LARGE},
		{"<a b=\"12345\"/>", 0},
		{"<a b=\"123456\"/>", ERR_TOO_LARGE},
		{"<a>345678901234567890123456789012345</a>", 0}, /* 40 */
		{"<a>3456789012345678901234567890123456</a>", ERR_TOO_LARGE},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
		int rc = read_xml(rows[i].xml, &small, &out);
		ck_assert_msg(rc == rows[i].code, "%s: %d %s", rows[i].xml, rc, support_err.msg);
	}
}
END_TEST

static const struct support_case cases[] = {CASE(elements_attributes_and_text_are_told_in_order),
					    CASE(what_is_not_plain_xml_is_refused_with_its_place),
					    CASE(limits_hold_and_one_past_them_does_not),
					    {0}};

int main(void)
{
	return support_main("base/xml", cases);
}
