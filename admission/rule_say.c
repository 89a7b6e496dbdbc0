#include "admission/rule_int.h"

#include <stdio.h>

#include "base/mem.h"

/* Of reading itself: what levels above allow is another matter. */
static bool hides_something(const struct finding *f)
{
	return f->severity == SEVERITY_DENY && str_starts(str_of(f->rule), STR("SK-")) &&
	       strcmp(f->rule, "SK-CASCADE") != 0 && strcmp(f->rule, "SK-CAPABILITY") != 0;
}

bool rule_unread(const struct skill *s)
{
	for (size_t i = 0; i < s->findings.count; i++) {
		const struct finding *f = &s->findings.items[i];
		if (hides_something(f) &&
		    (str_ends(f->path, STR("/" SKILL_FILE)) ||
		     str_ends(f->path, STR("/" CONFIG_FILE)) || str_eq(f->path, s->path)))
			return true;
	}
	return false;
}

bool rule_role_known(const struct rule_in *in)
{
	return in->skill->skill->role_set || !rule_unread(in->skill->skill);
}

static void index_skill(struct rule_index *x, const struct skill *s, const struct config *effective)
{
	struct finding ignored = {0};
	x->managers += s->role == ROLE_MANAGER;
	x->unread += rule_unread(s);
	if (!s->config)
		return;
	const struct config_forward *w = s->config->values.routing.forwards.items;
	for (size_t i = 0; i < s->config->values.routing.forwards.count; i++)
		map_set(&x->forwarded, w[i].forward_to, x);
	if (!rule_at_field(&ignored, s->config, "budget.per_day_usd"))
		return;
	x->per_day_sum_microusd += effective->budget.per_day_microusd;
	x->per_day_count++;
}

static void index_text(struct rule_index *x, struct judged_skill *k,
		       const struct admit_memory *memory)
{
	k->text = admit_memory_find(memory, k->skill);
	if (k->text || (!k->skill->md_text.p && k->skill->md_blob.len))
		return;
	k->text = x->made[x->made_count++] = text_facts_make(k->skill);
}

/*
 * Under another platform configuration than the snapshot was resolved under, effective values are others. What the cascade has to say is said by
 * admit_domain().
 */
static void index_effective(struct rule_index *x, const struct rule_in *in)
{
	const struct domain *d = in->domain;
	struct findings unsaid;
	x->domain_effective = d ? &d->effective : NULL;
	if (!d || in->policy->platform == in->snap->platform)
		return;
	struct config *own = arena_array(in->arena, d->skill_count + 1, sizeof(*own));
	for (size_t i = 0; i <= d->skill_count; i++) {
		const struct config_doc *skill = i ? d->skills[i - 1].skill->config : NULL;
		findings_init(&unsaid, in->arena);
		config_cascade(in->policy->platform, d->config, skill, &own[i], &unsaid, d->name,
			       STR_NULL);
	}
	x->domain_effective = own;
	x->effectives = own + 1;
}

const struct config *rule_effective(const struct rule_index *x, const struct domain *d, size_t i)
{
	return x->effectives ? &x->effectives[i] : &d->skills[i].effective;
}

/* What is known already of a skill that is what it was, or is found out now. */
static void index_one(struct rule_index *x, const struct rule_in *in, size_t i,
		      const struct judged *was, const struct judged_skill *known)
{
	struct judged_skill *k = &x->judged->skills[i];
	bool same_guard = known && was->guard == in->guard;
	*k = (struct judged_skill){.skill = in->domain->skills[i].skill};
	if (known && known->text)
		k->text = known->text;
	else
		index_text(x, k, in->memory);
	k->clean = same_guard && known->clean ? true : rule_guard_clean(in->guard, k->skill);
	k->silent = same_guard && known->silent && !in->table &&
		    digest_equal(&was->policy, &in->policy->digest);
	if (known && digest_equal(&was->surfaces, &x->judged->surfaces)) {
		k->crowded = known->crowded;
		k->visits = known->visits;
		x->route_visits += k->visits;
		return;
	}
	size_t before = x->route_visits;
	k->crowded = rule_route_crowded(in->surfaces, k->skill, &x->route_visits);
	k->visits = (uint32_t)(x->route_visits - before);
}

static void index_skills(struct rule_index *x, const struct rule_in *in)
{
	const struct domain *d = in->domain;
	struct judged_walk walk = {admit_memory_judged(in->memory, in->name), 0};
	x->judged->guard = in->guard;
	x->judged->policy = in->policy->digest;
	x->judged->surfaces = surface_view_digest(in->surfaces, STR(""));
	for (size_t i = 0; i < x->judged->count; i++) {
		index_skill(x, d->skills[i].skill, rule_effective(x, d, i));
		index_one(x, in, i, walk.was, judged_next(&walk, d->skills[i].skill));
	}
}

void rule_index_init(struct rule_index *x, const struct rule_in *in)
{
	const struct domain *d = in->domain;
	size_t n = d ? d->skill_count : 0;
	*x = (struct rule_index){.files = MAP_INIT, .forwarded = MAP_INIT};
	x->judged = judged_new(in->name, n);
	x->made = mem_array(n + 1, sizeof(*x->made));
	x->spoke = mem_array(n + 1, sizeof(*x->spoke));
	index_effective(x, in);
	/* A folder whose name is none is no skill at all. */
	for (size_t i = 0; d && i < d->findings.count; i++)
		x->unread += hides_something(&d->findings.items[i]);
	for (size_t i = 0; d && i < d->file_count; i++)
		map_set(&x->files, d->files[i].path, &d->files[i]);
	if (n)
		index_skills(x, in);
}

/* The route rules of those after the limit were not asked: nothing is learnt of such a domain, nor from rows of a test. */
void rule_index_learn(struct rule_index *x, const struct rule_in *in)
{
	bool usable = in->memory && !x->made_count && !in->table;
	if (!usable || !x->judged->count || x->route_visits > ROUTE_VISITS_MAX)
		return;
	for (size_t i = 0; i < x->judged->count; i++) {
		struct judged_skill *k = &x->judged->skills[i];
		k->silent = k->clean && k->text && !x->spoke[i];
	}
	admit_memory_learn(in->memory, TAKE_PTR(x->judged));
}

void rule_index_release(struct rule_index *x)
{
	for (size_t i = 0; i < x->made_count; i++)
		free(x->made[i]);
	free(x->made);
	free(x->spoke);
	free(x->judged);
	map_release(&x->files);
	map_release(&x->forwarded);
}

/* --- speaking ----------------------------------------------------------------------------------------- */

static struct str format(struct arena *a, const char *fmt, va_list ap) PRINTF(2, 0);
static struct str format(struct arena *a, const char *fmt, va_list ap)
{
	char text[1024];
	int len = vsnprintf(text, sizeof(text), fmt, ap);
	return arena_str(a, str_make(text, MIN((size_t)MAX(len, 0), sizeof(text) - 1)));
}

static struct finding *say(const struct rule_in *in, struct findings *out, struct str skill,
			   const char *fmt, va_list ap) PRINTF(4, 0);
static struct finding *say(const struct rule_in *in, struct findings *out, struct str skill,
			   const char *fmt, va_list ap)
{
	struct finding *f = findings_add(out, &(struct finding){.rule = in->rule->id,
								.severity = in->rule->severity,
								.domain = in->name,
								.skill = skill});
	f->message = format(out->arena, fmt, ap);
	f->remedy = str_of(in->rule->advice);
	return f;
}

struct finding *rule_say(const struct rule_in *in, struct findings *out, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	struct str skill = in->skill ? in->skill->skill->name : STR_NULL;
	struct finding *f = say(in, out, skill, fmt, ap);
	va_end(ap);
	return f;
}

struct finding *rule_say_of(const struct rule_in *in, struct findings *out, struct str skill,
			    const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	struct finding *f = say(in, out, skill, fmt, ap);
	va_end(ap);
	return f;
}

void rule_rests_on(const struct rule_in *in, const char *fmt, ...)
{
	if (!in->in_force)
		return;
	va_list ap;
	va_start(ap, fmt);
	buf_vaddf(in->in_force, fmt, ap);
	va_end(ap);
	buf_add_char(in->in_force, '\n');
}

/* --- words -------------------------------------------------------------------------------------------- */

char *rule_usd(int64_t microusd, char out[32])
{
	int64_t whole = microusd / 1000000, part = microusd % 1000000;
	int len = snprintf(out, 32, "%lld.%06lld", (long long)whole, (long long)part);
	/* Two decimals at least, and no zeros after what counts. */
	while (len > 0 && out[len - 1] == '0' && len - 1 > (int)(strchr(out, '.') - out) + 2)
		out[--len] = '\0';
	return out;
}

char *rule_percent(int64_t millionths, char out[32])
{
	if (millionths % 10000 == 0)
		snprintf(out, 32, "%lld %%", (long long)(millionths / 10000));
	else
		snprintf(out, 32, "%lld.%02lld %%", (long long)(millionths / 10000),
			 (long long)(millionths % 10000 / 100));
	return out;
}

bool rule_split_tool(struct str tool, struct str *ret_server, struct str *ret_tool)
{
	ptrdiff_t dot = str_find_byte(tool, '.', 0);
	if (dot <= 0 || (size_t)dot + 1 >= tool.len)
		return false;
	*ret_server = str_sub(tool, 0, (size_t)dot);
	*ret_tool = str_sub(tool, (size_t)dot + 1, tool.len);
	return true;
}

bool rule_strings_have(const struct field_strings *list, struct str s)
{
	for (size_t i = 0; i < list->count; i++)
		if (str_eq(list->items[i], s))
			return true;
	return false;
}

void rule_list(struct buf *out, const struct field_strings *list)
{
	size_t shown = MIN(list->count, (size_t)8);
	for (size_t i = 0; i < shown; i++) {
		if (i)
			buf_addz(out, i + 1 == list->count ? " and " : ", ");
		buf_add_str(out, list->items[i]);
	}
	if (shown < list->count)
		buf_addf(out, " and %zu more", list->count - shown);
}
