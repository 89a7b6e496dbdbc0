#include "tests/unit/support.h"

#include "skill/manifest.h"

static struct arena *arena;

static int parse(const char *text, struct manifest *ret)
{
	const struct doc_node *doc;
	assert_ok(doc_parse_json(arena, str_of(text), &doc_limits_json, "m.json", &doc,
				 &support_err));
	return manifest_from_json(arena, doc, ret, &support_err);
}

#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define FILE_JSON(path, mode, size)                                                                \
	"{\"path\":\"" path "\",\"mode\":\"" mode "\",\"size\":" size ",\"digest\":\"" DIGEST "\"" \
	"}"

START_TEST(a_manifest_comes_back_as_it_was_written)
{
	arena = arena_new(1 << 20);
	struct manifest m;
	const char *text = "[" FILE_JSON("SKILL.md", "100644",
					 "7") "," FILE_JSON("code/handler.py", "100755", "40") "]";
	assert_ok(parse(text, &m));
	ck_assert_uint_eq(m.count, 2);
	ck_assert_uint_eq(m.bytes, 47);
	ck_assert_uint_eq(m.files[1].mode, TREE_MODE_EXEC);
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	struct json j;
	json_init(&j, &out);
	manifest_json(&j, &m);
	ck_assert_str_eq(buf_cstr(&out), text);
	arena_free(arena);
}
END_TEST

START_TEST(files_are_found_by_path)
{
	arena = arena_new(1 << 20);
	struct manifest m, none = {0};
	assert_ok(parse("[" FILE_JSON("a", "100644", "1") "," FILE_JSON(
				"a-b", "100644", "2") "," FILE_JSON("a/b", "100644", "3") "]",
			&m));
	ck_assert_uint_eq(manifest_find(&m, STR("a"))->size, 1);
	ck_assert_uint_eq(manifest_find(&m, STR("a-b"))->size, 2);
	ck_assert_uint_eq(manifest_find(&m, STR("a/b"))->size, 3);
	ck_assert_ptr_null(manifest_find(&m, STR("a/")));
	ck_assert_ptr_null(manifest_find(&m, STR("")));
	ck_assert_ptr_null(manifest_find(&none, STR("a")));
	arena_free(arena);
}
END_TEST

START_TEST(a_manifest_of_another_shape_is_refused)
{
	static const struct {
		const char *text, *part;
	} bad[] = {
		{"{}", "a list of files"},
		{"[{}]", "empty, too long or a folder"},
		{"[" FILE_JSON("a/", "100644", "1") "]", "empty, too long or a folder"},
		{"[" FILE_JSON("../a", "100644", "1") "]", "it means another folder"},
		{"[" FILE_JSON("/a", "100644", "1") "]", "it is empty"},
		{"[" FILE_JSON("a", "120000", "1") "]", "lacks a file's mode, size or digest"},
		{"[" FILE_JSON("a", "100644", "-1") "]", "lacks a file's mode, size or digest"},
		{"[{\"path\":\"a\",\"mode\":\"100644\",\"size\":1,\"digest\":\"00\"}]",
		 "lacks a file's mode, size or digest"},
		{"[" FILE_JSON("b", "100644", "1") "," FILE_JSON("a", "100644", "1") "]",
		 "not sorted and unique at \"a\""},
		{"[" FILE_JSON("a", "100644", "1") "," FILE_JSON("a", "100644", "1") "]",
		 "not sorted and unique at \"a\""},
		{"[" FILE_JSON("a", "100644", "9223372036854775807") "," FILE_JSON(
			 "b", "100644", "9223372036854775807") "," FILE_JSON("c", "100644",
									     "9") "]",
		 "sizes overflow"},
	};
	arena = arena_new(1 << 20);
	struct manifest m;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_err(parse(bad[i].text, &m), ERR_INVALID, bad[i].part);
	arena_free(arena);
}
END_TEST

START_TEST(a_blob_digest_is_that_of_version_1)
{
	char hex[DIGEST_HEX + 1];
	struct digest d = blob_digest(STR("hello\n"));
	/* Python: hashlib.blake2b(b"aspora.blob.v1\0hello\n", digest_size=32) */
	ck_assert_str_eq(digest_hex(&d, hex),
			 "b3929f22c85e6185ecec61c9b28db5dd69a4784aa27c36b2f07bda3115822912");
}
END_TEST

static const struct support_case cases[] = {CASE(a_manifest_comes_back_as_it_was_written),
					    CASE(files_are_found_by_path),
					    CASE(a_manifest_of_another_shape_is_refused),
					    CASE(a_blob_digest_is_that_of_version_1),
					    {0}};

int main(void)
{
	return support_main("skill/manifest", cases);
}
