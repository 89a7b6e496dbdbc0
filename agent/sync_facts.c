/* What a verdict rests on beside content: results that were posted, and what people have approved. */
#include "agent/sync_int.h"

static int load_checks(struct pass *p, struct admit_facts *facts, struct err *err)
{
	struct posted_check *posted = NULL;
	size_t count = 0;
	/* Only asked for where a policy wants them: an ordinary pass costs no statement. */
	bool wanted = p->snapshot->platform && p->snapshot->platform->values.tests.required.count;
	for (size_t i = 0; i < p->plan->domain_count && !wanted; i++)
		wanted = p->plan->domains[i].to &&
			 p->plan->domains[i].to->effective.tests.required.count;
	if (!wanted)
		return 0;
	int rc = store_check_list(p->s->ctx->store, p->arena, STR_NULL, STR_NULL, NULL, &posted,
				  &count, err);
	struct admit_check *checks = arena_array(p->arena, count + 1, sizeof(*checks));
	for (size_t i = 0; rc == 0 && i < count; i++)
		checks[i] = (struct admit_check){.name = posted[i].name,
						 .link = posted[i].url,
						 .content = posted[i].content,
						 .tool = posted[i].tool,
						 .version = posted[i].version,
						 .passed = posted[i].passed_count,
						 .failed = posted[i].failed_count,
						 .skipped = posted[i].skipped_count};
	facts->checks = checks;
	facts->check_count = count;
	return rc;
}

static bool policy_asks(const struct config *c)
{
	return c->policy.approvals > 0 || c->policy.growth == GROWTH_APPROVE ||
	       c->policy.freeze.count;
}

/* The platform that is released judges, whatever the one in the tree says. */
static bool people_are_asked(const struct pass *p)
{
	const struct config_doc *next = p->snapshot->platform, *now = p->s->platform;
	if (p->plan->domain_count == 0)
		return false;
	if ((next && policy_asks(&next->values)) || (now && policy_asks(&now->values)))
		return true;
	for (size_t i = 0; i < p->plan->domain_count; i++) {
		const struct domain_change *d = &p->plan->domains[i];
		if (d->deleted || (d->to && policy_asks(&d->to->effective)))
			return true;
	}
	return false;
}

/* What was confirmed for this look, and what was approved of exactly one change. */
static int load_approvals(struct pass *p, struct admit_facts *facts, struct err *err)
{
	struct approval *list = NULL;
	size_t count = 0;
	facts->confirmations = p->confirmations;
	facts->confirmation_count = p->confirmation_count;
	if (!people_are_asked(p))
		return 0;
	int rc = store_approval_list(p->s->ctx->store, p->arena, STR_NULL, NULL, &list, &count,
				     err);
	if (rc < 0 || !count)
		return rc;
	struct admit_confirmation *all = arena_array(p->arena, p->confirmation_count + count,
						     sizeof(*all));
	size_t n = p->confirmation_count;
	if (n)
		memcpy(all, p->confirmations, n * sizeof(*all));
	for (size_t i = 0; i < count; i++)
		all[n++] = (struct admit_confirmation){.kind = list[i].kind,
						       .domain = list[i].domain,
						       .by = list[i].by,
						       .reason = list[i].reason,
						       .up_to_millionths = 1000000,
						       .until_ms = list[i].expires_ms,
						       .bound = true,
						       .candidate = list[i].candidate,
						       .base = list[i].base,
						       .also = list[i].address};
	facts->confirmations = all;
	facts->confirmation_count = n;
	return 0;
}

struct str pass_author(const struct pass *p)
{
	return p->author.len ? p->author : str_of(p->actor);
}

int pass_facts(struct pass *p, struct admit_facts *ret, struct err *err)
{
	*ret = (struct admit_facts){.now_ms = clock_wall(p->s->ctx->clock),
				    .author = pass_author(p),
				    .signature = p->signature,
				    .restores = strcmp(p->kind, "rollback") == 0 ||
						strcmp(p->kind, "expiry") == 0};
	int rc = load_checks(p, ret, err);
	return rc < 0 ? rc : load_approvals(p, ret, err);
}
