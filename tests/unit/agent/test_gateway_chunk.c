/* Chunked bodies: the same outcome whichever way they arrive, and nothing that two readers read differently. */
#include "agent/gateway/chunk.h"
#include "tests/unit/support.h"

static const struct {
	const char *data;
	enum chunk_outcome outcome;
	const char *body; /* of those that are done */
	size_t left; /* bytes after the body */
} vectors[] = {
	{"0\r\n\r\n", CHUNK_DONE, "", 0},
	{"5\r\nhello\r\n0\r\n\r\n", CHUNK_DONE, "hello", 0},
	{"1\r\na\r\n2\r\nbc\r\n00\r\n\r\nGET /", CHUNK_DONE, "abc", 5},
	{"A\r\n0123456789\r\n0\r\n\r\n", CHUNK_DONE, "0123456789", 0},
	{"a\r\n0123456789\r\n0\r\n\r\n", CHUNK_DONE, "0123456789", 0},
	{"0000000a\r\n0123456789\r\n0\r\n\r\n", CHUNK_DONE, "0123456789", 0},
	{"10\r\n0123456789abcdef\r\n0\r\n\r\n", CHUNK_DONE, "0123456789abcdef", 0},
	{"2\r\n\r\n\r\n0\r\n\r\n", CHUNK_DONE, "\r\n", 0},
	{"5\r\nhel", CHUNK_MORE, NULL, 0},
	{"5\r\nhello\r\n0\r\n\r", CHUNK_MORE, NULL, 0},
	{"", CHUNK_MORE, NULL, 0},
	{"\r\n", CHUNK_BAD, NULL, 0},
	{"g\r\n", CHUNK_BAD, NULL, 0},
	{"-1\r\n", CHUNK_BAD, NULL, 0},
	{"+5\r\nhello\r\n", CHUNK_BAD, NULL, 0},
	{"0x5\r\nhello\r\n", CHUNK_BAD, NULL, 0},
	{" 5\r\nhello\r\n", CHUNK_BAD, NULL, 0},
	{"5 \r\nhello\r\n", CHUNK_BAD, NULL, 0},
	{"5\nhello\n0\n\n", CHUNK_BAD, NULL, 0},
	{"5\rhello", CHUNK_BAD, NULL, 0},
	{"5\r\nhello0\r\n\r\n", CHUNK_BAD, NULL, 0},
	{"5\r\nhello\n0\r\n\r\n", CHUNK_BAD, NULL, 0},
	{"5;ext=1\r\nhello\r\n0\r\n\r\n", CHUNK_BAD, NULL, 0},
	{"0\r\nTrailer: x\r\n\r\n", CHUNK_BAD, NULL, 0},
	{"8\r\n01234567\r\n8\r\n89abcdef\r\n0\r\n\r\n", CHUNK_DONE, "0123456789abcdef", 0},
	{"8\r\n01234567\r\n9\r\n89abcdefg\r\n0\r\n\r\n", CHUNK_TOO_LARGE, NULL, 0},
	{"10\r\n0123456789abcdef\r\n1\r\ng\r\n0\r\n\r\n", CHUNK_TOO_LARGE, NULL, 0},
	{"00000000\r\n\r\n", CHUNK_DONE, "", 0},
	{"000000000\r\n\r\n", CHUNK_TOO_LARGE, NULL, 0},
	{"0\r\n\r\n0\r\n\r\n", CHUNK_DONE, "", 5},
	{"0\r\n\n", CHUNK_BAD, NULL, 0},
	{"0\r\n\r\r", CHUNK_BAD, NULL, 0},
	{"1\r\n\r\r\n0\r\n\r\n", CHUNK_DONE, "\r", 0},
	{"5\r\r\nhello", CHUNK_BAD, NULL, 0},
	{"5\r\nhelloX\r\n", CHUNK_BAD, NULL, 0},
	{"5\t\r\nhello\r\n", CHUNK_BAD, NULL, 0},
	{"5\r\nhello\r\n\r\n", CHUNK_BAD, NULL, 0},
	{"5\r\nhello\r\n;\r\n", CHUNK_BAD, NULL, 0},
	{"1_0\r\n", CHUNK_BAD, NULL, 0},
	{"\xEF\xBC\x95\r\nhello", CHUNK_BAD, NULL, 0}, /* a digit, but not of ASCII */
	{"11\r\n0123456789abcdefg\r\n0\r\n\r\n", CHUNK_TOO_LARGE, NULL, 0},
	{"ffffffff\r\n", CHUNK_MORE, NULL, 0},
	{"0ffffffff\r\n", CHUNK_TOO_LARGE, NULL, 0},
	{"ffffffffffffffff\r\n", CHUNK_TOO_LARGE, NULL, 0},
};

static void check(size_t i, size_t piece)
{
	struct chunk_decoder d = {0};
	struct buf out = BUF_INIT(16);
	struct str data = str_of(vectors[i].data);
	enum chunk_outcome o = CHUNK_MORE;
	size_t at = 0;
	while (o == CHUNK_MORE && at < data.len) {
		size_t used = 0;
		struct str some = str_sub(data, at, at + piece);
		o = chunk_decode(&d, some, &used, &out);
		ck_assert_uint_le(used, some.len);
		ck_assert(o != CHUNK_MORE || used == some.len);
		at += used;
	}
	ck_assert_msg(o == vectors[i].outcome, "vector %zu in pieces of %zu gave %d", i, piece, o);
	if (o == CHUNK_DONE) {
		ck_assert_str_eq(buf_cstr(&out), vectors[i].body);
		ck_assert_uint_eq(data.len - at, vectors[i].left);
	}
	buf_release(&out);
}

START_TEST(every_vector_comes_out_the_same_in_pieces_of_any_size)
{
	for (size_t piece = 1; piece <= strlen(vectors[_i].data) + 1; piece++)
		check((size_t)_i, piece);
}
END_TEST

static const struct support_case cases[] = {
	CASE_LOOP(every_vector_comes_out_the_same_in_pieces_of_any_size, ARRAY_SIZE(vectors)), {0}};

int main(void)
{
	return support_main("agent/gateway_chunk", cases);
}
