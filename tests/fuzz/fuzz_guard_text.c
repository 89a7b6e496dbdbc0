/*
 * What the guard does to a text before its rules see it: folding, decoding, detecting, in one scan of every rule. Each byte of the view
 * stands for bytes of the text, in order; findings lie inside of the text and do not overlap; folding what is folded ends.
 */
#include "guard/guard_int.h"
#include "tests/fuzz/fuzz.h"

static void check_view(struct str text, struct arena *a)
{
	struct guard_view v;
	guard_fold(text, a, &v);
	FUZZ_CHECK(v.text.len <= text.len);
	FUZZ_CHECK((v.runs == NULL) == (v.run_count == 0));
	size_t last_start = 0, last_end = 0;
	for (size_t i = 0; i < v.text.len; i++) {
		size_t start, end;
		guard_view_span(&v, i, i + 1, &start, &end);
		FUZZ_CHECK(start < end && end <= text.len);
		FUZZ_CHECK(start >= last_start && end >= last_end);
		FUZZ_CHECK(v.text.p[i] < 'A' || v.text.p[i] > 'Z');
		last_start = start;
		last_end = end;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64u << 20);
	struct str text = str_make((const char *)data, size);
	struct guard_findings f;
	struct err err = ERR_INIT;
	check_view(text, a);
	int rc = guard_scan(guard_rules_builtin(), NULL, text, a, &f, &err);
	FUZZ_CHECK(rc == 0 || rc == ERR_TOO_LARGE);
	for (size_t i = 0; i < f.count; i++) {
		FUZZ_CHECK(f.items[i].start < f.items[i].end && f.items[i].end <= size);
		FUZZ_CHECK(f.items[i].confidence <= 100 && f.items[i].rule->id[0]);
		FUZZ_CHECK(!i || f.items[i].start >= f.items[i - 1].start);
	}
	return 0;
}
