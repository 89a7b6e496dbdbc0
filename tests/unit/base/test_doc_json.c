#include "base/clock.h"
#include "base/doc.h"
#include "tests/unit/base/golden.h"

static struct arena *arena; /* of the latest document; each test is a process of its own */

static void fresh_arena(void)
{
	arena_free(arena);
	arena = arena_new(64u << 20);
}

static const struct doc_node *parse(struct str text, const struct doc_limits *limits)
{
	const struct doc_node *n = NULL;
	fresh_arena();
	assert_ok(doc_parse_json(arena, text, limits, "f.json", &n, &support_err));
	return n;
}

static void refuse(struct str text, const struct doc_limits *limits, const char *part)
{
	const struct doc_node *n = NULL;
	fresh_arena();
	assert_err(doc_parse_json(arena, text, limits, "f.json", &n, &support_err), ERR_TOO_LARGE,
		   part);
	ck_assert_ptr_null(n);
}

static void to_json_or_error(struct buf *out, struct str input)
{
	struct err err = ERR_INIT;
	const struct doc_node *n;
	struct arena *a = arena_new(1u << 20);
	char line[2048];
	if (doc_parse_json(a, input, &doc_limits_json, "f.json", &n, &err) < 0)
		buf_addz(out, err_format(&err, line, sizeof(line)));
	else
		doc_write_json(out, n, 0, false);
	arena_free(a);
}

START_TEST(every_case_of_the_file_holds)
{
	golden_run("doc_json.cases", to_json_or_error);
}
END_TEST

START_TEST(every_node_knows_its_place)
{
	struct str text = STR("{\n  \"é\": [1, {\"b\": \"x\"}],\n  \"c\" : -1.50}\n");
	const struct doc_node *root = parse(text, &doc_limits_json);
	ck_assert_uint_eq(root->line, 1);
	assert_str(str_sub(text, root->offset, root->end),
		   "{\n  \"é\": [1, {\"b\": \"x\"}],\n  \"c\" : -1.50}");
	const struct doc_pair *e = doc_find_pair(root, STR("é"));
	ck_assert_uint_eq(e->key_line, 2);
	ck_assert_uint_eq(e->key_column, 3);
	ck_assert_uint_eq(e->key_offset, 4);
	ck_assert_uint_eq(e->value->column, 8);
	assert_str(str_sub(text, e->value->offset, e->value->end), "[1, {\"b\": \"x\"}]");
	const struct doc_node *x = doc_find(e->value->list.items[1], "b");
	assert_str(str_sub(text, x->offset, x->end), "\"x\"");
	ck_assert_uint_eq(x->column, 18);
	/* A number keeps its text, so that money is read from what was written. */
	const struct doc_node *c = doc_find(root, "c");
	assert_str(c->text, "-1.50");
	ck_assert_uint_eq(c->line, 3);
	ck_assert_uint_eq(c->column, 9);
}
END_TEST

static void repeat(struct buf *b, const char *head, const char *piece, size_t times,
		   const char *tail)
{
	buf_reset(b);
	buf_addz(b, head);
	for (size_t i = 0; i < times; i++)
		buf_addz(b, piece);
	buf_addz(b, tail);
}

START_TEST(bytes_stop_at_the_limit)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(BUF_MAX);
	repeat(&b, "[", " ", doc_limits_json.bytes - 2, "]");
	parse(buf_str(&b), &doc_limits_json);
	repeat(&b, "[", " ", doc_limits_json.bytes - 1, "]");
	refuse(buf_str(&b), &doc_limits_json,
	       "the text has 1048577 bytes, more than the limit of 1048576");
}
END_TEST

START_TEST(depth_stops_at_the_limit)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(BUF_MAX);
	for (size_t n = 64; n <= 65; n++) {
		buf_reset(&b);
		buf_add_repeat(&b, '[', n);
		buf_add_repeat(&b, ']', n);
		if (n == 64)
			parse(buf_str(&b), &doc_limits_json);
		else
			refuse(buf_str(&b), &doc_limits_json, "nested more than 64 deep");
	}
	ck_assert_uint_eq(support_err.where.column, 65);
	repeat(&b, "", "{\"a\":", 65, "");
	refuse(buf_str(&b), &doc_limits_json, "nested more than 64 deep");
}
END_TEST

START_TEST(depth_bombs_end_at_once)
{
	static const char *const bombs[] = {"[", "{\"a\":", "[[],", "]", "\"", "{{", ",", ":"};
	CLEANUP(buf_release) struct buf b = BUF_INIT(BUF_MAX);
	for (size_t i = 0; i < ARRAY_SIZE(bombs); i++) {
		repeat(&b, "", bombs[i], doc_limits_json.bytes / strlen(bombs[i]), "");
		int64_t start = clock_mono(&clock_real);
		const struct doc_node *n;
		fresh_arena();
		ck_assert_int_lt(
			doc_parse_json(arena, buf_str(&b), &doc_limits_json, "f", &n, NULL), 0);
		int64_t took = clock_mono(&clock_real) - start;
		ck_assert_msg(took < 1000, "1 MiB of %s took %d ms", bombs[i], (int)took);
	}
}
END_TEST

START_TEST(values_stop_at_the_limit)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(BUF_MAX);
	repeat(&b, "[0", ",1", 99998, "]");
	ck_assert_uint_eq(parse(buf_str(&b), &doc_limits_json)->list.count, 99999);
	repeat(&b, "[0", ",1", 99999, "]");
	refuse(buf_str(&b), &doc_limits_json, "more than 100000 values");
	repeat(&b, "[0", ",1", 500000, "]");
	refuse(buf_str(&b), &doc_limits_json, "more than 100000 values");
}
END_TEST

START_TEST(one_text_stops_at_its_limit)
{
	struct doc_limits l = doc_limits_json;
	l.string_bytes = 4;
	assert_str(doc_text(parse(STR("{\"a\": \"1234\"}"), &l), "a"), "1234");
	refuse(STR("{\"a\": \"12345\"}"), &l, "a text of 5 bytes is over the limit of 4");
	ck_assert_uint_eq(support_err.where.column, 7);
	refuse(STR("{\"abcde\": 1}"), &l, "a text of 5 bytes is over the limit of 4");
}
END_TEST

START_TEST(a_full_arena_is_an_error)
{
	const struct doc_node *n = NULL;
	struct arena *a = arena_new(64);
	assert_err(doc_parse_json(a, STR("[1,2,3,4,5,6,7,8,9]"), &doc_limits_json, "f", &n,
				  &support_err),
		   ERR_TOO_LARGE, "the document");
	arena_free(a);
}
END_TEST

static const struct support_case cases[] = {CASE(every_case_of_the_file_holds),
					    CASE(every_node_knows_its_place),
					    CASE(bytes_stop_at_the_limit),
					    CASE(depth_stops_at_the_limit),
					    CASE(depth_bombs_end_at_once),
					    CASE(values_stop_at_the_limit),
					    CASE(one_text_stops_at_its_limit),
					    CASE(a_full_arena_is_an_error),
					    {0}};

int main(void)
{
	return support_main("base/doc_json", cases);
}
