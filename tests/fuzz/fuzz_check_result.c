/* What test tools write (promptfoo's JSON, SARIF, JUnit XML): whatever the bytes, counts are not negative and there is at least one test, or an error. */
#include "base/json.h"
#include "skill/check_result.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(256u << 20);
	struct check_result r;
	struct err err = ERR_INIT;
	int rc = check_result_read(a, str_make((const char *)data, size), "r", &r, &err);
	if (rc < 0) {
		FUZZ_CHECK(err.code == rc && err.msg[0]);
		return 0;
	}
	FUZZ_CHECK(r.format && r.count > 0);
	for (size_t i = 0; i < r.count; i++) {
		const struct check_count *n = &r.counts[i];
		FUZZ_CHECK(n->passed >= 0 && n->failed >= 0 && n->skipped >= 0 &&
			   n->cost_microusd >= 0);
		FUZZ_CHECK(n->passed + n->failed + n->skipped > 0);
	}
	return 0;
}
