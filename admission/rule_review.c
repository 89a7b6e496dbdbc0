/* What people say of a change: whom it counts for, and whether enough of them have approved it. */
#include "admission/rule_int.h"
#include "skill/person.h"

bool rule_confirms(const struct rule_in *in, const struct admit_confirmation *c, const char *kind)
{
	if (!str_eqz(c->kind, kind) || (c->domain.len && !str_eq(c->domain, in->name)) ||
	    !str_trim(c->by).len || (c->until_ms && c->until_ms <= in->facts->now_ms))
		return false;
	return !c->bound ||
	       (digest_equal(&c->candidate, &in->pushed) && digest_equal(&c->base, &in->base));
}

static bool is_author(const struct rule_in *in, const struct admit_confirmation *c)
{
	return person_is(c->by, in->facts->author) || person_is(c->also, in->facts->author);
}

const struct admit_confirmation *rule_confirmation(const struct rule_in *in, const char *kind)
{
	/* Somebody else's judgement is asked for: an author's own yes to more rights is none. */
	bool other = strcmp(kind, "growth") == 0;
	for (size_t i = 0; i < in->facts->confirmation_count; i++) {
		const struct admit_confirmation *c = &in->facts->confirmations[i];
		if (rule_confirms(in, c, kind) && !(other && is_author(in, c)))
			return c;
	}
	return NULL;
}

bool rule_is_deployed(const struct rule_in *in)
{
	return in->domain && digest_equal(&in->pushed, &in->base);
}

int rule_say_restored(const struct rule_in *in, struct findings *out)
{
	struct finding *f = rule_say(in, out,
				     "goes back to what was released before, and needs "
				     "nobody's approval again");
	f->severity = SEVERITY_NOTE;
	f->remedy = STR_NULL;
	return 0;
}

/* A key and a login of the same name are one person. */
static bool spoke_before(const struct rule_in *in, size_t i)
{
	const struct admit_confirmation *all = in->facts->confirmations;
	for (size_t k = 0; k < i; k++)
		if (rule_confirms(in, &all[k], "review") &&
		    (person_is(all[k].by, all[i].by) || person_is(all[k].also, all[i].also)))
			return true;
	return false;
}

/* Different people, none of whom wrote it, by name. */
static size_t count_reviews(const struct rule_in *in, struct buf *names)
{
	size_t n = 0;
	for (size_t i = 0; i < in->facts->confirmation_count; i++) {
		const struct admit_confirmation *c = &in->facts->confirmations[i];
		if (!rule_confirms(in, c, "review") || is_author(in, c) || spoke_before(in, i))
			continue;
		buf_addf(names, "%s%.*s", n++ ? ", " : ": ", STR_ARG(c->by));
	}
	return n;
}

static int64_t reviews_needed(const struct rule_in *in)
{
	if (in->domain)
		return in->domain_effective->policy.approvals;
	return in->policy->platform ? in->policy->platform->values.policy.approvals : 0;
}

int rule_review(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	CLEANUP(buf_release) struct buf names = BUF_INIT(16 * 1024);
	int64_t need = reviews_needed(in);
	if (!in->change || need <= 0 || rule_is_deployed(in))
		return 0;
	if (in->facts->restores)
		return rule_say_restored(in, out);
	size_t have = count_reviews(in, &names);
	struct finding *f = rule_say(in, out, "%zu of the %lld people that must approve it %s%s",
				     have, (long long)need, have == 1 ? "has" : "have",
				     buf_cstr(&names));
	if ((int64_t)have >= need) {
		f->severity = SEVERITY_NOTE;
		f->remedy = STR_NULL;
		return 0;
	}
	/* Only a no rests on who is missing: a yes is the policy's, and stands when approvals have ended. */
	rule_rests_on(in, "%zu reviews%s", have, buf_cstr(&names));
	finding_remedy(out, f,
		       "have somebody else with role approver look at it: aspora approve %.*s",
		       STR_ARG(in->name));
	rule_relate_field(in, f, "policy.approvals");
	return 0;
}
