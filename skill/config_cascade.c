/*
 * Platform, then domain, then skill: what holds, and what a lower level may not do. A row's tighten rule decides; whoever breaks it is told
 * both places, and the stricter value holds.
 */
#include <stdio.h>

#include "skill/config_int.h"
#include "skill/text.h"

struct cascade {
	struct config *eff;
	const struct config_doc
		*origin[CONFIG_LEAVES_MAX]; /* who set each leaf last; NULL: nobody */
	const struct config_doc *present; /* the level at work */
	struct findings *told; /* NULL while a level above is at work: its own verdict tells it */
	struct arena *arena; /* for joined lists */
	struct str domain, skill;
};

static size_t index_of(const struct config_leaf *l)
{
	size_t n;
	return (size_t)(l - config_leaves(&n));
}

static const struct field *sub_list(const struct field *f)
{
	return f->type == FIELD_LIST || f->type == FIELD_MAP ? f->sub : NULL;
}

static void *slot(const struct cascade *c, const struct config_leaf *l)
{
	return (char *)c->eff + l->offset;
}

static void take(const struct field *f, void *to, const void *from)
{
	switch (f->type) {
	case FIELD_STRING:
	case FIELD_NAME:
		*(struct str *)to = *(const struct str *)from;
		break;
	case FIELD_ENUM:
		*(int *)to = *(const int *)from;
		break;
	case FIELD_BOOL:
		*(bool *)to = *(const bool *)from;
		break;
	case FIELD_STRINGS:
		*(struct field_strings *)to = *(const struct field_strings *)from;
		break;
	case FIELD_LIST:
	case FIELD_MAP:
		*(struct field_list *)to = *(const struct field_list *)from;
		break;
	default:
		*(int64_t *)to = *(const int64_t *)from;
	}
}

/* --- telling ---------------------------------------------------------------------------------- */

static struct finding *tell(const struct cascade *c, const struct config_leaf *l,
			    const char *message)
{
	const struct config_doc *upper = c->origin[index_of(l)];
	const struct field_set_entry *here = config_set_entry(c->present, l->field);
	struct finding *f = findings_add(
		c->told, &(struct finding){.rule = "SK-CASCADE",
					   .severity = SEVERITY_DENY,
					   .domain = c->domain,
					   .skill = c->skill,
					   .path = c->present->path,
					   .blob = c->present->blob,
					   .message = str_of(message),
					   .related_path = upper ? upper->path : STR_NULL});
	if (here)
		finding_at_node(f, here->node);
	const struct field_set_entry *there = config_set_entry(upper, l->field);
	if (there) {
		f->related_line = there->node->line;
		f->related_column = there->node->column;
	}
	return f;
}

static const char *who(const struct cascade *c, const struct config_leaf *l)
{
	const struct config_doc *upper = c->origin[index_of(l)];
	return !upper				? "Aspora's default"
	       : upper->level == LEVEL_PLATFORM ? "the platform"
						: "the domain";
}

static void tell_scalar(const struct cascade *c, const struct config_leaf *l, const void *wanted)
{
	static const char *const verb[] = {[TIGHTEN_LOWER] = "allows at most",
					   [TIGHTEN_HIGHER] = "asks for at least",
					   [TIGHTEN_STRICTER] = "asks for"};
	static const char *const tail[] = {[TIGHTEN_LOWER] = " or less",
					   [TIGHTEN_HIGHER] = " or more",
					   [TIGHTEN_STRICTER] = ""};
	enum config_tighten t = config_field_tighten(l->field);
	CLEANUP(buf_release)
	struct buf have = BUF_INIT(128), limit = BUF_INIT(128), message = BUF_INIT(512);
	field_format(&have, l->field, wanted);
	field_format(&limit, l->field, slot(c, l));
	buf_addf(&message, "%s is %s, but %s %s %s", l->dotted, buf_cstr(&have), who(c, l), verb[t],
		 buf_cstr(&limit));
	if (t == TIGHTEN_STRICTER && l->field->type == FIELD_ENUM)
		buf_addz(&message, " or stricter");
	struct finding *f = tell(c, l, buf_cstr(&message));
	finding_remedy(c->told, f, "write %s%s%s", buf_cstr(&limit), tail[t],
		       c->origin[index_of(l)] ? ", or have it changed there"
					      : "; only the platform may say otherwise");
	finding_replace(c->told, f, "%s", buf_cstr(&limit));
}

static void tell_entry(const struct cascade *c, const struct config_leaf *l, struct str entry,
		       const char *what, const char *remedy)
{
	char quoted[100], message[512];
	snprintf(message, sizeof(message), "%s: \"%s\" %s", l->dotted,
		 text_quote(entry, quoted, sizeof(quoted)), what);
	tell(c, l, message)->remedy = str_of(remedy);
}

/* --- the rules -------------------------------------------------------------------------------- */

static int64_t scalar(const struct field *f, const void *value)
{
	return f->type == FIELD_ENUM   ? *(const int *)value
	       : f->type == FIELD_BOOL ? *(const bool *)value
				       : *(const int64_t *)value;
}

static void apply_scalar(struct cascade *c, const struct config_leaf *l, const void *wanted)
{
	int64_t limit = scalar(l->field, slot(c, l)), have = scalar(l->field, wanted);
	bool looser = config_field_tighten(l->field) == TIGHTEN_LOWER ? have > limit : have < limit;
	if (!looser)
		take(l->field, slot(c, l), wanted);
	else if (c->told)
		tell_scalar(c, l, wanted);
}

static bool covered(const struct field_strings *by, struct str item)
{
	for (size_t i = 0; i < by->count; i++)
		if (mcp_pattern_covers(by->items[i], item))
			return true;
	return false;
}

static void apply_subset(struct cascade *c, const struct config_leaf *l, const void *wanted)
{
	struct field_strings *limit = slot(c, l);
	const struct field_strings *want = wanted;
	struct field_strings kept = {arena_array(c->arena, want->count, sizeof(*kept.items)), 0};
	for (size_t i = 0; i < want->count; i++) {
		char what[80];
		if (covered(limit, want->items[i])) {
			kept.items[kept.count++] = want->items[i];
			continue;
		}
		snprintf(what, sizeof(what), "is more than %s allows", who(c, l));
		if (c->told)
			tell_entry(c, l, want->items[i], what,
				   "leave it out, or have it allowed there");
	}
	*limit = kept;
}

static void join_strings(struct cascade *c, const struct config_leaf *l, const void *wanted)
{
	struct field_strings *have = slot(c, l);
	const struct field_strings *more = wanted;
	struct field_strings all = {
		arena_array(c->arena, have->count + more->count, sizeof(*all.items)), have->count};
	if (have->count)
		memcpy(all.items, have->items, have->count * sizeof(*all.items));
	for (size_t i = 0; i < more->count; i++) {
		bool known = false;
		for (size_t k = 0; k < have->count && !known; k++)
			known = str_eq(all.items[k], more->items[i]);
		if (!known)
			all.items[all.count++] = more->items[i];
	}
	*have = all;
}

static bool same_element(const struct field *f, const void *a, const void *b)
{
	for (const struct field *s = f->sub; s->name; s++)
		if (!field_equal(s, a, b))
			return false;
	return true;
}

/* True when the entry may replace the one that stands (NULL: none). Tells when it may not. */
static bool may_set(struct cascade *c, const struct config_leaf *l, const void *standing,
		    const void *entry)
{
	struct str key = *(const struct str *)entry;
	char what[120];
	bool rules = l->offset == offsetof(struct config, policy.rules);
	if (rules && c->present->level != LEVEL_PLATFORM) {
		const struct config_rule_mode *old = standing, *new_ = entry;
		int least = old ? old->mode : RULE_DENY;
		if (new_->mode >= least)
			return true;
		snprintf(what, sizeof(what), "is made weaker than %s has it",
			 old ? who(c, l) : "the built-in rule");
		if (c->told)
			tell_entry(c, l, key, what,
				   "leave it out; only the platform may relax a rule");
		return false;
	}
	if (!standing || same_element(l->field, standing, entry))
		return true;
	snprintf(what, sizeof(what), "is set again, which %s has set", who(c, l));
	if (c->told)
		tell_entry(c, l, key, what, "leave it out, or use another name");
	return false;
}

static void *element(const struct field *f, const struct field_list *list, size_t i)
{
	return (char *)list->items + i * f->sub_size;
}

static void join_elements(struct cascade *c, const struct config_leaf *l, const void *wanted)
{
	const struct field *f = l->field;
	struct field_list *have = slot(c, l);
	const struct field_list *more = wanted;
	if (c->present->level == LEVEL_PLATFORM) {
		*have = *more; /* shared by all skills */
		return;
	}
	struct field_list all = {arena_array(c->arena, have->count + more->count, f->sub_size),
				 have->count};
	if (have->count)
		memcpy(all.items, have->items, have->count * f->sub_size);
	for (size_t i = 0; i < more->count; i++) {
		void *entry = element(f, more, i), *standing = NULL;
		for (size_t k = 0; f->type == FIELD_MAP && k < have->count && !standing; k++)
			if (str_eq(*(struct str *)element(f, &all, k), *(struct str *)entry))
				standing = element(f, &all, k);
		if (!may_set(c, l, standing, entry))
			continue;
		memcpy(standing ? standing : element(f, &all, all.count++), entry, f->sub_size);
	}
	*have = all;
}

static void apply_leaf(struct cascade *c, const struct config_leaf *l)
{
	const void *wanted = leaf_value(l, &c->present->values);
	const struct config_doc **origin = &c->origin[index_of(l)];
	enum config_tighten t = config_field_tighten(l->field);
	bool bound = *origin || ((l->field->flags & FLOOR) && c->present->level != LEVEL_PLATFORM);
	if (t == TIGHTEN_MERGE && sub_list(l->field))
		join_elements(c, l, wanted);
	else if (t == TIGHTEN_MERGE)
		join_strings(c, l, wanted);
	else if (t == TIGHTEN_FREE || !bound)
		take(l->field, slot(c, l), wanted);
	else if (t == TIGHTEN_SUBSET)
		apply_subset(c, l, wanted);
	else
		apply_scalar(c, l, wanted);
	/* A lower level that was refused is not where the value comes from. */
	bool holds = t == TIGHTEN_MERGE || t == TIGHTEN_FREE || !bound ||
		     field_equal(l->field, (const char *)c->eff + l->offset - l->field->offset,
				 (const char *)wanted - l->field->offset);
	if (holds)
		*origin = c->present;
}

/* Rights that policy must have named: what the lowest level asks for beyond them is refused. */
static void check_capabilities(struct cascade *c)
{
	if (!c->eff->runtime.network || covered(&c->eff->policy.capabilities, STR("network")))
		return;
	const struct config_leaf *l = config_leaf_find(STR("runtime.network"));
	const struct config_doc *asks = c->origin[index_of(l)];
	c->eff->runtime.network = false;
	if (!c->told || asks != c->present)
		return;
	struct finding *f = tell(
		c, l,
		"runtime.network asks for the capability \"network\", which no policy allows here");
	f->rule = "SK-CAPABILITY";
	f->related_path = STR("");
	f->related_line = f->related_column = 0;
	f->remedy = STR("leave it out, or have policy.capabilities of the platform name network");
}

const struct config *config_defaults(void)
{
	static struct config defaults;
	static struct arena *keep; /* as long as the process */
	if (!keep) {
		keep = arena_new(1 << 20);
		field_defaults(keep, config_fields, &defaults);
	}
	return &defaults;
}

static void run(struct cascade *c, const struct config_doc *const docs[3], struct findings *f)
{
	size_t n;
	const struct config_leaf *leaves = config_leaves(&n);
	const struct config_doc *lowest = docs[2] ? docs[2] : docs[1] ? docs[1] : docs[0];
	*c->eff = *config_defaults();
	for (int level = 0; level < 3; level++) {
		c->present = docs[level];
		if (!c->present)
			continue;
		c->told = c->present == lowest ? f : NULL;
		for (size_t i = 0; i < c->present->set.count; i++) {
			int leaf = config_leaf_index(c->present->set.items[i].field);
			if (leaf >= 0 && (size_t)leaf < n &&
			    config_field_at(leaves[leaf].field, c->present->level))
				apply_leaf(c, &leaves[leaf]);
		}
		c->eff->mcp.allow_limited |= c->present->values.mcp.allow_limited;
	}
	if (lowest)
		check_capabilities(c);
}

void config_cascade(const struct config_doc *platform, const struct config_doc *domain,
		    const struct config_doc *skill, struct config *ret, struct findings *f,
		    struct str domain_name, struct str skill_name)
{
	struct cascade c = {
		.eff = ret, .arena = f->arena, .domain = domain_name, .skill = skill_name};
	run(&c, (const struct config_doc *const[]){platform, domain, skill}, f);
}

void config_origins(struct arena *a, const struct config_doc *platform,
		    const struct config_doc *domain, const struct config_doc *skill,
		    struct config_origin **ret, size_t *ret_count)
{
	size_t n;
	const struct config_leaf *leaves = config_leaves(&n);
	struct config eff;
	struct cascade c = {.eff = &eff, .arena = a};
	run(&c, (const struct config_doc *const[]){platform, domain, skill}, NULL);
	*ret = arena_array(a, n, sizeof(**ret));
	*ret_count = n;
	for (size_t i = 0; i < n; i++) {
		const struct field_set_entry *e = config_set_entry(c.origin[i], leaves[i].field);
		(*ret)[i] = (struct config_origin){leaves[i].field, leaves[i].dotted, c.origin[i],
						   e ? e->node : NULL};
	}
}
