/* The guard over any bytes: spans inside the text, in order, redaction and its undoing. */
#include "base/mem.h"
#include "guard/guard.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size};
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)64 << 20);
	CLEANUP(guard_vault_freep) struct guard_vault *vault = guard_vault_new();
	CLEANUP(buf_release) struct buf redacted = BUF_INIT(BUF_MAX);
	struct guard_findings f;
	int rc = guard_scan(guard_rules_builtin(), NULL, text, a, &f, NULL);
	FUZZ_CHECK(rc == 0 || rc == ERR_TOO_LARGE);
	for (size_t i = 0; i < f.count; i++) {
		FUZZ_CHECK(f.items[i].start < f.items[i].end && f.items[i].end <= size);
		FUZZ_CHECK(f.items[i].confidence <= 100);
		FUZZ_CHECK(rc < 0 || i == 0 || f.items[i - 1].start <= f.items[i].start);
	}
	for (size_t i = 0; i < f.note_count; i++)
		FUZZ_CHECK(f.notes[i].start < f.notes[i].end && f.notes[i].end <= size);
	if (rc == 0)
		guard_redact(vault, NULL, text, &f, &redacted);
	FUZZ_CHECK(rc < 0 || f.count || redacted.len == size);
	return 0;
}
