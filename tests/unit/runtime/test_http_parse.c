#include "runtime/door/http_parse.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/mem.h"
#include "tests/unit/support.h"

#define BODY_MAX 1000

struct http_case {
	char name[128], kind[16], outcome[16], rest[64];
	struct buf bytes;
};

static const char *outcome_name(enum http_outcome o)
{
	switch (o) {
	case HTTP_DONE:
		return "done";
	case HTTP_MORE:
		return "more";
	case HTTP_BAD:
		return "bad";
	case HTTP_TOO_LARGE:
		return "too-large";
	case HTTP_TARGET_LONG:
		return "target-long";
	case HTTP_HEAD_LONG:
		return "head-long";
	case HTTP_CODING:
		return "coding";
	case HTTP_VERSION:
		return "version";
	}
	return "?";
}

static size_t unescape_one(const char *s, struct buf *out)
{
	unsigned byte;
	int n = 0;
	char c;
	switch (s[1]) {
	case 'r':
		buf_add_char(out, '\r');
		return 2;
	case 'n':
		buf_add_char(out, '\n');
		return 2;
	case 't':
		buf_add_char(out, '\t');
		return 2;
	case '0':
		buf_add_char(out, '\0');
		return 2;
	case 'x':
		ck_assert_int_eq(sscanf(s + 2, "%2x", &byte), 1);
		buf_add_char(out, (char)byte);
		return 4;
	case '*':
		ck_assert_int_eq(sscanf(s + 2, "%u%c%n", &byte, &c, &n), 2);
		buf_add_repeat(out, c, byte);
		return 2 + (size_t)n;
	default:
		buf_add_char(out, s[1]);
		return 2;
	}
}

static void unescape(struct str line, struct buf *out)
{
	for (size_t i = 0; i < line.len;) {
		if (line.p[i] == '\\')
			i += unescape_one(line.p + i, out);
		else
			buf_add_char(out, line.p[i++]);
	}
}

static void check(const struct http_case *c, enum http_outcome o, const struct http_head *h)
{
	char got[4096];
	const char *p = c->bytes.data;
	ck_assert_msg(strcmp(outcome_name(o), c->outcome) == 0, "%s: got %s, wanted %s (%s)",
		      c->name, outcome_name(o), c->outcome, h->why ? h->why : "");
	ck_assert_msg((o < 0) == (h->why != NULL), "%s: %s words", c->name,
		      h->why ? "needless" : "no");
	if (o != HTTP_DONE)
		return;
	int n = snprintf(got, sizeof(got), "%zu %llu", h->head_len,
			 (unsigned long long)h->content_length);
	if (h->status)
		snprintf(got + n, sizeof(got) - (size_t)n, " %d", h->status);
	else
		snprintf(got + n, sizeof(got) - (size_t)n, " %.*s %.*s", (int)h->method.len,
			 p + h->method.at, (int)h->target.len, p + h->target.at);
	got[MIN(strlen(c->rest), sizeof(got) - 1)] = '\0';
	ck_assert_msg(strcmp(got, c->rest) == 0, "%s: got \"%s\", wanted \"%s\"", c->name, got,
		      c->rest);
}

/* At once, and byte by byte: the outcome must be the same, and no head may be done before its last byte. */
static void run_case(const struct http_case *c)
{
	enum http_kind kind = strcmp(c->kind, "request") == 0 ? HTTP_REQUEST : HTTP_RESPONSE;
	struct http_head h;
	size_t scan = 0;
	check(c, http_parse_head(c->bytes.data, c->bytes.len, &scan, kind, BODY_MAX, &h), &h);
	size_t head_len = h.head_len;
	scan = 0;
	for (size_t len = 1; len <= c->bytes.len; len++) {
		/* Memory of exactly this size: a read beyond it is caught by the sanitizer. */
		CLEANUP_FREE char *exact = mem_dup(c->bytes.data, len);
		enum http_outcome o = http_parse_head(exact, len, &scan, kind, BODY_MAX, &h);
		ck_assert_uint_le(scan, len);
		if (o == HTTP_MORE)
			continue;
		check(c, o, &h);
		if (o == HTTP_DONE)
			ck_assert_uint_eq(len, head_len);
		return;
	}
	ck_assert_str_eq(c->outcome, "more");
}

START_TEST(heads_are_read_as_the_table_says)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 20);
	CLEANUP_FREE char *path = mem_printf("%s/tests/unit/runtime/http.cases", support_root());
	assert_ok(io_read_file(path, &text, &support_err));
	struct str rest = buf_str(&text), line;
	struct http_case c = {.bytes = BUF_INIT(1 << 20)};
	size_t count = 0;
	while (str_split(&rest, '\n', &line)) {
		bool head = str_starts(line, STR("== "));
		if (head && count++)
			run_case(&c);
		if (head) {
			CLEANUP_FREE char *z = mem_strndup(line.p, line.len);
			buf_reset(&c.bytes);
			c.rest[0] = '\0';
			ck_assert_int_ge(sscanf(z, "== %127s %15s %15s %63[^\n]", c.name, c.kind,
						c.outcome, c.rest),
					 3);
		} else if (count) {
			unescape(line, &c.bytes);
		}
	}
	run_case(&c);
	buf_release(&c.bytes);
	ck_assert_uint_ge(count, 55);
}
END_TEST

START_TEST(fields_are_found_without_case)
{
	static const char text[] =
		"GET / HTTP/1.1\r\nX-One: 1\r\nx-TWO:  two words \r\nX-one: again\r\n\r\n";
	struct http_head h;
	size_t scan = 0;
	ck_assert_int_eq(http_parse_head(text, sizeof(text) - 1, &scan, HTTP_REQUEST, 0, &h),
			 HTTP_DONE);
	ck_assert_uint_eq(h.field_count, 3);
	const struct http_span *one = http_field(text, &h, "x-one"),
			       *two = http_field(text, &h, "x-two");
	ck_assert(one && http_span_is(text, *one, "1"));
	ck_assert(two && http_span_is(text, *two, "two words"));
	ck_assert(!http_span_is(text, *two, "two word"));
	ck_assert(!http_span_is(text, *two, "two wordss"));
	ck_assert_ptr_null(http_field(text, &h, "x-on"));
	ck_assert_ptr_null(http_field(text, &h, "x-one-more"));
}
END_TEST

START_TEST(fields_are_counted_to_their_limit)
{
	for (int n = HTTP_HEADERS_MAX; n <= HTTP_HEADERS_MAX + 1; n++) {
		CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 16);
		struct http_head h;
		size_t scan = 0;
		buf_addz(&b, "GET / HTTP/1.1\r\n");
		for (int i = 0; i < n; i++)
			buf_addf(&b, "A%d: b\r\n", i);
		buf_addz(&b, "\r\n");
		enum http_outcome o = http_parse_head(b.data, b.len, &scan, HTTP_REQUEST, 0, &h);
		ck_assert_int_eq(o, n == HTTP_HEADERS_MAX ? HTTP_DONE : HTTP_HEAD_LONG);
	}
}
END_TEST

static const struct support_case cases[] = {
	CASE(heads_are_read_as_the_table_says),
	CASE(fields_are_found_without_case),
	CASE(fields_are_counted_to_their_limit),
	{0},
};

int main(void)
{
	return support_main("runtime/http_parse", cases);
}
