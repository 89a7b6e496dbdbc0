/*
 * JSON: what is taken survives being written, its canonical form is stable, and every node's
 * span holds the value it says; what is refused is refused with a place.
 */
#include "base/doc.h"
#include "tests/fuzz/fuzz.h"

static void check_places(const struct doc_node *n, struct str text)
{
	static const char first[] = {[DOC_LIST] = '[', [DOC_MAP] = '{', [DOC_STRING] = '"'};
	FUZZ_CHECK(n->line >= 1 && n->column >= 1);
	FUZZ_CHECK(n->offset < n->end && n->end <= text.len);
	if (n->type >= DOC_STRING)
		FUZZ_CHECK(text.p[n->offset] == first[n->type]);
	else
		FUZZ_CHECK(str_eq(n->text, str_sub(text, n->offset, n->end)));
	if (n->type == DOC_LIST)
		for (size_t i = 0; i < n->list.count; i++)
			check_places(n->list.items[i], text);
	if (n->type != DOC_MAP)
		return;
	for (size_t i = 0; i < n->map.count; i++) {
		FUZZ_CHECK(text.p[n->map.pairs[i].key_offset] == '"');
		check_places(n->map.pairs[i].value, text);
	}
}

static void check_writers(struct arena *a, const struct doc_node *n)
{
	static const struct doc_limits wide = {64u << 20, 64, 1000000, 4u << 20};
	CLEANUP(buf_release)
	struct buf json = BUF_INIT(BUF_MAX), canonical = BUF_INIT(BUF_MAX),
		   again = BUF_INIT(BUF_MAX), yaml = BUF_INIT(BUF_MAX);
	const struct doc_node *back;
	struct err err = ERR_INIT;
	doc_write_json(&json, n, 0, false);
	FUZZ_CHECK(doc_parse_json(a, buf_str(&json), &wide, "written", &back, &err) == 0);
	FUZZ_CHECK(doc_equal(n, back));
	doc_write_json(&canonical, n, 0, true);
	doc_write_json(&again, back, 0, true);
	FUZZ_CHECK(str_eq(buf_str(&canonical), buf_str(&again)));
	/* Strings of JSON may hold what YAML refuses even escaped; nothing else may fail. */
	doc_write_yaml(&yaml, n);
	if (doc_parse_yaml(a, buf_str(&yaml), &wide, "written", 0, &back, &err) == 0)
		FUZZ_CHECK(doc_equal(n, back));
	else
		FUZZ_CHECK(strstr(err.msg, "an escape in this text makes the invisible character"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(256u << 20);
	struct str text = str_make((const char *)data, size);
	const struct doc_node *n = NULL;
	struct err err = ERR_INIT;
	if (doc_parse_json(a, text, &doc_limits_json, "input", &n, &err) == 0) {
		check_places(n, text);
		check_writers(a, n);
	} else {
		FUZZ_CHECK(err.code == ERR_SYNTAX || err.code == ERR_INVALID ||
			   err.code == ERR_TOO_LARGE);
		FUZZ_CHECK(err.msg[0] && (err.where.line || size > doc_limits_json.bytes));
	}
	arena_free(a);
	return 0;
}
