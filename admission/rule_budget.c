#include "admission/rule_int.h"

#include <stdio.h>

/*
 * That a skill's budget is within its domain's, and that within the platform's, is the cascade's business (SK-CASCADE). Here is what
 * the cascade cannot see: numbers that contradict each other, and sums.
 */
int rule_budget_order(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	int64_t run = in->effective->budget.per_run_microusd;
	int64_t day = in->effective->budget.per_day_microusd;
	char a[32], b[32];
	struct finding ignored = {0};
	if (run <= day || !rule_at_effective(in, &ignored, "budget.per_run_usd"))
		return 0;
	struct finding *f = rule_say(in, out,
				     "one run may cost %s USD, more than the %s USD of a day",
				     rule_usd(run, a), rule_usd(day, b));
	finding_remedy(out, f, "write budget.per_run_usd: %s or less, or raise budget.per_day_usd",
		       rule_usd(day, b));
	rule_at_effective(in, f, "budget.per_run_usd");
	struct finding day_at = {0};
	if (rule_at_effective(in, &day_at, "budget.per_day_usd")) {
		f->related_path = day_at.path;
		f->related_line = day_at.line;
		f->related_column = day_at.column;
	}
	return 0;
}

/* The skill with the largest daily budget of its own: where cutting helps most. By name when two are equal. */
static const struct skill *largest(const struct domain *d)
{
	const struct domain_skill *top = NULL;
	struct finding ignored = {0};
	for (size_t i = 0; i < d->skill_count; i++) {
		const struct domain_skill *ds = &d->skills[i];
		if (rule_at_field(&ignored, ds->skill->config, "budget.per_day_usd") &&
		    (!top || ds->skill->config->values.budget.per_day_microusd >
				     top->skill->config->values.budget.per_day_microusd))
			top = ds;
	}
	return top ? top->skill : NULL;
}

/* A number that nobody has written is a default, not a limit. */
static bool is_limited(const struct rule_in *in, const char *dotted)
{
	struct finding ignored = {0};
	return rule_at_field(&ignored, in->domain->config, dotted) ||
	       rule_at_field(&ignored, in->policy->platform, dotted);
}

/* Skills without a daily budget of their own share the domain's at run time and do not add to it. */
int rule_budget_sum(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	const struct domain *d = in->domain;
	if (!d || !in->index->per_day_count || !is_limited(in, "budget.per_day_usd"))
		return 0;
	int64_t limit = in->domain_effective->budget.per_day_microusd,
		sum = in->index->per_day_sum_microusd;
	char a[32], b[32];
	if (sum <= limit)
		return 0;
	const struct skill *top = largest(d);
	if (!top)
		return 0;
	struct finding *f = rule_say(in, out,
				     "its %zu skills with a daily budget may spend %s USD a day "
				     "together; the domain may spend %s USD",
				     in->index->per_day_count, rule_usd(sum, a),
				     rule_usd(limit, b));
	finding_remedy(out, f,
		       "lower budget.per_day_usd by %s USD in all; the largest is that of %.*s",
		       rule_usd(sum - limit, a), STR_ARG(top->name));
	rule_at_field(f, top->config, "budget.per_day_usd");
	rule_relate_field(in, f, "budget.per_day_usd");
	return 0;
}
