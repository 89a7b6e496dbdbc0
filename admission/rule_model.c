#include "admission/rule_int.h"

static const struct field_list no_models;

static const struct field_list *models_of(const struct config_doc *platform)
{
	return platform ? &platform->values.models : &no_models;
}

static const struct config_model *model_find(const struct rule_in *in, struct str tier)
{
	const struct field_list *l = models_of(in->policy->platform);
	const struct config_model *items = l->items;
	for (size_t i = 0; i < l->count; i++)
		if (str_eq(items[i].key, tier))
			return &items[i];
	return NULL;
}

static bool model_serves(const struct config_model *m, enum role role)
{
	return !m->roles.count || rule_strings_have(&m->roles, str_of(role_name(role)));
}

static void tiers_for(const struct rule_in *in, enum role role, struct buf *out)
{
	const struct field_list *l = models_of(in->policy->platform);
	const struct config_model *items = l->items;
	struct field_strings names = {arena_array(in->arena, l->count, sizeof(struct str)), 0};
	for (size_t i = 0; i < l->count; i++)
		if (model_serves(&items[i], role))
			names.items[names.count++] = items[i].key;
	rule_list(out, &names);
}

int rule_model_role(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	struct str tier = in->effective->model.tier;
	enum role role = in->skill->skill->role;
	if (!tier.len || !rule_role_known(in))
		return 0;
	const struct config_model *m = model_find(in, tier);
	if (m && model_serves(m, role))
		return 0;
	CLEANUP(buf_release) struct buf names = BUF_INIT(4096);
	tiers_for(in, role, &names);
	struct finding *f;
	if (m)
		f = rule_say(in, out, "model tier %.*s is not allowed for role %s", STR_ARG(tier),
			     role_name(role));
	else
		f = rule_say(in, out, "there is no model tier %.*s", STR_ARG(tier));
	if (names.len)
		finding_remedy(out, f, "write model.tier: one of %s", buf_cstr(&names));
	else
		finding_remedy(out, f, "have the platform's models list a tier for role %s",
			       role_name(role));
	rule_at_effective(in, f, "model.tier");
	struct finding rel = {0};
	if (m && rule_at_field(&rel, in->policy->platform, "models")) {
		f->related_path = rel.path;
		f->related_line = rel.line;
		f->related_column = rel.column;
	}
	return 0;
}

static bool priced(const struct config_model *m)
{
	return m->input_microusd_per_mtok >= 0 && m->output_microusd_per_mtok >= 0;
}

int rule_model_price(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	if (in->skill) {
		const struct config_model *m = model_find(in, in->effective->model.tier);
		if (!m || priced(m))
			return 0;
		struct finding *f = rule_say(in, out, "the price of model tier %.*s is not known",
					     STR_ARG(m->key));
		rule_at_effective(in, f, "model.tier");
		return 0;
	}
	if (!in->platform)
		return 0;
	const struct config_model *items = in->platform->values.models.items;
	const struct doc_node *map = doc_find_path(in->platform->root, "models");
	for (size_t i = 0; i < in->platform->values.models.count; i++) {
		if (priced(&items[i]))
			continue;
		struct finding *f = rule_say(in, out, "the price of model tier %.*s is not known",
					     STR_ARG(items[i].key));
		const struct doc_pair *pair = doc_find_pair(map, items[i].key);
		rule_at_field(f, in->platform, "models");
		if (pair)
			finding_at_node(f, pair->value);
	}
	return 0;
}
