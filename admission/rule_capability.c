#include "admission/rule_int.h"

/* --- special rights are asked for and allowed --------------------------------------------------------------------------------- */

/* Allowed by the judging platform, and not taken away by the domain. */
static bool allowed(const struct rule_in *in, struct str capability)
{
	const struct config_doc *platform = in->policy->platform;
	return platform && rule_strings_have(&platform->values.policy.capabilities, capability) &&
	       rule_strings_have(&in->domain_effective->policy.capabilities, capability);
}

static struct finding *deny(const struct rule_in *in, struct findings *out, const char *what,
			    const char *name, const char *dotted)
{
	struct finding *f = rule_say(
		in, out, "%s needs the capability \"%s\", which policy does not allow", what, name);
	finding_remedy(out, f, "do without, or have the platform write policy.capabilities: [%s]",
		       name);
	rule_at_effective(in, f, dotted);
	rule_relate_field(in, f, "policy.capabilities");
	return f;
}

int rule_capability(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	const struct config *c = in->effective;
	if (c->runtime.network && !allowed(in, STR("network")))
		deny(in, out, "runtime.network", "network", "runtime.network");
	if (c->runtime.isolation < ISOLATION_NAMESPACE && !allowed(in, STR("weak-isolation")))
		deny(in, out, "runtime.isolation: process", "weak-isolation", "runtime.isolation");
	return 0;
}

/* --- numbers that cannot be met together ------------------------------------------------------------------------------------------ */

static bool is_set(const struct rule_in *in, const char *dotted)
{
	struct finding ignored = {0};
	return rule_at_field(&ignored, in->skill->skill->config, dotted) ||
	       rule_at_field(&ignored, in->domain->config, dotted) ||
	       rule_at_field(&ignored, in->policy->platform, dotted);
}

int rule_limits(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	const struct config *c = in->effective;
	if (c->limits.tmp_bytes > c->limits.memory_bytes && is_set(in, "limits.disk")) {
		struct finding *f = rule_say(in, out,
					     "a run may write %lld MiB to its temporary folder, "
					     "which lies in its %lld MiB of memory",
					     (long long)(c->limits.tmp_bytes >> 20),
					     (long long)(c->limits.memory_bytes >> 20));
		f->remedy = STR("write limits.disk below limits.memory");
		rule_at_effective(in, f, "limits.disk");
		rule_relate_field(in, f, "limits.memory");
	}
	if (c->runtime.pool > c->limits.concurrency) {
		struct finding *f = rule_say(
			in, out,
			"%lld sandboxes wait for work, and only %lld runs may be under way",
			(long long)c->runtime.pool, (long long)c->limits.concurrency);
		f->remedy = STR("write runtime.pool no larger than limits.concurrency");
		rule_at_effective(in, f, "runtime.pool");
		rule_relate_field(in, f, "limits.concurrency");
	}
	return 0;
}
