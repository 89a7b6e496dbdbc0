#include "admission/rule_int.h"

/*
 * That a domain only makes rules stricter is the cascade's business (SK-CASCADE), and that a waiver has a reason and a proper last day that of reading (SK-CONFIG-VALUE).
 * Here is what neither can know: which rules there are.
 */

/* The lines of policy.rules of the document being judged: the domain's, or the platform's candidate. */
static const struct config_doc *judged(const struct rule_in *in)
{
	return in->domain ? in->domain->config : in->platform;
}

int rule_policy_rules(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	const struct config_doc *doc = judged(in);
	const struct config_rule_mode *m = doc ? doc->values.policy.rules.items : NULL;
	for (size_t i = 0; doc && i < doc->values.policy.rules.count; i++) {
		const struct rule *r = rule_find(m[i].key);
		if (r && !r->fixed)
			continue;
		struct finding *f = rule_say(in, out, "%.*s %s", STR_ARG(m[i].key),
					     r ? "is not for policy to change" : "is no rule");
		const char *near = r ? NULL : rule_nearest(m[i].key);
		policy_rule_place(doc, &m[i], f);
		if (!near)
			continue;
		finding_remedy(out, f, "did you mean %s?", near);
		if (f->end > f->start)
			f->replacement = str_of(near);
	}
	return 0;
}
