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

/* The line of the variable, where the document is at hand. */
static void at_env(const struct rule_in *in, struct finding *f, struct str name)
{
	const struct config_doc *docs[] = {in->skill->skill->config, in->domain->config};
	for (size_t i = 0; i < ARRAY_SIZE(docs); i++) {
		const struct doc_node *map = docs[i] ? doc_find_path(docs[i]->root, "runtime.env")
						     : NULL;
		const struct doc_pair *pair = doc_find_pair(map, name);
		if (!pair)
			continue;
		f->path = docs[i]->path;
		f->blob = docs[i]->blob;
		finding_at_node(f, pair->value);
		return;
	}
}

static bool is_reference(struct str value)
{
	return str_starts(value, STR("env:")) || str_starts(value, STR("file:"));
}

/* The platform's own variables are the platform's decision. */
static bool platform_sets(const struct rule_in *in, const struct config_env *e)
{
	const struct field_list *l = in->policy->platform
					     ? &in->policy->platform->values.runtime.env
					     : &(struct field_list){0};
	const struct config_env *items = l->items;
	for (size_t i = 0; i < l->count; i++)
		if (str_eq(items[i].key, e->key) && str_eq(items[i].value, e->value))
			return true;
	return false;
}

static void check_env(const struct rule_in *in, struct findings *out)
{
	const struct config_env *env = in->effective->runtime.env.items;
	for (size_t i = 0; i < in->effective->runtime.env.count; i++) {
		if (!is_reference(env[i].value) || platform_sets(in, &env[i]) ||
		    allowed(in, env[i].value) || allowed(in, STR("secrets")))
			continue;
		const char *name = arena_strndup(in->arena, env[i].value.p, env[i].value.len);
		const char *what = arena_printf(in->arena, "environment variable %.*s",
						STR_ARG(env[i].key));
		at_env(in, deny(in, out, what, name, "runtime.env"), env[i].key);
	}
}

int rule_capability(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	const struct config *c = in->effective;
	if (c->runtime.network && !allowed(in, STR("network")))
		deny(in, out, "runtime.network", "network", "runtime.network");
	if (c->runtime.isolation < ISOLATION_NAMESPACE && !allowed(in, STR("weak-isolation")))
		deny(in, out, "runtime.isolation: process", "weak-isolation", "runtime.isolation");
	check_env(in, out);
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
