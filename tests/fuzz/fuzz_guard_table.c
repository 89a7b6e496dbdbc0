/* Tables of rules from anybody: refused with a place, or good to scan with. */
#include "base/mem.h"
#include "guard/guard.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(guard_rules_freep) struct guard_rules *rules = NULL;
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)16 << 20);
	struct guard_findings f;
	struct err err = ERR_INIT;
	if (guard_rules_load(str_make((const char *)data, size), "table", &rules, &err) < 0) {
		FUZZ_CHECK(err.msg[0] != '\0');
		return 0;
	}
	const struct guard_options quick = {.budget_ms = 50};
	int rc = guard_scan(rules, &quick, str_make((const char *)data, size), a, &f, NULL);
	FUZZ_CHECK(rc == 0 || rc == ERR_TOO_LARGE);
	return 0;
}
