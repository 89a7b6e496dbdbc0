#include "runtime/door/transcript.h"

#include "base/doc.h"
#include "tests/unit/support.h"

static void add(struct transcript *t, struct str request, struct str response)
{
	transcript_add(t, &(struct transcript_exchange){.ms = 3,
							.method = STR("POST"),
							.target = STR("/x"),
							.request = request,
							.response = response,
							.status = 200});
}

START_TEST(every_line_is_json_whatever_the_bytes)
{
	CLEANUP(transcript_release) struct transcript t;
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 24);
	transcript_init(&t);
	transcript_head(&t, "EXEC-1");
	add(&t, STR("plain"), STR("with \"quotes\"\nand lines"));
	add(&t, STR("\xff\xfe binary \x00 bytes"), STR_NULL);
	struct str rest = buf_str(&t.lines), line;
	const struct doc_node *n = NULL;
	size_t lines = 0;
	while (str_split(&rest, '\n', &line)) {
		if (line.len == 0)
			continue;
		assert_ok(doc_parse_json(a, line, &doc_limits_json, "line", &n, &support_err));
		lines++;
	}
	ck_assert_uint_eq(lines, 3);
	assert_str(doc_text(doc_find(n, "request"), "base64"), "//4gYmluYXJ5IAAgYnl0ZXM=");
	ck_assert_int_eq(doc_int(n, "seq", 0), 2);
}
END_TEST

START_TEST(large_bodies_stand_as_digest_and_size)
{
	CLEANUP(transcript_release) struct transcript t;
	CLEANUP(buf_release) struct buf b = BUF_INIT(BUF_MAX);
	char hex[DIGEST_HEX + 1];
	transcript_init(&t);
	buf_add_repeat(&b, 'x', TRANSCRIPT_BODY_MAX);
	add(&t, buf_str(&b), STR_NULL);
	ck_assert_ptr_null(strstr(buf_cstr(&t.lines), "digest"));
	buf_add_char(&b, 'x');
	add(&t, buf_str(&b), STR_NULL);
	struct digest d = digest_of(buf_str(&b));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&t.lines), digest_hex(&d, hex)));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&t.lines), "\"size\":65537"));
}
END_TEST

START_TEST(a_transcript_ends_at_its_limit_and_says_so_once)
{
	CLEANUP(transcript_release) struct transcript t;
	CLEANUP(buf_release) struct buf b = BUF_INIT(BUF_MAX);
	transcript_init(&t);
	buf_add_repeat(&b, 'x', TRANSCRIPT_BODY_MAX);
	for (int i = 0; i < 100; i++)
		add(&t, buf_str(&b), STR_NULL);
	ck_assert(t.cut);
	ck_assert(!t.lines.overflow);
	ck_assert_uint_le(t.lines.len, TRANSCRIPT_MAX + 64);
	const char *cut = strstr(buf_cstr(&t.lines), "\"cut\":true}\n");
	ck_assert_ptr_nonnull(cut);
	ck_assert_uint_eq(strlen(cut), strlen("\"cut\":true}\n"));
}
END_TEST

START_TEST(equal_transcripts_have_equal_digests_and_others_others)
{
	CLEANUP(transcript_release) struct transcript a;
	CLEANUP(transcript_release) struct transcript b;
	transcript_init(&a);
	transcript_init(&b);
	add(&a, STR("1"), STR("2"));
	add(&b, STR("1"), STR("2"));
	struct digest x = transcript_digest(&a), y = transcript_digest(&b);
	ck_assert(digest_equal(&x, &y));
	add(&b, STR_NULL, STR_NULL);
	y = transcript_digest(&b);
	ck_assert(!digest_equal(&x, &y));
	struct digest tagged = digest_tagged(TRANSCRIPT_TAG, buf_str(&a.lines));
	ck_assert(digest_equal(&x, &tagged));
}
END_TEST

static const struct support_case cases[] = {
	CASE(every_line_is_json_whatever_the_bytes),
	CASE(large_bodies_stand_as_digest_and_size),
	CASE(a_transcript_ends_at_its_limit_and_says_so_once),
	CASE(equal_transcripts_have_equal_digests_and_others_others),
	{0},
};

int main(void)
{
	return support_main("runtime/transcript", cases);
}
