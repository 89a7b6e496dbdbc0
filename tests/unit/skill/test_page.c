/* SKILL.md as HTML: what repositories wrote is text, never markup that runs. */
#include "skill/page.h"
#include "tests/unit/support.h"

static const char *html(const char *markdown)
{
	static struct buf out = BUF_INIT(1 << 20);
	buf_reset(&out);
	assert_ok(skill_page_html(str_of(markdown), &out, &support_err));
	return buf_cstr(&out);
}

START_TEST(the_frontmatter_is_left_out)
{
	ck_assert_str_eq(html("---\nname: x\n---\n\nHello *you*.\n"),
			 "<p>Hello <em>you</em>.</p>\n");
	ck_assert_str_eq(html("Hello.\n"), "<p>Hello.</p>\n");
	/* A line of dashes further down is a rule of Markdown. */
	ck_assert_str_eq(html("Hello.\n\n---\n\nYou.\n"), "<p>Hello.</p>\n<hr />\n<p>You.</p>\n");
	/* One that is never ended is no frontmatter. */
	ck_assert_ptr_nonnull(strstr(html("---\nname: x\n"), "name: x"));
	ck_assert_str_eq(html(""), "");
}
END_TEST

START_TEST(headings_stand_below_those_of_the_page)
{
	ck_assert_str_eq(html("# One\n"), "<h3>One</h3>\n");
	ck_assert_str_eq(html("##### Five\n"), "<h6>Five</h6>\n");
}
END_TEST

START_TEST(no_markup_of_a_repository_comes_through)
{
	static const char *const corpus[] = {
		"<script>alert(1)</script>",
		"a <img src=x onerror=alert(2)> b",
		"<svg/onload=alert(3)>",
		"<iframe src=\"javascript:alert(4)\"></iframe>",
		"<style>*{display:none}</style>",
		"<base href=//evil.example/>",
		"<meta http-equiv=refresh content=0>",
		"<!-- --><script>alert(5)</script>",
		"<form action=/ui/session>",
		"```html\n<script>alert(6)</script>\n```",
		"`<script>alert(7)</script>`",
	};
	for (size_t i = 0; i < ARRAY_SIZE(corpus); i++) {
		const char *out = html(corpus[i]);
		static const char *const forbidden[] = {"<script", "<img",   "<svg",
							"<iframe", "<style", "<base",
							"<meta",   "<form",  NULL};
		for (size_t k = 0; forbidden[k]; k++)
			ck_assert_msg(!strstr(out, forbidden[k]), "%s gave %s", corpus[i], out);
	}
}
END_TEST

START_TEST(no_address_runs_code)
{
	static const char *const corpus[] = {
		"[a](javascript:alert(1))",  "[a](JaVaScRiPt:alert(1))",
		"[a](vbscript:x)",	     "[a](data:text/html,x)",
		"![a](javascript:alert(1))", "[a](file:///etc/passwd)",
		"<javascript:alert(1)>",     "[a]: javascript:alert(1)\n\n[a]",
	};
	for (size_t i = 0; i < ARRAY_SIZE(corpus); i++) {
		const char *out = html(corpus[i]);
		ck_assert_msg(!strstr(out, "href=\"j") && !strstr(out, "href=\"J") &&
				      !strstr(out, "href=\"v") && !strstr(out, "href=\"data") &&
				      !strstr(out, "src=\"j") && !strstr(out, "href=\"file"),
			      "%s gave %s", corpus[i], out);
	}
	ck_assert_ptr_nonnull(
		strstr(html("[a](https://example.com/)"), "href=\"https://example.com/\""));
}
END_TEST

START_TEST(what_is_too_large_is_refused)
{
	CLEANUP(buf_release) struct buf md = BUF_INIT(4 << 20), out = BUF_INIT(64 << 20);
	for (size_t i = 0; i < (1 << 20); i++)
		buf_add_char(&md, 'x');
	assert_ok(skill_page_html(buf_str(&md), &out, &support_err));
	buf_add_char(&md, 'x');
	assert_err(skill_page_html(buf_str(&md), &out, &support_err), ERR_TOO_LARGE,
		   "SKILL.md has 1048577 bytes");
}
END_TEST

static const struct support_case cases[] = {CASE(the_frontmatter_is_left_out),
					    CASE(headings_stand_below_those_of_the_page),
					    CASE(no_markup_of_a_repository_comes_through),
					    CASE(no_address_runs_code),
					    CASE(what_is_too_large_is_refused),
					    {0}};

int main(void)
{
	return support_main("skill/page", cases);
}
