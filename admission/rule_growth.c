/* What needs another person: more rights than before, the change itself, the signature below it. */
#include "admission/rule_int.h"

#define SHOWN 8

const struct admit_confirmation *rule_confirmation(const struct rule_in *in, const char *kind)
{
	for (size_t i = 0; i < in->facts->confirmation_count; i++) {
		const struct admit_confirmation *c = &in->facts->confirmations[i];
		if (str_eqz(c->kind, kind) && (!c->domain.len || str_eq(c->domain, in->name)) &&
		    str_trim(c->by).len && (!c->until_ms || c->until_ms > in->facts->now_ms))
			return c;
	}
	return NULL;
}

static void name_one(struct buf *out, size_t n, const struct skill_change *s, struct str text)
{
	if (n <= SHOWN)
		buf_addf(out, "%s%.*s: %.*s", n > 1 ? "; " : "", STR_ARG(s->name), STR_ARG(text));
}

/* What could not be compared may have grown. */
static size_t name_growth(const struct rule_in *in, struct buf *out)
{
	size_t n = 0;
	for (size_t i = 0; i < in->change->skill_count; i++) {
		const struct skill_change *s = &in->change->skills[i];
		for (size_t k = 0; k < s->detail_count; k++)
			if (s->details[k].growth)
				name_one(out, ++n, s, s->details[k].text);
		if (s->uncompared)
			name_one(out, ++n, s, STR("what it had before could not be read"));
	}
	if (n > SHOWN)
		buf_addf(out, " and %zu more", n - SHOWN);
	return n;
}

int rule_growth(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	CLEANUP(buf_release) struct buf what = BUF_INIT(4096);
	if (!in->change || !in->domain || in->domain_effective->policy.growth != GROWTH_APPROVE ||
	    !name_growth(in, &what))
		return 0;
	const struct admit_confirmation *c = rule_confirmation(in, "growth");
	if (c) {
		rule_rests_on(in, "growth approved by %.*s", STR_ARG(c->by));
		struct finding *f = rule_say(in, out, "%.*s approved: %s", STR_ARG(c->by),
					     buf_cstr(&what));
		f->severity = SEVERITY_NOTE;
		f->remedy = STR_NULL;
		return 0;
	}
	rule_rests_on(in, "growth not approved");
	struct finding *f = rule_say(
		in, out, "gives more than there was, and nobody approved it: %s", buf_cstr(&what));
	finding_remedy(out, f,
		       "take it back, or have it approved: aspora sync --approve-growth %.*s",
		       STR_ARG(in->name));
	rule_relate_field(in, f, "policy.growth");
	return 0;
}

/* Different people, none of whom wrote it. */
static size_t count_reviews(const struct rule_in *in)
{
	size_t n = 0;
	for (size_t i = 0; i < in->facts->confirmation_count; i++) {
		const struct admit_confirmation *c = &in->facts->confirmations[i];
		bool counts = str_eqz(c->kind, "review") && str_trim(c->by).len &&
			      !str_eq_nocase(c->by, in->facts->author) &&
			      (!c->domain.len || str_eq(c->domain, in->name)) &&
			      (!c->until_ms || c->until_ms > in->facts->now_ms);
		for (size_t k = 0; counts && k < i; k++)
			counts = !str_eqz(in->facts->confirmations[k].kind, "review") ||
				 !str_eq_nocase(in->facts->confirmations[k].by, c->by);
		n += counts;
	}
	return n;
}

int rule_review(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	int64_t need = 0;
	if (in->domain)
		need = in->domain_effective->policy.approvals;
	else if (in->policy->platform)
		need = in->policy->platform->values.policy.approvals;
	if (!in->change || need <= 0)
		return 0;
	size_t have = count_reviews(in);
	rule_rests_on(in, "%zu reviews", have);
	if ((int64_t)have >= need)
		return 0;
	struct finding *f = rule_say(in, out, "%zu of the %lld people that must approve it %s",
				     have, (long long)need, have == 1 ? "has" : "have");
	rule_relate_field(in, f, "policy.approvals");
	return 0;
}

/* The platform has no change of its own to be asked for: it is judged when it is another. */
int rule_signature(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	const struct admit_signature *s = &in->facts->signature;
	if ((!in->change && in->domain) || !s->required)
		return 0;
	rule_rests_on(in, "signed by %.*s %.*s", STR_ARG(s->signer), STR_ARG(s->problem));
	if (s->signer.len && !s->problem.len)
		return 0;
	if (!s->problem.len) {
		rule_say(in, out, "nobody that the operator trusts has signed the newest commit");
		return 0;
	}
	struct finding *f = rule_say(in, out, "%.*s", STR_ARG(s->problem));
	if (s->remedy.len)
		finding_remedy(out, f, "%.*s", STR_ARG(s->remedy));
	return 0;
}
