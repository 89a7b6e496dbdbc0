/* What needs another person: more rights than before, and the signature below the change. */
#include "admission/rule_int.h"

#define SHOWN 8

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
	    rule_is_deployed(in) || !name_growth(in, &what))
		return 0;
	if (in->facts->restores)
		return rule_say_restored(in, out);
	const struct admit_confirmation *c = rule_confirmation(in, "growth");
	if (c) {
		struct finding *f = rule_say(in, out, "%.*s approved: %s", STR_ARG(c->by),
					     buf_cstr(&what));
		f->severity = SEVERITY_NOTE;
		f->remedy = STR_NULL;
		return 0;
	}
	rule_rests_on(in, "growth not approved");
	struct finding *f = rule_say(
		in, out, "gives more than there was, and nobody beside its author approved it: %s",
		buf_cstr(&what));
	finding_remedy(out, f,
		       "take it back, or have it approved: aspora approve %.*s --for growth",
		       STR_ARG(in->name));
	rule_relate_field(in, f, "policy.growth");
	return 0;
}

/*
 * What is denied rests on who signed, and goes into the key; what is allowed does not: it would stand under another policy than the next look
 * compares with, and be judged and released again each time. Another policy alone asks for no signature; the platform has no change of its own,
 * and is judged when it is another.
 */
int rule_signature(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	const struct admit_signature *s = &in->facts->signature;
	bool changes = in->change ? in->change->op != CHANGE_NONE : !in->domain;
	if (!changes || !s->required || (s->signer.len && !s->problem.len))
		return 0;
	rule_rests_on(in, "signed by %.*s %.*s", STR_ARG(s->signer), STR_ARG(s->problem));
	if (!s->problem.len) {
		rule_say(in, out, "nobody that the operator trusts has signed the newest commit");
		return 0;
	}
	struct finding *f = rule_say(in, out, "%.*s", STR_ARG(s->problem));
	if (s->remedy.len)
		finding_remedy(out, f, "%.*s", STR_ARG(s->remedy));
	return 0;
}
