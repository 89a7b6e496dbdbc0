/*
 * YAML: whatever is taken has places inside the text and survives being written as YAML and as
 * JSON; whatever is refused is refused with a place and a sentence.
 */
#include "base/doc.h"
#include "tests/fuzz/fuzz.h"

static void check_places(const struct doc_node *n, struct str text)
{
	FUZZ_CHECK(n->line >= 1 && n->column >= 1);
	FUZZ_CHECK(n->offset <= n->end && n->end <= text.len);
	if (n->type == DOC_LIST)
		for (size_t i = 0; i < n->list.count; i++)
			check_places(n->list.items[i], text);
	if (n->type != DOC_MAP)
		return;
	for (size_t i = 0; i < n->map.count; i++) {
		const struct doc_pair *pair = &n->map.pairs[i];
		FUZZ_CHECK(pair->key_line >= 1 && pair->key_offset <= text.len);
		FUZZ_CHECK(pair->key_offset <= pair->value->offset);
		check_places(pair->value, text);
	}
}

static void check_writers(struct arena *a, const struct doc_node *n)
{
	static const struct doc_limits wide = {64u << 20, 64, 100000, 1u << 20};
	CLEANUP(buf_release) struct buf yaml = BUF_INIT(BUF_MAX), json = BUF_INIT(BUF_MAX);
	const struct doc_node *back;
	struct err err = ERR_INIT;
	doc_write_yaml(&yaml, n);
	if (doc_parse_yaml(a, buf_str(&yaml), &wide, "written", 0, &back, &err) < 0)
		fprintf(stderr, "%u:%u: %s\n%s\n", err.where.line, err.where.column, err.msg,
			buf_cstr(&yaml));
	FUZZ_CHECK(err.code == 0);
	FUZZ_CHECK(doc_equal(n, back));
	doc_write_json(&json, n, 1, false);
	FUZZ_CHECK(doc_parse_json(a, buf_str(&json), &wide, "written", &back, &err) == 0);
	FUZZ_CHECK(doc_equal(n, back));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(256u << 20);
	struct str text = str_make((const char *)data, size);
	const struct doc_node *n = NULL;
	struct err err = ERR_INIT;
	if (doc_parse_yaml(a, text, &doc_limits_yaml, "input", 0, &n, &err) == 0) {
		check_places(n, text);
		check_writers(a, n);
	} else {
		FUZZ_CHECK(err.code == ERR_SYNTAX || err.code == ERR_INVALID ||
			   err.code == ERR_TOO_LARGE);
		FUZZ_CHECK(err.msg[0] && (err.where.line || size > doc_limits_yaml.bytes));
		FUZZ_CHECK(str_is_utf8(str_of(err.msg), NULL));
		FUZZ_CHECK(str_is_utf8(str_of(err.remedy), NULL));
	}
	arena_free(a);
	return 0;
}
