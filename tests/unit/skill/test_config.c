#include "tests/unit/skill/config_files.h"

#include "base/json.h"
#include "tests/unit/bounds.h"

static void say_found(struct buf *out)
{
	findings_sort(&found);
	for (size_t i = 0; i < found.count; i++) {
		finding_text(out, &found.items[i]);
		if (found.items[i].replacement.p)
			buf_addf(out, "    replace %u..%u by \"%.*s\"\n", found.items[i].start,
				 found.items[i].end, STR_ARG(found.items[i].replacement));
	}
}

/* Sections "%% platform", "%% domain", "%% skill", each one file; then the cascade of those given. */
static void config_case(struct str name, struct str input, struct buf *out)
{
	struct config_doc *docs[3] = {NULL, NULL, NULL};
	struct str rest = input, line;
	int level = -1;
	struct buf texts[3] = {BUF_INIT(1 << 20), BUF_INIT(1 << 20), BUF_INIT(1 << 20)};
	(void)name;
	begin();
	while (str_split(&rest, '\n', &line)) {
		if (str_starts(line, STR("%% "))) {
			for (level = 0; level < 3; level++)
				if (str_eqz(str_sub(line, 3, 99),
					    config_level_name((enum config_level)level)))
					break;
			buf_addz(&texts[level], "");
			continue;
		}
		buf_add_str(&texts[level], line);
		buf_add_char(&texts[level], '\n');
	}
	for (int l = 0; l < 3; l++) {
		if (texts[l].len)
			docs[l] = config_load(arena, (enum config_level)l, str_of(paths[l]), NULL,
					      buf_str(&texts[l]), &found, l ? STR("ecm") : STR(""),
					      l == 2 ? STR("order") : STR(""));
	}
	struct config eff;
	if (docs[0] || docs[1])
		config_cascade(docs[0], docs[1], NULL, &eff, &found, STR("ecm"), STR(""));
	if (docs[2])
		config_cascade(docs[0], docs[1], docs[2], &eff, &found, STR("ecm"), STR("order"));
	say_found(out);
	if (!out->len)
		buf_addz(out, "fine");
	for (size_t i = 0; i < 3; i++)
		buf_release(&texts[i]);
	end();
}

START_TEST(files_and_cascades_are_judged_with_these_words)
{
	golden_run("config.txt", config_case);
}
END_TEST

START_TEST(an_empty_file_has_the_defaults)
{
	begin();
	const struct config_doc *doc = get(LEVEL_SKILL, "");
	const struct config *c = &doc->values;
	ck_assert_int_eq(c->budget.per_run_microusd, 1000000);
	ck_assert_int_eq(c->limits.timeout_ms, 30000);
	ck_assert_int_eq(c->limits.memory_bytes, 256 << 20);
	ck_assert_int_eq(c->limits.pids, 64);
	ck_assert_int_eq(c->runtime.isolation, ISOLATION_NAMESPACE);
	ck_assert(!c->runtime.network);
	ck_assert_int_eq(c->guard.secrets, GUARD_BLOCK);
	ck_assert_int_eq(c->policy.unit, UNIT_DOMAIN);
	ck_assert_int_eq(c->policy.max_delete_millionths, 250000);
	ck_assert_int_eq(c->tests.min_cases, 1);
	ck_assert_int_eq(c->tests.pass_rate_millionths, 1000000);
	ck_assert_int_eq(c->rollout.strategy, ROLLOUT_IMMEDIATE);
	ck_assert_int_eq(c->format.profile, PROFILE_LENIENT);
	ck_assert(!c->mcp.allow_limited);
	ck_assert_uint_eq(found.count, 0);
	end();
}
END_TEST

START_TEST(every_row_can_be_set_by_its_own_example)
{
	size_t n;
	const struct config_leaf *leaves = config_leaves(&n);
	ck_assert_uint_gt(n, 40);
	for (size_t i = 0; i < n; i++) {
		begin();
		const struct field *f = leaves[i].field;
		enum config_level level = LEVEL_PLATFORM;
		while (level < LEVEL_SKILL && !config_field_at(f, level))
			level++;
		ck_assert_msg(f->example && f->help, "%s lacks words", leaves[i].dotted);
		size_t len = strlen(f->help);
		ck_assert_msg(f->help[len - 1] == '.', "%s: help is no sentence", leaves[i].dotted);
		CLEANUP(buf_release) struct buf text = BUF_INIT(4096);
		const char *dot = strchr(leaves[i].dotted, '.');
		if (dot)
			buf_addf(&text, "%.*s:\n  %s: %s\n", (int)(dot - leaves[i].dotted),
				 leaves[i].dotted, dot + 1, f->example);
		else
			buf_addf(&text, "%s: %s\n", leaves[i].dotted, f->example);
		const struct config_doc *doc = get(level, buf_cstr(&text));
		ck_assert_msg(config_place(doc, leaves[i].dotted), "%s is not set by \"%s\"",
			      leaves[i].dotted, f->example);
		ck_assert_msg(findings_count(&found, SEVERITY_WARN) == 0, "%s: %.*s",
			      leaves[i].dotted, STR_ARG(found.items[0].message));
		end();
	}
}
END_TEST

START_TEST(every_number_ends_at_its_bounds)
{
	ck_assert_uint_ge(bounds_check(config_fields, sizeof(struct config)), 25);
}
END_TEST

START_TEST(names_and_values_arrive_in_the_structure)
{
	begin();
	const struct config_doc *doc = get(
		LEVEL_PLATFORM,
		"models:\n"
		"  small: {provider: anthropic, id: haiku, input_usd_per_mtok: 0.25, "
		"output_usd_per_mtok: 1.25}\n"
		"mcp:\n"
		"  servers:\n"
		"    erp: {url: \"https://erp\", credential: env:ERP, tools: [get], domains: ecm}\n"
		"  allow: [erp]\n"
		"runtime: {env: {REGION: eu, TOKEN: {value: \"secret:t\"}}}\n"
		"policy: {rules: {AD-TESTS-001: deny}}\n"
		"routing:\n"
		"  forwards:\n"
		"    - when: {domain: ecm, text: 'escalate {x}'}\n"
		"      then: {forward_to: frm/escalation}\n");
	const struct config *c = &doc->values;
	const struct config_model *m = c->models.items;
	const struct config_mcp_server *s = c->mcp.servers.items;
	const struct config_forward *f = c->routing.forwards.items;
	const struct config_env *e = c->runtime.env.items;
	const struct config_rule_mode *r = c->policy.rules.items;
	assert_str(m->key, "small");
	ck_assert_int_eq(m->input_microusd_per_mtok, 250000);
	assert_str(s->key, "erp");
	assert_str(s->credential, "env:ERP");
	assert_str(s->domains.items[0], "ecm");
	assert_str(f->when_domain, "ecm");
	assert_str(f->when_text, "escalate {x}");
	assert_str(f->forward_to, "frm/escalation");
	assert_str(e[0].key, "REGION");
	assert_str(e[0].value, "eu");
	assert_str(e[1].value, "secret:t");
	ck_assert_int_eq(r->mode, RULE_DENY);
	ck_assert(c->mcp.allow_limited);
	ck_assert_uint_eq(found.count, 0);
	end();
}
END_TEST

START_TEST(a_lower_level_tightens_and_the_nearest_holds)
{
	begin();
	struct config_doc *p = get(LEVEL_PLATFORM,
				   "budget: {per_run_usd: 5}\nlimits: {timeout: 60s}\n"
				   "runtime: {env: {A: one}}\ntests: {required: [promptfoo]}\n"
				   "mcp: {allow: [erp, mail.draft]}\nrollout: {canary: 20%}\n");
	struct config_doc *d = get(
		LEVEL_DOMAIN, "budget: {per_run_usd: 2}\nguard: {pii: block}\n"
			      "runtime: {env: {B: two}}\ntests: {required: [deepeval, promptfoo]}\n"
			      "mcp: {allow: [erp.get_invoice]}\nrollout: {canary: 50%}\n");
	struct config_doc *s = get(
		LEVEL_SKILL, "budget: {per_run_usd: 0.5}\nruntime: {env: {A: one, C: three}}\n");
	struct config c;
	config_cascade(p, d, s, &c, &found, STR("ecm"), STR("order"));
	ck_assert_uint_eq(found.count, 0);
	ck_assert_int_eq(c.budget.per_run_microusd, 500000);
	ck_assert_int_eq(c.budget.per_day_microusd, 20000000);
	ck_assert_int_eq(c.limits.timeout_ms, 60000);
	ck_assert_int_eq(c.guard.pii, GUARD_BLOCK);
	ck_assert_int_eq(c.rollout.canary_millionths, 500000);
	ck_assert_uint_eq(c.runtime.env.count, 3);
	const struct config_env *e = c.runtime.env.items;
	assert_str(e[0].key, "A");
	assert_str(e[1].key, "B");
	assert_str(e[2].key, "C");
	ck_assert_uint_eq(c.tests.required.count, 2);
	ck_assert_uint_eq(c.mcp.allow.count, 1);
	ck_assert(c.mcp.allow_limited);
	/* Nothing at all is the defaults. */
	config_cascade(NULL, NULL, NULL, &c, &found, STR(""), STR(""));
	ck_assert_int_eq(c.budget.per_run_microusd, 1000000);
	end();
}
END_TEST

START_TEST(where_a_limit_is_broken_the_stricter_value_holds)
{
	begin();
	struct config_doc *p = get(LEVEL_PLATFORM,
				   "budget: {per_run_usd: 5}\nmcp: {allow: [erp]}\n"
				   "policy: {rules: {AD-X: {mode: warn, reason: r}}}\n");
	struct config_doc *s =
		get(LEVEL_SKILL,
		    "budget: {per_run_usd: 5.000001}\nguard: {secrets: warn}\n"
		    "tests: {min_cases: 0}\nruntime: {isolation: process, network: true}\n");
	struct config_doc *d = get(LEVEL_DOMAIN, "mcp: {allow: [erp.get, mail]}\n"
						 "policy: {rules: {AD-X: {mode: 'off', reason: r}, "
						 "AD-Y: {mode: warn, reason: r}}}\n");
	struct config c;
	ck_assert_uint_eq(found.count, 0);
	config_cascade(p, NULL, s, &c, &found, STR("ecm"), STR("order"));
	ck_assert_uint_eq(found.count, 5);
	ck_assert_int_eq(c.budget.per_run_microusd, 5000000);
	ck_assert_int_eq(c.guard.secrets, GUARD_BLOCK);
	ck_assert_int_eq(c.tests.min_cases, 1);
	ck_assert_int_eq(c.runtime.isolation, ISOLATION_NAMESPACE);
	ck_assert(!c.runtime.network);
	found.count = 0;
	config_cascade(p, d, NULL, &c, &found, STR("ecm"), STR(""));
	ck_assert_uint_eq(found.count, 3);
	ck_assert_uint_eq(c.mcp.allow.count, 1);
	assert_str(c.mcp.allow.items[0], "erp.get");
	const struct config_rule_mode *r = c.policy.rules.items;
	ck_assert_uint_eq(c.policy.rules.count, 1);
	ck_assert_int_eq(r->mode, RULE_WARN);
	end();
}
END_TEST

START_TEST(a_domains_slip_is_told_once_not_for_every_skill)
{
	begin();
	struct config_doc *p = get(LEVEL_PLATFORM, "budget: {per_run_usd: 5}\n");
	struct config_doc *d = get(LEVEL_DOMAIN, "budget: {per_run_usd: 9}\n");
	struct config_doc *s = get(LEVEL_SKILL, "budget: {per_run_usd: 3}\n");
	struct config c;
	config_cascade(p, d, NULL, &c, &found, STR("ecm"), STR(""));
	ck_assert_uint_eq(found.count, 1);
	config_cascade(p, d, s, &c, &found, STR("ecm"), STR("order"));
	ck_assert_uint_eq(found.count, 1);
	config_cascade(p, d, NULL, &c, &found, STR("ecm"), STR(""));
	ck_assert_int_eq(c.budget.per_run_microusd, 5000000);
	end();
}
END_TEST

START_TEST(network_needs_the_capability_of_every_level)
{
	begin();
	struct config_doc *yes = get(LEVEL_PLATFORM, "policy: {capabilities: [network]}\n");
	struct config_doc *no = get(LEVEL_DOMAIN, "policy: {capabilities: []}\n");
	struct config_doc *s = get(LEVEL_SKILL, "runtime: {network: true}\n");
	struct config c;
	config_cascade(yes, NULL, s, &c, &found, STR("ecm"), STR("order"));
	ck_assert_uint_eq(found.count, 0);
	ck_assert(c.runtime.network);
	config_cascade(yes, no, s, &c, &found, STR("ecm"), STR("order"));
	ck_assert_uint_eq(found.count, 1);
	ck_assert_str_eq(found.items[0].rule, "SK-CAPABILITY");
	ck_assert(!c.runtime.network);
	end();
}
END_TEST

START_TEST(origins_say_which_level_each_value_comes_from)
{
	begin();
	struct config_doc *p = get(LEVEL_PLATFORM,
				   "budget:\n  per_run_usd: 5\n  per_day_usd: 10\n");
	struct config_doc *s =
		get(LEVEL_SKILL,
		    "limits: {timeout: 10s}\nbudget:\n  per_run_usd: 7\n  per_day_usd: 1\n");
	struct config_origin *o;
	struct config c;
	size_t n;
	config_origins(arena, p, NULL, s, &o, &n);
	config_cascade(p, NULL, s, &c, &found, STR("ecm"), STR("order"));
	CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 16);
	config_effective_text(&out, &c, o, n);
	/* The skill's 7 was refused: what holds is the platform's. */
	ck_assert_ptr_nonnull(
		strstr(buf_cstr(&out),
		       "budget.per_run_usd: 5                   # aspora.config.yaml:2:16\n"
		       "budget.per_day_usd: 1                   # "
		       "skills/ecm/order/aspora.config.yaml:4:16\n"
		       "limits.timeout: 10s                     # "
		       "skills/ecm/order/aspora.config.yaml:1:19\n"
		       "limits.memory: 256Mi                    # default\n"));
	end();
}
END_TEST

START_TEST(patterns_of_tools_cover_servers_and_beginnings)
{
	ck_assert(mcp_pattern_covers(STR("erp"), STR("erp.get")));
	ck_assert(mcp_pattern_covers(STR("erp"), STR("erp")));
	ck_assert(mcp_pattern_covers(STR("erp.get"), STR("erp.get")));
	ck_assert(mcp_pattern_covers(STR("erp.get_*"), STR("erp.get_invoice")));
	ck_assert(mcp_pattern_covers(STR("erp.*"), STR("erp.get")));
	ck_assert(mcp_pattern_covers(STR("erp.*"), STR("erp.get_*")));
	ck_assert(!mcp_pattern_covers(STR("erp.get"), STR("erp.get_invoice")));
	ck_assert(!mcp_pattern_covers(STR("erp"), STR("erpx.get")));
	ck_assert(!mcp_pattern_covers(STR("erp.get"), STR("erp")));
	ck_assert(!mcp_pattern_covers(STR(""), STR("erp.get")));
}
END_TEST

START_TEST(the_schema_is_json_and_knows_every_leaf)
{
	begin();
	CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
	const struct doc_node *doc;
	size_t n;
	const struct config_leaf *leaves = config_leaves(&n);
	config_schema(&out);
	assert_ok(doc_parse_json(arena, buf_str(&out), &doc_limits_json, "schema", &doc,
				 &support_err));
	assert_str(doc_text(doc, "$schema"), "https://json-schema.org/draft/2020-12/schema");
	const struct doc_node *defs = doc_find(doc_find(doc_find(doc, "$defs"), "config"),
					       "properties");
	for (size_t i = 0; i < n; i++) {
		struct str rest = str_of(leaves[i].dotted), piece;
		const struct doc_node *at = defs;
		while (str_split(&rest, '.', &piece)) {
			const struct doc_pair *pair = doc_find_pair(at, piece);
			ck_assert_msg(pair, "the schema lacks %s", leaves[i].dotted);
			at = rest.len ? doc_find(pair->value, "properties") : pair->value;
		}
		ck_assert(doc_text(at, "description").len > 0);
	}
	end();
}
END_TEST

START_TEST(a_file_ends_at_64_kib)
{
	begin();
	CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 20);
	struct config_doc *doc;
	buf_addz(&text, "# ");
	buf_add_repeat(&text, 'x', 65536 - 3);
	buf_addz(&text, "\n");
	assert_ok(decode(LEVEL_SKILL, buf_str(&text), &doc));
	buf_addz(&text, "#");
	assert_err(decode(LEVEL_SKILL, buf_str(&text), &doc), ERR_TOO_LARGE, "65536");
	end();
}
END_TEST

static const struct support_case cases[] = {CASE(files_and_cascades_are_judged_with_these_words),
					    CASE(an_empty_file_has_the_defaults),
					    CASE(every_row_can_be_set_by_its_own_example),
					    CASE_SLOW(every_number_ends_at_its_bounds, 60),
					    CASE(names_and_values_arrive_in_the_structure),
					    CASE(a_lower_level_tightens_and_the_nearest_holds),
					    CASE(where_a_limit_is_broken_the_stricter_value_holds),
					    CASE(a_domains_slip_is_told_once_not_for_every_skill),
					    CASE(network_needs_the_capability_of_every_level),
					    CASE(origins_say_which_level_each_value_comes_from),
					    CASE(patterns_of_tools_cover_servers_and_beginnings),
					    CASE(the_schema_is_json_and_knows_every_leaf),
					    CASE(a_file_ends_at_64_kib),
					    {0}};

int main(void)
{
	return support_main("skill/config", cases);
}
