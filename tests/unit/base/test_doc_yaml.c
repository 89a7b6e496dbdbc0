#include "base/clock.h"
#include "base/doc.h"
#include "tests/unit/base/golden.h"

static struct arena *arena; /* of the latest document; each test is a process of its own */

static void fresh_arena(void)
{
	arena_free(arena);
	arena = arena_new(64u << 20);
}

#define PARSE(z) parse(str_of(z), &doc_limits_yaml)

static const struct doc_node *parse(struct str text, const struct doc_limits *limits)
{
	const struct doc_node *n = NULL;
	fresh_arena();
	assert_ok(doc_parse_yaml(arena, text, limits, "f.yaml", 0, &n, &support_err));
	return n;
}

static void refuse(struct str text, const struct doc_limits *limits, int code, const char *part)
{
	const struct doc_node *n = NULL;
	fresh_arena();
	assert_err(doc_parse_yaml(arena, text, limits, "f.yaml", 0, &n, &support_err), code, part);
	ck_assert_ptr_null(n);
}

static void to_json_or_error(struct buf *out, struct str input)
{
	struct err err = ERR_INIT;
	const struct doc_node *n;
	struct arena *a = arena_new(1u << 20);
	char line[2048];
	if (doc_parse_yaml(a, input, &doc_limits_yaml, "f.yaml", 0, &n, &err) < 0)
		buf_addz(out, err_format(&err, line, sizeof(line)));
	else
		doc_write_json(out, n, 0, false);
	arena_free(a);
}

START_TEST(every_case_of_the_file_holds)
{
	golden_run("doc_yaml.cases", to_json_or_error);
}
END_TEST

START_TEST(places_count_lines_columns_and_bytes)
{
	const char *text = "né: 1\n"
			   "key:\n"
			   "  - ünï \n"
			   "  - {a: \"q\"}  # comment\n"
			   "blk: |\n"
			   "  text\n"
			   "\n"
			   "last: x\n";
	const struct doc_node *root = PARSE(text);
	ck_assert_uint_eq(root->line, 1);
	ck_assert_uint_eq(root->column, 1);
	const struct doc_pair *pair = doc_find_pair(root, STR("key"));
	ck_assert_uint_eq(pair->key_line, 2);
	ck_assert_uint_eq(pair->key_column, 1);
	ck_assert_uint_eq(pair->key_offset, strlen("né: 1\n"));
	const struct doc_node *item = pair->value->list.items[0];
	ck_assert_uint_eq(item->line, 3);
	ck_assert_uint_eq(item->column, 5);
	assert_str(str_sub(str_of(text), item->offset, item->end), "ünï");
	item = pair->value->list.items[1];
	assert_str(str_sub(str_of(text), item->offset, item->end), "{a: \"q\"}");
	const struct doc_node *q = doc_find(item, "a");
	assert_str(str_sub(str_of(text), q->offset, q->end), "\"q\"");
	ck_assert(q->quoted);
	/* A block list ends where its last item ends, not at the next key. */
	assert_str(str_sub(str_of(text), pair->value->offset, pair->value->end),
		   "- ünï \n  - {a: \"q\"}");
	const struct doc_node *blk = doc_find(root, "blk");
	assert_str(str_sub(str_of(text), blk->offset, blk->end), "|\n  text");
	const struct doc_node *last = doc_find(root, "last");
	ck_assert_uint_eq(last->line, 8);
	assert_str(str_sub(str_of(text), last->offset, last->end), "x");
	ck_assert_uint_eq(root->end, last->end);
}
END_TEST

START_TEST(front_matter_lines_are_shifted)
{
	const struct doc_node *n;
	fresh_arena();
	assert_ok(doc_parse_yaml(arena, STR("a: 1\nb: 2\n"), &doc_limits_yaml, "SKILL.md", 1, &n,
				 &support_err));
	ck_assert_uint_eq(doc_find(n, "b")->line, 3);
	ck_assert_uint_eq(doc_find_pair(n, STR("b"))->key_line, 3);
	assert_err(doc_parse_yaml(arena, STR("a: 1\nb: \"x"), &doc_limits_yaml, "SKILL.md", 1, &n,
				  &support_err),
		   ERR_SYNTAX, "never closed");
	ck_assert_uint_eq(support_err.where.line, 3);
	ck_assert_str_eq(support_err.where.path, "SKILL.md");
	assert_err(doc_parse_yaml(arena, STR("a: 1\n\x01"), &doc_limits_yaml, "SKILL.md", 1, &n,
				  &support_err),
		   ERR_INVALID, "control character");
	ck_assert_uint_eq(support_err.where.line, 3);
}
END_TEST

START_TEST(the_tree_does_not_point_into_the_text)
{
	char text[] = "key: value";
	const struct doc_node *n = parse(str_of(text), &doc_limits_yaml);
	memset(text, 'x', sizeof(text));
	assert_str(n->map.pairs[0].key, "key");
	assert_str(doc_text(n, "key"), "value");
	ck_assert_int_eq(doc_text(n, "key").p[5], '\0');
}
END_TEST

static void fill(struct buf *b, const char *head, const char *piece, size_t times, const char *tail)
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
	size_t limit = doc_limits_yaml.bytes;
	fill(&b, "a: 1\n", "#", limit - 5, "");
	parse(buf_str(&b), &doc_limits_yaml);
	buf_add_char(&b, '#');
	refuse(buf_str(&b), &doc_limits_yaml, ERR_TOO_LARGE,
	       "the text has 65537 bytes, more than the limit of 65536");
	fill(&b, "", "#", 100 * limit, "");
	refuse(buf_str(&b), &doc_limits_yaml, ERR_TOO_LARGE, "6553600 bytes");
}
END_TEST

START_TEST(depth_stops_at_the_limit)
{
	CLEANUP(buf_release) struct buf t = BUF_INIT(BUF_MAX);
	for (int n = 32; n <= 33; n++) {
		buf_reset(&t);
		buf_add_repeat(&t, '[', (size_t)n);
		buf_add_repeat(&t, ']', (size_t)n);
		if (n == 32)
			parse(buf_str(&t), &doc_limits_yaml);
		else
			refuse(buf_str(&t), &doc_limits_yaml, ERR_TOO_LARGE,
			       "nested more than 32 deep");
	}
	ck_assert_uint_eq(support_err.where.column, 33);
	fill(&t, "", "- ", 33, "x");
	refuse(buf_str(&t), &doc_limits_yaml, ERR_TOO_LARGE, "nested more than 32 deep");
}
END_TEST

START_TEST(depth_bombs_end_at_once)
{
	static const char *const bombs[] = {"[", "{a: ", "- ",	"? ",	"[[]",
					    "{", "[\n",	 "{? ", "!!a ", "[a: "};
	CLEANUP(buf_release) struct buf b = BUF_INIT(BUF_MAX);
	struct doc_limits wide = doc_limits_yaml;
	wide.bytes = 1 << 20;
	for (size_t i = 0; i < ARRAY_SIZE(bombs); i++) {
		buf_reset(&b);
		while (b.len + 8 < wide.bytes)
			buf_addz(&b, bombs[i]);
		int64_t start = clock_mono(&clock_real);
		const struct doc_node *n;
		struct arena *a = arena_new(64 << 20);
		ck_assert_int_lt(doc_parse_yaml(a, buf_str(&b), &wide, "f", 0, &n, NULL), 0);
		arena_free(a);
		int64_t took = clock_mono(&clock_real) - start;
		ck_assert_msg(took < 1000, "1 MiB of \"%s\" took %d ms", bombs[i], (int)took);
	}
}
END_TEST

START_TEST(events_stop_at_the_limit)
{
	/* stream, document, list: three starts and three ends around the items */
	CLEANUP(buf_release) struct buf b = BUF_INIT(BUF_MAX);
	fill(&b, "[", "1,", 9994, "]");
	ck_assert_uint_eq(parse(buf_str(&b), &doc_limits_yaml)->list.count, 9994);
	fill(&b, "[", "1,", 9995, "]");
	refuse(buf_str(&b), &doc_limits_yaml, ERR_TOO_LARGE, "more than 10000 values");
	fill(&b, "", "- 1\n", 16000, "");
	refuse(buf_str(&b), &doc_limits_yaml, ERR_TOO_LARGE, "more than 10000 values");
}
END_TEST

START_TEST(one_text_stops_at_its_limit)
{
	struct doc_limits l = doc_limits_yaml;
	l.string_bytes = 8;
	refuse(STR("a: x12345678"), &l, ERR_TOO_LARGE, "a text of 9 bytes is over the limit of 8");
	refuse(STR("x12345678: a"), &l, ERR_TOO_LARGE, "a text of 9 bytes is over the limit of 8");
	assert_str(doc_text(parse(STR("a: x1234567"), &l), "a"), "x1234567");
	refuse(STR("a: \n  'x12345678'"), &l, ERR_TOO_LARGE, "a text of 9 bytes");
}
END_TEST

START_TEST(a_full_arena_is_an_error)
{
	const struct doc_node *n = NULL;
	struct arena *a = arena_new(64);
	assert_err(doc_parse_yaml(a, STR("[1,2,3,4,5,6,7,8,9]"), &doc_limits_yaml, "f", 0, &n,
				  &support_err),
		   ERR_TOO_LARGE, "the document");
	ck_assert_ptr_null(n);
	arena_free(a);
}
END_TEST

START_TEST(duplicates_in_a_large_map_are_found)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(BUF_MAX);
	for (int i = 0; i < 4000; i++)
		buf_addf(&b, "k%d: %d\n", i, i);
	ck_assert_uint_eq(parse(buf_str(&b), &doc_limits_yaml)->map.count, 4000);
	buf_addz(&b, "k1234: again\n");
	refuse(buf_str(&b), &doc_limits_yaml, ERR_INVALID,
	       "the key \"k1234\" is written twice; the first is on line 1235");
	ck_assert_uint_eq(support_err.where.line, 4001);
}
END_TEST

START_TEST(values_are_found_by_key_and_path)
{
	const struct doc_node *n = PARSE("a: {b: {c: 5}}\nt: text\nyes: true\nnum: 7\nlist: [1]\n");
	ck_assert_int_eq(doc_find_path(n, "a.b.c")->integer, 5);
	ck_assert_ptr_null(doc_find_path(n, "a.x.c"));
	ck_assert_ptr_null(doc_find_path(n, "t.b"));
	ck_assert_ptr_null(doc_find(doc_find(n, "list"), "x"));
	ck_assert_ptr_null(doc_find(NULL, "x"));
	ck_assert_int_eq(doc_int(n, "num", 1), 7);
	ck_assert_int_eq(doc_int(n, "t", 1), 1);
	ck_assert(doc_bool(n, "yes", false));
	ck_assert(doc_bool(n, "none", true));
	ck_assert_ptr_null(doc_text(n, "num").p);
	assert_str(doc_text(n, "t"), "text");
	ck_assert_str_eq(doc_type_name(n->type), "a map");
}
END_TEST

START_TEST(equality_looks_at_values_only)
{
	static const struct {
		const char *a, *b;
		bool equal;
	} rows[] = {
		{"{a: 1, b: 2}", "b: 2\na: 1", true},
		{"{a: 1, b: 2}", "{a: 1, c: 2}", false},
		{"{a: 1}", "{a: 1, b: 2}", false},
		{"[1, 2]", "[2, 1]", false},
		{"[1, 2]", "- 1\n- 2", true},
		{"[1]", "[1, 2]", false},
		{"1", "1.0", true},
		{"1", "1.5", false},
		{"9007199254740993", "9007199254740992.0", false},
		{"9223372036854775807", "9223372036854775808.0", false},
		{"a", "'a'", true},
		{"1", "'1'", false},
		{"null", "~", true},
		{"true", "false", false},
		{"0", "false", false},
		{"{}", "[]", false},
		{"-0.0", "0", true},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct arena *a = arena_new(1 << 20);
		const struct doc_node *x, *y;
		assert_ok(doc_parse_yaml(a, str_of(rows[i].a), &doc_limits_yaml, "a", 0, &x,
					 &support_err));
		assert_ok(doc_parse_yaml(a, str_of(rows[i].b), &doc_limits_yaml, "b", 0, &y,
					 &support_err));
		ck_assert_msg(doc_equal(x, y) == rows[i].equal, "%s and %s", rows[i].a, rows[i].b);
		ck_assert(doc_equal(y, x) == rows[i].equal);
		arena_free(a);
	}
}
END_TEST

START_TEST(an_error_names_the_node)
{
	const struct doc_node *n = PARSE("a:\n  b: 1\n");
	ck_assert_int_eq(doc_err(&support_err, ERR_INVALID, "p.yaml", doc_find_path(n, "a.b"),
				 "wrong %s", "here"),
			 ERR_INVALID);
	char line[256];
	ck_assert_str_eq(err_format(&support_err, line, sizeof(line)), "p.yaml:2:6: wrong here");
	ck_assert_ptr_nonnull(strstr(support_err.origin, "test_doc_yaml.c"));
}
END_TEST

static const struct support_case cases[] = {CASE(every_case_of_the_file_holds),
					    CASE(places_count_lines_columns_and_bytes),
					    CASE(front_matter_lines_are_shifted),
					    CASE(the_tree_does_not_point_into_the_text),
					    CASE(bytes_stop_at_the_limit),
					    CASE(depth_stops_at_the_limit),
					    CASE(depth_bombs_end_at_once),
					    CASE(events_stop_at_the_limit),
					    CASE(one_text_stops_at_its_limit),
					    CASE(a_full_arena_is_an_error),
					    CASE(duplicates_in_a_large_map_are_found),
					    CASE(values_are_found_by_key_and_path),
					    CASE(equality_looks_at_values_only),
					    CASE(an_error_names_the_node),
					    {0}};

int main(void)
{
	return support_main("base/doc_yaml", cases);
}
