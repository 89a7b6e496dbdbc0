#include "admission/rule_int.h"

/*
 * That a domain only makes rules stricter is the cascade's business (SK-CASCADE). Here is what the table of configuration cannot know: which rules
 * there are, and what makes a waiver hold.
 */

/* The lines of policy.rules of the document being judged: the domain's, or the platform's candidate. */
static const struct config_doc *judged(const struct rule_in *in)
{
	return in->domain ? in->domain->config : in->platform;
}

static const char *why_not(const struct config_rule_mode *m, const struct rule *r)
{
	int64_t end;
	bool waives = r && m->mode < (r->severity == SEVERITY_DENY ? RULE_DENY : RULE_WARN);
	if (!r)
		return "is no rule";
	if (r->fixed)
		return "is about policy itself and cannot be changed";
	if (waives && !str_trim(m->reason).len)
		return "is waived without a reason";
	if (m->until.len && !policy_day_end(m->until, &end))
		return "has a last day that is not a date such as 2027-03-31";
	return NULL;
}

int rule_policy_waiver(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	const struct config_doc *doc = judged(in);
	if (!doc)
		return 0;
	const struct config_rule_mode *m = doc->values.policy.rules.items;
	for (size_t i = 0; i < doc->values.policy.rules.count; i++) {
		const struct rule *r = rule_find(m[i].key);
		const char *why = why_not(&m[i], r);
		if (!why)
			continue;
		struct finding *f = rule_say(in, out, "%.*s %s", STR_ARG(m[i].key), why);
		const char *near = r ? NULL : rule_nearest(m[i].key);
		policy_rule_place(doc, &m[i], f);
		if (near) {
			finding_remedy(out, f, "did you mean %s?", near);
			f->replacement = str_of(near);
		} else if (r && !r->fixed && !m[i].reason.len) {
			f->remedy = STR("add reason: why it is so, and until: the last day");
		}
	}
	return 0;
}
