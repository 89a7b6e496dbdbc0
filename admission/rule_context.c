#include "admission/rule_int.h"

/*
 * What a skill costs before it has done anything: name and description are in the context of whoever may call it, all the time; the body is as soon
 * as it is called. Counted by tokens_estimate() when the text is at hand, and remembered.
 */

int rule_context_metadata(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	int64_t most = in->effective->context.metadata_tokens;
	if ((int64_t)in->text->metadata_tokens <= most)
		return 0;
	struct finding *f = rule_say(in, out,
				     "name and description cost about %u tokens, and may cost %lld",
				     in->text->metadata_tokens, (long long)most);
	rule_at_front(in, f, in->skill->skill, "description");
	rule_relate_field(in, f, "context.metadata_tokens");
	return 0;
}

int rule_context_body(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	int64_t most = in->effective->context.body_tokens;
	if ((int64_t)in->text->body_tokens <= most)
		return 0;
	struct finding *f = rule_say(in, out, "the body costs about %u tokens, and may cost %lld",
				     in->text->body_tokens, (long long)most);
	rule_at_front(in, f, in->skill->skill, NULL);
	if (in->skill->skill->body_line)
		f->line = in->skill->skill->body_line;
	rule_relate_field(in, f, "context.body_tokens");
	return 0;
}

int rule_context_domain(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	const struct domain *d = in->domain;
	size_t sum = 0, largest = 0;
	if (!d || !d->skill_count)
		return 0;
	for (size_t i = 0; i < d->skill_count; i++) {
		const struct judged_skill *skills = in->index->judged->skills;
		const struct text_facts *t = skills[i].text, *top = skills[largest].text;
		if (!t)
			return 0; /* admit_domain() denies */
		sum += t->metadata_tokens;
		if (t->metadata_tokens > top->metadata_tokens)
			largest = i;
	}
	int64_t most = in->domain_effective->context.domain_tokens;
	if ((int64_t)sum <= most)
		return 0;
	struct finding *f = rule_say(in, out,
				     "names and descriptions of its %zu skills cost about %zu "
				     "tokens together, and may cost %lld",
				     d->skill_count, sum, (long long)most);
	finding_remedy(out, f,
		       "shorten descriptions by %zu tokens in all; the longest is that of %.*s",
		       sum - (size_t)most, STR_ARG(d->skills[largest].skill->name));
	rule_at_front(in, f, d->skills[largest].skill, "description");
	rule_relate_field(in, f, "context.domain_tokens");
	return 0;
}
