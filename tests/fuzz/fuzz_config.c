/*
 * aspora.config.yaml at each level: whatever it is, it is values or findings; a compact copy says the same as the document; and a lower level never
 * ends up looser than the platform it is under.
 */
#include "skill/config.h"
#include "skill/skill_rule.h"
#include "tests/fuzz/fuzz.h"

static const char platform_text[] = "budget: {per_run_usd: 2, per_day_usd: 10}\n"
				    "limits: {timeout: 60s, memory: 128Mi, processes: 32}\n"
				    "runtime: {isolation: namespace, env: {REGION: eu}}\n"
				    "guard: {pii: redact, secrets: block}\n"
				    "tests: {min_cases: 2, pass_rate: 90%}\n"
				    "mcp: {allow: [erp, mail.draft]}\n"
				    "policy: {capabilities: []}\n";

static void check_findings(const struct findings *list, size_t size)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct finding *f = &list->items[i];
		FUZZ_CHECK(skill_rule_find(f->rule));
		FUZZ_CHECK(f->message.len > 0 && f->path.len > 0);
		FUZZ_CHECK(f->start <= f->end && f->end <= size);
	}
}

static void check_tight(const struct config *c)
{
	FUZZ_CHECK(c->budget.per_run_microusd <= 2000000 && c->budget.per_day_microusd <= 10000000);
	FUZZ_CHECK(c->limits.timeout_ms <= 60000 && c->limits.memory_bytes <= 128 << 20);
	FUZZ_CHECK(c->limits.pids <= 32 && c->limits.timeout_ms > 0);
	FUZZ_CHECK(c->runtime.isolation >= ISOLATION_NAMESPACE && !c->runtime.network);
	FUZZ_CHECK(c->guard.pii >= GUARD_REDACT && c->guard.secrets == GUARD_BLOCK);
	FUZZ_CHECK(c->tests.min_cases >= 2 && c->tests.pass_rate_millionths >= 900000);
	for (size_t i = 0; i < c->mcp.allow.count; i++)
		FUZZ_CHECK(mcp_pattern_covers(STR("erp"), c->mcp.allow.items[i]) ||
			   mcp_pattern_covers(STR("mail.draft"), c->mcp.allow.items[i]));
}

static void check_level(enum config_level level, struct str text)
{
	struct arena *a = arena_new(256u << 20), *keep = arena_new(256u << 20);
	struct findings f;
	struct config whole, small;
	findings_init(&f, a);
	struct config_doc *platform = config_load(a, LEVEL_PLATFORM, STR("p"), NULL,
						  str_of(platform_text), &f, STR(""), STR(""));
	FUZZ_CHECK(platform && f.count == 0);
	struct config_doc *doc = config_load(a, level, STR("x"), NULL, text, &f, STR("ecm"),
					     STR("order"));
	FUZZ_CHECK(doc || findings_count(&f, SEVERITY_DENY));
	check_findings(&f, text.len);
	if (doc && level != LEVEL_PLATFORM) {
		const struct config_doc *d = level == LEVEL_DOMAIN ? doc : NULL;
		const struct config_doc *s = level == LEVEL_SKILL ? doc : NULL;
		CLEANUP(buf_release) struct buf one = BUF_INIT(BUF_MAX), two = BUF_INIT(BUF_MAX);
		config_cascade(platform, d, s, &whole, &f, STR("ecm"), STR("order"));
		check_findings(&f, text.len);
		check_tight(&whole);
		size_t said = f.count;
		doc = config_compact(keep, doc);
		config_cascade(platform, d ? doc : NULL, s ? doc : NULL, &small, &f, STR("ecm"),
			       STR("order"));
		FUZZ_CHECK(f.count >= said);
		config_canonical_runtime(&one, &whole);
		config_canonical_context(&one, &whole);
		config_canonical_runtime(&two, &small);
		config_canonical_context(&two, &small);
		FUZZ_CHECK(str_eq(buf_str(&one), buf_str(&two)));
	}
	arena_free(a);
	arena_free(keep);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_make((const char *)data, size);
	for (int level = LEVEL_PLATFORM; level <= LEVEL_SKILL; level++)
		check_level((enum config_level)level, text);
	return 0;
}
