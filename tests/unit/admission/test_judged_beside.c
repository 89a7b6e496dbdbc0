/* What a skill that did not change is told all the same, because something beside it did. */
#include "tests/unit/admission/help_judged.h"

/* Two pushes: after the first nobody has anything to say of team0/skill1, after the second somebody does. */
struct beside {
	const char *rule;
	void (*before)(struct chain *c);
	void (*after)(struct chain *c);
};

static void specialist_with_a_manager(struct chain *c)
{
	put_md(&c->w, 0, 1, "specialist", "", "Score them.");
	put_md(&c->w, 0, 2, "manager", "team0 all", "Pass it on.");
}

static void no_manager(struct chain *c)
{
	put_plain(&c->w, 0, 2, "Do it.");
}

static void forwards_to_a_neighbour(struct chain *c)
{
	put(&c->w, 0, 1, "aspora.config.yaml",
	    "routing:\n  forwards:\n    - then: {forward_to: team0/skill3}\n");
}

static void no_neighbour(struct chain *c)
{
	world_remove(&c->w, STR("skills/team0/skill3"));
}

static void links_to_a_runbook(struct chain *c)
{
	put_plain(&c->w, 0, 1, "Read [this](../runbooks/how.md).");
}

static void no_runbook(struct chain *c)
{
	world_remove(&c->w, STR("skills/team0/runbooks"));
}

static void a_check_is_posted(struct chain *c)
{
	put(&c->w, 0, 1, "aspora.config.yaml", "tests:\n  required: [lint]\n");
	chain_push(c);
	c->w.checks[0] = (struct admit_check){.name = STR("lint"), .passed = 1};
	c->w.checks[0].content = snapshot_domain(c->last, STR("team0"))->skills[1].skill->content;
	c->w.facts.check_count = 1;
}

static void the_check_is_gone(struct chain *c)
{
	c->w.facts.check_count = 0;
	put_plain(&c->w, 0, 2, "Do it.");
}

static void the_check_failed(struct chain *c)
{
	c->w.checks[0].passed = 0;
	c->w.checks[0].failed = 1;
	put_plain(&c->w, 0, 2, "Do it.");
}

static void uses_a_tool(struct chain *c)
{
	put(&c->w, 0, 1, "aspora.config.yaml", "mcp:\n  tools: [crm.find]\n");
}

static void the_lock_has_another(struct chain *c)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 20);
	const struct doc_node *root = NULL;
	struct mcp_server seen;
	struct mcp_lock lock = {0};
	assert_ok(doc_parse_json(c->w.arena, STR("{\"tools\": [{\"name\": \"other\"}]}"),
				 &doc_limits_json, "seen", &root, &support_err));
	assert_ok(mcp_server_read(c->w.arena, STR("crm"), root, "seen", &seen, &support_err));
	mcp_lock_set(c->w.arena, &lock, &seen);
	mcp_lock_write(&text, &lock);
	world_put_str(&c->w, STR("skills/team0/mcp.lock"), buf_str(&text));
}

static void names_nobody(struct chain *c)
{
	put_plain(&c->w, 0, 1, "Ask team1/skill9 about it.");
}

static void somebody_comes(struct chain *c)
{
	put_plain(&c->w, 1, 9, "Do it.");
	put(&c->w, 1, 9, "tests/cases.md",
	    "## It works\n### Input\na\n### Expect\n- contains \"b\"\n");
	put_plain(&c->w, 0, 2, "Do it.");
}

static const struct beside besides[] = {
	{"AD-ROLE-003", specialist_with_a_manager, no_manager},
	{"AD-ROUTE-003", forwards_to_a_neighbour, no_neighbour},
	{"AD-REF-001", links_to_a_runbook, no_runbook},
	{"AD-CHECKS-001", a_check_is_posted, the_check_is_gone},
	{"AD-CHECKS-002", a_check_is_posted, the_check_failed},
	{"AD-TOOLS-003", uses_a_tool, the_lock_has_another},
	{"AD-ROUTE-005", names_nobody, somebody_comes},
};

static bool says_of_skill1(const struct chain *c, const char *rule)
{
	const struct admission_domain *d = admission_find(c->admission, STR("team0"));
	for (size_t i = 0; d && i < d->verdict.findings.count; i++)
		if (strcmp(d->verdict.findings.items[i].rule, rule) == 0 &&
		    str_eqz(d->verdict.findings.items[i].skill, "skill1"))
			return true;
	return false;
}

START_TEST(what_changed_beside_a_skill_is_seen_though_the_skill_did_not)
{
	const struct beside *b = &besides[_i];
	struct chain c;
	chain_init(&c);
	b->before(&c);
	chain_push(&c);
	ck_assert_msg(!says_of_skill1(&c, b->rule), "%s comes too early", b->rule);
	ck_assert_msg(known(&c, "team0", "skill1")->silent, "%s: not silent", b->rule);
	const struct skill *before = known(&c, "team0", "skill1")->skill;
	world_deploy(&c.w);
	b->after(&c);
	chain_push(&c);
	ck_assert_msg(says_of_skill1(&c, b->rule), "%s is not seen", b->rule);
	ck_assert_ptr_eq(before, known(&c, "team0", "skill1")->skill);
	ck_assert(rule_find(str_of(b->rule))->scope & RULE_BESIDE);
	chain_release(&c);
}
END_TEST

static const struct support_case cases[] = {
	CASE_LOOP(what_changed_beside_a_skill_is_seen_though_the_skill_did_not,
		  (int)ARRAY_SIZE(besides)),
	{0}};

int main(void)
{
	return support_main("admission/judged_beside", cases);
}
