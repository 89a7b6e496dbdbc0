/*
 * One changed skill, with its difference in words where somebody can tell the old side.
 */
#include "skill/plan_int.h"
#include "skill/tokens.h"

static struct skill_cost cost_of(const struct skill *s, const struct config *effective)
{
	struct skill_cost c = {.known = true,
			       .counted = s->md_text.p != NULL,
			       .per_run_microusd = effective->budget.per_run_microusd,
			       .per_day_microusd = effective->budget.per_day_microusd};
	if (!c.counted)
		return c;
	c.metadata_tokens = (uint32_t)(tokens_estimate(s->name) + tokens_estimate(s->description));
	c.body_tokens = (uint32_t)tokens_estimate(s->body);
	return c;
}

/* The configuration that was in force; today's cascade stands in where nobody knows. */
static int old_effective(const struct compare *c, const struct domain *domain,
			 const struct deployed_skill *was, const struct skill *old,
			 struct skill_change *change, const struct config **ret)
{
	struct arena *a = c->plan->arena;
	if (c->old->effective) {
		int rc = c->old->effective(c->old->state, was, a, ret, c->err);
		if (rc < 0 || *ret)
			return rc;
		change->uncompared = change->context_changed;
	}
	struct config *eff = arena_alloc(a, sizeof(*eff));
	struct findings ignored;
	findings_init(&ignored, a);
	config_cascade(c->want->platform, domain->config, old->config, eff, &ignored, domain->name,
		       was->name);
	*ret = eff;
	return 0;
}

static int update_words(const struct compare *c, const struct domain *domain,
			const struct deployed_skill *was, struct skill_change *change)
{
	CLEANUP(skill_unrefp) struct skill *old = NULL;
	const struct config *eff = NULL;
	struct skill *now = change->to->skill;
	if (digest_equal(&was->content, &now->content)) {
		old = skill_ref(now);
	} else {
		int rc = c->old->load(c->old->state, was, &old, c->err);
		change->uncompared = rc == 0 && !old;
		if (rc < 0 || !old)
			return rc;
	}
	int rc = old_effective(c, domain, was, old, change, &eff);
	if (rc < 0)
		return rc;
	change->was = cost_of(old, eff);
	difference_skill(domain->config, c->plan->arena, old, eff, now, &change->to->effective,
			 &change->details, &change->detail_count);
	return 0;
}

/* What changed above the skill and could not be put in other words. */
static void inherited(const struct compare *c, struct skill_change *change)
{
	if (change->detail_count || !digest_equal(&change->from_content, &change->to_content))
		return;
	change->details = arena_alloc(c->plan->arena, sizeof(*change->details));
	change->detail_count = 1;
	change->details[0] = (struct change_detail){
		.field = "context",
		.text = STR("what it inherits changed: firm or domain knowledge, or configuration"),
		.rollout = change->runtime_changed};
}

int plan_update_skill(const struct compare *c, const struct domain *domain,
		      const struct deployed_skill *was, const struct domain_skill *now,
		      struct skill_change *change)
{
	const struct skill *s = now->skill;
	*change = (struct skill_change){
		.op = CHANGE_UPDATE,
		.domain = s->domain,
		.name = s->name,
		.to = now,
		.from_content = was->content,
		.to_content = s->content,
		.runtime_changed = !digest_equal(&was->runtime, &now->runtime),
		.context_changed = !digest_equal(&was->context, &now->context),
	};
	change->costs = cost_of(s, &now->effective);
	int rc = c->old ? update_words(c, domain, was, change) : 0;
	if (rc == 0)
		inherited(c, change);
	return rc;
}

void plan_create_skill(const struct compare *c, const struct domain_skill *now,
		       struct skill_change *change)
{
	const struct skill *s = now->skill;
	*change = (struct skill_change){.op = CHANGE_CREATE,
					.domain = s->domain,
					.name = s->name,
					.to = now,
					.to_content = s->content,
					.runtime_changed = true,
					.context_changed = true,
					.costs = cost_of(s, &now->effective)};
	if (c->old)
		skill_difference(c->plan->arena, NULL, NULL, s, &now->effective, &change->details,
				 &change->detail_count);
}

void plan_delete_skill(const struct deployed_skill *was, struct skill_change *change)
{
	*change = (struct skill_change){.op = CHANGE_DELETE,
					.domain = was->domain,
					.name = was->name,
					.from_content = was->content,
					.runtime_changed = true,
					.context_changed = true};
}
