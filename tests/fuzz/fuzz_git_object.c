/*
 * What a stranger's repository holds: raw commits and trees, the index of a work tree, and the record of a fetch that may
 * have been taken over. The first byte chooses.
 */
#include "base/arena.h"
#include "gitsync/fetch_int.h"
#include "gitsync/work_index.h"
#include "tests/fuzz/fuzz.h"

static const struct tree_id some_id = {.len = 20};

static void one_commit(struct str in)
{
	struct arena *a = arena_new(1 << 20);
	struct commit c;
	struct err err = ERR_INIT;
	CLEANUP(buf_release) struct buf payload = BUF_INIT(1 << 20);
	if (commit_parse(in, &some_id, 1700000000000, a, &c, &err) == 0) {
		commit_signed_payload(&c, &payload);
		FUZZ_CHECK(payload.len == in.len - (c.signature_to - c.signature_from));
		FUZZ_CHECK(!memchr(c.subject.p ? c.subject.p : "", '\n', c.subject.len));
		FUZZ_CHECK(c.parent_count <= COMMIT_PARENTS_MAX);
	} else {
		FUZZ_CHECK(err.code && err.msg[0]);
	}
	arena_free(a);
}

static void one_tree(struct str in)
{
	struct tree_entry e;
	for (size_t used = 0; in.len && tree_raw_entry(in.p, in.len, &e, &used);
	     in = str_sub(in, used, in.len)) {
		FUZZ_CHECK(used > 20 && used <= in.len && e.id.len == 20);
		FUZZ_CHECK(!memchr(e.name.p, 0, e.name.len) && tree_raw_order(&e, &e) == 0);
	}
}

static void one_record(struct str in)
{
	struct remote_result r = {0};
	struct err child = ERR_INIT, err = ERR_INIT;
	int code = 1;
	if (record_read(in, 100, &r, &code, &child, &err) == 0) {
		FUZZ_CHECK(code <= 0 && r.ref_count <= 100);
		remote_result_release(&r);
	}
}

static void one_tree_of(const struct work_index *x, const struct work_tree *above)
{
	for (size_t i = (size_t)(above - x->trees) + 1; i < above->end; i = x->trees[i].end)
		FUZZ_CHECK(x->trees[i].end > i && x->trees[i].end <= above->end &&
			   work_index_tree(x, above, x->trees[i].name));
}

static void one_index(struct str in)
{
	CLEANUP(work_index_freep) struct work_index *x = NULL;
	struct err err = ERR_INIT;
	if (work_index_parse(in, &x, &err) < 0) {
		FUZZ_CHECK(err.code && err.msg[0]);
		return;
	}
	for (size_t i = 0; i < x->count; i++) {
		struct work_entry *e = &x->entries[i];
		struct work_entry *found = work_index_file(x, work_index_all(x), e->path);
		FUZZ_CHECK(found && str_eq(found->path, e->path) && work_entry_id(e).len == 20);
	}
	for (size_t i = 0; i < x->tree_count; i++)
		one_tree_of(x, &x->trees[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	struct str in = str_make((const char *)data + 1, size - 1);
	switch (data[0] % 4) {
	case 0:
		one_commit(in);
		break;
	case 1:
		one_tree(in);
		break;
	case 3:
		one_index(in);
		break;
	default:
		one_record(in);
	}
	return 0;
}
