#include "admission/rule.h"

#include "admission/rule_int.h"

/*
 * The rules, by id. A row is the only place where a rule is named: verdicts, `aspora explain`, reports, the manual come from it.
 * Rows without a check are spoken by admit_domain() and admit_plan() themselves.
 */
const struct rule rules[] = {
	{"AD-BUDGET-001", "budget", SEVERITY_DENY, RULE_SKILL, false, "budget of each skill",
	 "One run costs no more than a day may.",
	 "write budget.per_run_usd no larger than budget.per_day_usd", rule_budget_order},
	{"AD-BUDGET-002", "budget", SEVERITY_DENY, RULE_DOMAIN, false,
	 "budget of all skills of a domain",
	 "The daily budgets of a domain's skills add up to no more than the domain's.",
	 "lower budget.per_day_usd of some skills", rule_budget_sum},
	{"AD-CAP-001", "capability", SEVERITY_DENY, RULE_SKILL, false, "runtime of each skill",
	 "Special rights (network, weaker isolation) are asked for only where policy allows them.",
	 "do without, or have the platform add it to policy.capabilities", rule_capability},
	{"AD-CHECKS-001", "tests", SEVERITY_DENY, RULE_SKILL | RULE_BESIDE, false,
	 "results that CI bots posted", "Each required check has been run on exactly this content.",
	 "wait for the check, or have it run on this content", rule_tests_posted},
	{"AD-CHECKS-002", "tests", SEVERITY_DENY, RULE_SKILL | RULE_BESIDE, false,
	 "results that CI bots posted", "Each required check passed at the required rate.",
	 "correct the skill or its tests; new content is checked anew", rule_tests_passed},
	{"AD-CONTEXT-001", "context", SEVERITY_DENY, RULE_SKILL, false,
	 "name and description of each skill",
	 "What is always loaded of a skill stays within context.metadata_tokens.",
	 "shorten the description", rule_context_metadata},
	{"AD-CONTEXT-002", "context", SEVERITY_DENY, RULE_SKILL, false, "body of SKILL.md",
	 "The body of SKILL.md stays within context.body_tokens.",
	 "move details into files of the skill's folder that the body links to", rule_context_body},
	{"AD-CONTEXT-003", "context", SEVERITY_DENY, RULE_DOMAIN, false,
	 "names and descriptions of all skills of a domain",
	 "What is always loaded of a domain's skills stays within context.domain_tokens.",
	 "shorten descriptions, or split the domain", rule_context_domain},
	{"AD-DELETE-001", "deletion", SEVERITY_DENY, RULE_DOMAIN, false,
	 "skills that the change deletes",
	 "A change that deletes more than a set share of the skills, or all, has been confirmed by "
	 "a person.",
	 "bring the skills back, or have the deletion confirmed", rule_delete_share},
	{"AD-FREEZE-001", "freeze", SEVERITY_DENY, RULE_DOMAIN, false,
	 "policy.freeze, the time of judging", "Nothing changes during a freeze.",
	 "wait until it ends, or have an operator confirm the change", rule_freeze},
	{"AD-GROWTH-001", "capability", SEVERITY_DENY, RULE_DOMAIN, false,
	 "what the change gives skills beyond what they had",
	 "Where policy.growth is approve, a person has approved what gives a skill more than it "
	 "had.",
	 "take it back, or have it approved: aspora approve DOMAIN --for growth", rule_growth},
	{"AD-GUARD-001", "guard", SEVERITY_DENY, RULE_SKILL | RULE_DOMAIN | RULE_PLATFORM, false,
	 "every file of skills and domains, FIRM.md, the platform's configuration",
	 "No personal data stands in files (guard.pii: block denies, warn and redact warn).",
	 "take it out, or allow it with a guard:allow comment that says why", rule_guard_pii},
	{"AD-GUARD-002", "guard", SEVERITY_DENY, RULE_SKILL | RULE_DOMAIN | RULE_PLATFORM, false,
	 "every file of skills and domains, FIRM.md, the platform's configuration",
	 "No secret stands in files (guard.secrets: block denies, warn and redact warn).",
	 "name it as secret:NAME and have it changed: what was pushed is known", rule_guard_secret},
	{"AD-GUARD-003", "guard", SEVERITY_DENY, RULE_SKILL | RULE_DOMAIN | RULE_PLATFORM, false,
	 "every file of skills and domains, FIRM.md, the platform's configuration",
	 "No file smuggles instructions to models (guard.injection: block denies, warn and redact "
	 "warn).",
	 "take it out, or allow it with a guard:allow comment that says why", rule_guard_injection},
	{"AD-GUARD-004", "guard", SEVERITY_WARN, RULE_SKILL | RULE_DOMAIN | RULE_PLATFORM, false,
	 "guard:allow comments", "A guard:allow comment names a rule that exists, and a reason.",
	 "write guard:allow RULE REASON", rule_guard_allow},
	{"AD-GUARD-005", "guard", SEVERITY_DENY, RULE_SKILL | RULE_DOMAIN, true,
	 "every file of skills and domains, FIRM.md, the platform's configuration",
	 "The guard could look through every file.",
	 "make the file smaller, or put what it is made of elsewhere", rule_guard_fault},
	{"AD-INTERNAL-001", "internal", SEVERITY_DENY, 0, true, "the rules themselves",
	 "Every rule came to a decision.", "report this with the document at hand", NULL},
	{"AD-LIMIT-001", "limit", SEVERITY_WARN, RULE_SKILL, false, "limits of each skill",
	 "Limits can be met together.", "change one of the two", rule_limits},
	{"AD-MODEL-001", "model", SEVERITY_DENY, RULE_SKILL, false, "model.tier of each skill",
	 "The model tier exists and is allowed for the skill's role.", "write another model.tier",
	 rule_model_role},
	{"AD-MODEL-002", "model", SEVERITY_DENY, RULE_SKILL | RULE_PLATFORM, false,
	 "prices of the models in use", "The price of every model is known.",
	 "have the platform's models give input_usd_per_mtok and output_usd_per_mtok; 0 is a "
	 "price, none is not",
	 rule_model_price},
	{"AD-POLICY-001", "policy", SEVERITY_DENY, RULE_DOMAIN | RULE_PLATFORM, true,
	 "policy.rules",
	 "A line of policy.rules names a rule that exists and that is for policy to change.",
	 "correct the line or take it out", rule_policy_rules},
	{"AD-REF-001", "reference", SEVERITY_DENY, RULE_SKILL | RULE_BESIDE, false,
	 "links of SKILL.md, handler.file",
	 "Links and files lead to something inside the repository.",
	 "correct the link, or add the file", rule_ref_resolves},
	{"AD-REF-002", "reference", SEVERITY_DENY, RULE_SKILL, false,
	 "images and elements of SKILL.md", "Nothing is loaded from elsewhere.",
	 "put a copy into the skill's folder and link to that", rule_ref_remote},
	{"AD-REF-003", "reference", SEVERITY_WARN, RULE_SKILL, false, "links of SKILL.md",
	 "Links lead to what is deployed: FIRM.md and what is below skills/.",
	 "move the file below skills/, or leave the link to readers of the repository",
	 rule_ref_outside},
	{"AD-REVIEW-001", "provenance", SEVERITY_DENY, RULE_DOMAIN, false,
	 "approvals of the change",
	 "As many people beside the author have approved the change as policy.approvals says.",
	 "have somebody else with role approver approve it: aspora approve DOMAIN", rule_review},
	{"AD-ROLE-001", "role", SEVERITY_DENY, RULE_SKILL, false,
	 "links, text and files of managers and specialists",
	 "Only field skills load field resources (runbooks).",
	 "forward to a field skill, which may read it", rule_role_manager},
	{"AD-ROLE-002", "role", SEVERITY_DENY, RULE_SKILL, false,
	 "text and declared capabilities of field skills", "Field skills compute no batch scores.",
	 "move the scoring to a specialist; a field skill handles one case", rule_role_field},
	{"AD-ROLE-003", "role", SEVERITY_DENY, RULE_SKILL | RULE_BESIDE, false,
	 "role and trigger of each specialist",
	 "A specialist can be reached: its domain has a manager, or it has a trigger or a forward "
	 "of its own.",
	 "add a trigger to the frontmatter, or a manager to the domain", rule_role_specialist},
	{"AD-ROUTE-001", "route", SEVERITY_DENY, RULE_SKILL | RULE_BESIDE, false,
	 "command and alert triggers",
	 "No text is matched by two skills of which neither is the more specific, nor by skills of "
	 "two domains.",
	 "put a word into the pattern that tells it from the other", rule_route_collision},
	{"AD-ROUTE-002", "route", SEVERITY_DENY, RULE_SKILL | RULE_BESIDE, false,
	 "command triggers", "Every trigger can be reached.",
	 "take it out, or put a word in that tells it from the other", rule_route_unreachable},
	{"AD-ROUTE-003", "route", SEVERITY_DENY, RULE_SKILL | RULE_BESIDE | RULE_DOMAIN, false,
	 "routing.forwards, deleted skills", "Forwards lead to skills that exist.",
	 "write domain/skill of a skill that exists", rule_route_forward},
	{"AD-ROUTE-004", "route", SEVERITY_DENY, RULE_DOMAIN, false,
	 "routing.forwards of all domains", "Forwards do not go round.",
	 "take one of the forwards out", rule_route_cycle},
	{"AD-ROUTE-005", "route", SEVERITY_WARN, RULE_SKILL | RULE_BESIDE, false,
	 "names of other domains' skills in SKILL.md",
	 "A skill of another domain that the text names is one that a forward names too: calls "
	 "across domains are refused otherwise.",
	 "name it in routing.forwards, or leave it out of the text", rule_route_mention},
	{"AD-SIGN-001", "provenance", SEVERITY_DENY, RULE_DOMAIN | RULE_PLATFORM, true,
	 "signatures of the commits since the last release",
	 "Where the operator asks for it, every commit is signed by somebody who may.",
	 "sign the commits with a key that the operator trusts", rule_signature},
	{"AD-TESTS-001", "tests", SEVERITY_DENY, RULE_SKILL, false, "tests/ of each skill",
	 "A skill has tests that check something.", "add cases to tests/cases.md",
	 rule_tests_exist},
	{"AD-TESTS-002", "tests", SEVERITY_DENY, RULE_SKILL, false, "promptfooconfig of each skill",
	 "A promptfoo file tests the skill that it lies with.",
	 "name this skill in its providers: exec:aspora run DOMAIN/NAME --promptfoo",
	 rule_tests_promptfoo},
	{"AD-TEXT-001", "text", SEVERITY_DENY, RULE_SKILL, false,
	 "comments and hidden elements of SKILL.md",
	 "Text that readers of the page do not see tells agents nothing.",
	 "write it where everybody sees it, or take it out", rule_text_hidden},
	{"AD-TEXT-002", "text", SEVERITY_DENY, RULE_SKILL, false, "text of SKILL.md",
	 "No text speaks past its readers to whatever model reads it.",
	 "say what the skill does, and leave out whom it speaks to", rule_text_address},
	{"AD-TEXT-003", "text", SEVERITY_DENY, RULE_SKILL, false, "scripts that SKILL.md names",
	 "Scripts that the text names are in the skill's folder.",
	 "correct the name, or add the script", rule_text_script},
	{"AD-TOOLS-001", "tools", SEVERITY_DENY, RULE_SKILL, false, "mcp.tools of each skill",
	 "MCP servers are known to the platform and approved for the domain.",
	 "use an approved server, or have the platform approve this one", rule_tools_server},
	{"AD-TOOLS-002", "tools", SEVERITY_DENY, RULE_SKILL, false, "mcp.tools of each skill",
	 "Tools are approved: the server's list and mcp.allow name them.",
	 "use an approved tool, or have the platform approve this one", rule_tools_tool},
	{"AD-TOOLS-003", "tools", SEVERITY_DENY, RULE_SKILL | RULE_BESIDE, false,
	 "mcp.tools, mcp.lock",
	 "Tools are pinned: mcp.lock has those of each server that is in it, and of every server "
	 "where mcp.pinned is true.",
	 "write what the server offers into mcp.lock: aspora mcp lock", rule_tools_pinned},
	{"AD-TOOLS-004", "tools", SEVERITY_DENY, RULE_DOMAIN, false,
	 "mcp.lock, what servers said last",
	 "Servers offer the tools that mcp.lock has, as they were.",
	 "look at what the server changed, then write mcp.lock anew: aspora mcp lock",
	 rule_tools_drift},
	{"AD-UNIT-001", "policy", SEVERITY_DENY, 0, true, "the other domains of the change",
	 "Where policy.unit is repository, every domain is allowed or none is released.",
	 "correct the other domain first", NULL},
	{0}};

_Static_assert(ARRAY_SIZE(rules) <= RULES_MAX, "arrays of flags have room for every rule");

const char *rule_waits_for(const char *id)
{
	if (strcmp(id, "AD-CHECKS-001") == 0)
		return WAITS_FOR_CHECKS;
	if (strcmp(id, "AD-REVIEW-001") == 0 || strcmp(id, "AD-GROWTH-001") == 0)
		return WAITS_FOR_APPROVAL;
	return NULL;
}

bool rule_may_be_lifted(const char *id)
{
	return rule_waits_for(id) || strcmp(id, "AD-DELETE-001") == 0 ||
	       strcmp(id, "AD-FREEZE-001") == 0;
}

size_t rule_count(void)
{
	return ARRAY_SIZE(rules) - 1;
}

const struct rule *rule_find(struct str id)
{
	size_t lo = 0, hi = rule_count();
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = str_cmp(str_of(rules[mid].id), id);
		if (!c)
			return &rules[mid];
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

const char *rule_nearest(struct str id)
{
	const char *names[ARRAY_SIZE(rules)];
	for (size_t i = 0; i < rule_count(); i++)
		names[i] = rules[i].id;
	return str_nearest(id, names, rule_count());
}
