/* What depends on the platform: effective configurations and digests of a domain's skills. Nothing is read for it. */
#include <assert.h>

#include "skill/config_int.h"
#include "skill/digest.h"
#include "skill/snapshot_int.h"

/* Which leaves are lists: looked up once, since they are asked for with every skill that is taken over. */
static const struct config_leaf *list_leaves(size_t i)
{
	static const struct config_leaf *lists[64];
	static bool known;
	size_t n, count = 0;
	const struct config_leaf *leaves = known ? NULL : config_leaves(&n);
	for (size_t k = 0; leaves && k < n; k++) {
		enum field_type t = leaves[k].field->type;
		if (t != FIELD_STRINGS && t != FIELD_LIST && t != FIELD_MAP)
			continue;
		assert(count + 1 < ARRAY_SIZE(lists));
		lists[count++] = &leaves[k];
	}
	known = true;
	return lists[i];
}

/* Lists that the cascade joined lie in the arena of the domain that goes. */
static void own_lists(struct arena *a, struct config *c)
{
	const struct config_leaf *leaf;
	for (size_t i = 0; (leaf = list_leaves(i)); i++) {
		const struct field *f = leaf->field;
		char *at = (char *)c + leaf->offset;
		if (f->type == FIELD_STRINGS && ((struct field_strings *)at)->count) {
			struct field_strings *l = (struct field_strings *)at;
			l->items = memcpy(arena_array(a, l->count, sizeof(*l->items)), l->items,
					  l->count * sizeof(*l->items));
		} else if (f->type != FIELD_STRINGS && ((struct field_list *)at)->count) {
			struct field_list *l = (struct field_list *)at;
			l->items = memcpy(arena_array(a, l->count, f->sub_size), l->items,
					  l->count * f->sub_size);
		}
	}
}

static void take_resolved(struct domain *d, struct domain_skill *ds, const struct domain_skill *old)
{
	ds->effective = old->effective;
	own_lists(d->arena, &ds->effective);
	ds->runtime = old->runtime;
	ds->context = old->context;
	findings_append(&ds->findings, &old->findings);
}

static void resolve_skill(struct build *b, struct domain *d, struct domain_skill *ds)
{
	struct findings told_above;
	findings_init(&told_above, d->arena);
	/* Without a configuration of its own a skill could only repeat the domain's slips. */
	config_cascade(b->s->platform, d->config, ds->skill->config, &ds->effective,
		       ds->skill->config ? &ds->findings : &told_above, d->name, ds->skill->name);
	if (ds->effective.format.profile != PROFILE_LENIENT)
		skill_profile_findings(ds->skill, (enum profile)ds->effective.format.profile,
				       &ds->findings);
	ds->runtime = skill_digest_runtime(ds->skill, &ds->effective);
}

static bool same_files(const struct domain *a, const struct domain *b)
{
	if (a->file_count != b->file_count)
		return false;
	for (size_t i = 0; i < a->file_count; i++)
		if (!str_eq(a->files[i].path, b->files[i].path) ||
		    !digest_equal(&a->files[i].digest, &b->files[i].digest))
			return false;
	return true;
}

void domain_resolve(struct build *b, struct domain *d, const struct domain *before)
{
	const struct snapshot *s = b->s;
	/* One changed skill of half a thousand: all that the others were resolved from is what it was. */
	bool same = before && before->platform == s->shared && before->config == d->config;
	bool same_context = same && digest_equal(&before->firm, &s->firm) && same_files(before, d);
	d->platform = shared_config_ref(s->shared);
	d->platform_policy = s->platform_digest;
	d->firm = s->firm;
	config_cascade(s->platform, d->config, NULL, &d->effective, &d->findings, d->name, STR(""));
	for (size_t i = 0, k = 0; i < d->skill_count; i++) {
		struct domain_skill *ds = &d->skills[i];
		/* Both lists are in the order of names. */
		while (same && k < before->skill_count &&
		       str_cmp(before->skills[k].skill->name, ds->skill->name) < 0)
			k++;
		findings_init(&ds->findings, d->arena);
		if (same && k < before->skill_count && before->skills[k].skill == ds->skill) {
			take_resolved(d, ds, &before->skills[k]);
			if (same_context)
				continue;
		} else {
			resolve_skill(b, d, ds);
		}
		ds->context = skill_digest_context(s, d, ds);
	}
	d->candidate = domain_digest(s, d);
}
