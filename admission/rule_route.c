#include "admission/rule_int.h"

#include "base/mem.h"

#define COLLISIONS_SHOWN 4 /* of one pattern; the rest is counted */

/* --- what is at fault ----------------------------------------------------------------------------------------------- */

static bool strs_have(const struct str *list, size_t count, struct str s)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(list[i], s))
			return true;
	return false;
}

/* The same skill had the same pattern before: it did not come to stand in anybody's way. */
static bool was_deployed(const struct rule_in *in, struct str domain, struct str skill,
			 struct str text, bool alert)
{
	const struct surface_skill *s = surfaces_skill(in->deployed, domain, skill);
	if (!s)
		return false;
	return alert ? strs_have(s->alerts, s->alert_count, text)
		     : strs_have(s->patterns, s->pattern_count, text);
}

enum fault { FAULT_MINE, FAULT_THEIRS, FAULT_OLD };

static enum fault fault_of(const struct rule_in *in, const struct trigger *t,
			   const struct surface_pattern *other, bool alert)
{
	bool mine = was_deployed(in, in->name, in->skill->skill->name, t->text, alert);
	bool theirs = was_deployed(in, other->domain, other->skill, other->text, alert);
	if (mine && theirs)
		return FAULT_OLD;
	return mine ? FAULT_THEIRS : FAULT_MINE;
}

/* --- candidates --------------------------------------------------------------------------------------------------------- */

struct candidates {
	const struct surface_pattern **items;
	size_t count, cap;
};

static void collect(void *state, const struct surface_pattern *p)
{
	struct candidates *c = state;
	GROW(c->items, c->count, c->cap);
	c->items[c->count++] = p;
}

static int by_place(const void *a, const void *b)
{
	const struct surface_pattern *x = *(const struct surface_pattern *const *)a;
	const struct surface_pattern *y = *(const struct surface_pattern *const *)b;
	int c = str_cmp(x->domain, y->domain);
	if (!c)
		c = str_cmp(x->skill, y->skill);
	return c ? c : str_cmp(x->text, y->text);
}

static bool is_own(const struct rule_in *in, const struct surface_pattern *p)
{
	return str_eq(p->domain, in->name) && str_eq(p->skill, in->skill->skill->name);
}

/* The pattern of t as the index has parsed it. NULL: it does not parse, which parsing has said. */
static const struct pattern *own_pattern(const struct rule_in *in, const struct candidates *c,
					 const struct trigger *t)
{
	for (size_t i = 0; i < c->count; i++)
		if (is_own(in, c->items[i]) && str_eq(c->items[i]->text, t->text))
			return c->items[i]->parsed;
	return NULL;
}

/* --- precedence, as the router has it ---------------------------------------------------------------------------------- */

/* Both match the same texts, and the router takes p: more cannot be said of t than that it never answers. */
static bool shadows(const struct rule_in *in, const struct surface_pattern *p,
		    const struct pattern *own, const struct trigger *t)
{
	if (!pattern_same(p->parsed, own))
		return false;
	int c = str_cmp(p->domain, in->name);
	if (!c)
		c = str_cmp(p->skill, in->skill->skill->name);
	if (!c)
		c = str_cmp(p->text, t->text);
	return c < 0;
}

/*
 * In one domain a special pattern may stand beside a general one that covers it: that is how a manager is written, and it is clear who answers. Across
 * domains nobody takes a text from another.
 */
static bool may_overlap(const struct rule_in *in, const struct surface_pattern *p,
			const struct pattern *own)
{
	return str_eq(p->domain, in->name) && !pattern_same(p->parsed, own) &&
	       (pattern_covers(p->parsed, own) || pattern_covers(own, p->parsed));
}

/* --- speaking -------------------------------------------------------------------------------------------------------------- */

/* Surfaces may go before the verdict does: their words are copied. */
static void relate(const struct rule_in *in, struct finding *f, const struct surface_pattern *p)
{
	f->related_path = arena_str(in->arena, p->path);
	f->related_line = p->line;
	f->related_column = p->column;
}

static void say_collision(const struct rule_in *in, struct findings *out, const struct trigger *t,
			  const struct surface_pattern *p, struct str witness, enum fault fault)
{
	struct finding *f = rule_say(
		in, out, "\"%.*s\" collides with \"%.*s\" of %.*s/%.*s: both match \"%.*s\"",
		STR_ARG(t->text), STR_ARG(p->text), STR_ARG(p->domain), STR_ARG(p->skill),
		STR_ARG(witness));
	if (fault == FAULT_OLD)
		f->severity = SEVERITY_NOTE;
	rule_at_trigger(in, f, in->skill->skill, t);
	relate(in, f, p);
}

static void say_more(const struct rule_in *in, struct findings *out, const struct trigger *t,
		     size_t more)
{
	struct finding *f = rule_say(in, out, "\"%.*s\" collides with %zu more patterns",
				     STR_ARG(t->text), more);
	rule_at_trigger(in, f, in->skill->skill, t);
}

static void collide_command(const struct rule_in *in, struct findings *out,
			    const struct candidates *c, const struct trigger *t)
{
	const struct pattern *own = own_pattern(in, c, t);
	size_t said = 0;
	for (size_t i = 0; own && i < c->count; i++) {
		const struct surface_pattern *p = c->items[i];
		CLEANUP(buf_release) struct buf witness = BUF_INIT(4096);
		if (is_own(in, p) || !p->parsed || may_overlap(in, p, own))
			continue;
		enum fault fault = fault_of(in, t, p, false);
		if (fault == FAULT_THEIRS || !pattern_collide(own, p->parsed, &witness) ||
		    shadows(in, p, own, t))
			continue;
		if (said++ < COLLISIONS_SHOWN)
			say_collision(in, out, t, p, buf_str(&witness), fault);
	}
	if (said > COLLISIONS_SHOWN)
		say_more(in, out, t, said - COLLISIONS_SHOWN);
}

static void collide_alert(const struct rule_in *in, struct findings *out,
			  const struct candidates *c, const struct trigger *t)
{
	for (size_t i = 0; i < c->count && i < COLLISIONS_SHOWN + 1; i++) {
		const struct surface_pattern *p = c->items[i];
		enum fault fault = fault_of(in, t, p, true);
		if (is_own(in, p) || fault == FAULT_THEIRS)
			continue;
		struct finding *f = rule_say(in, out, "alert %.*s already starts %.*s/%.*s",
					     STR_ARG(t->text), STR_ARG(p->domain),
					     STR_ARG(p->skill));
		if (fault == FAULT_OLD)
			f->severity = SEVERITY_NOTE;
		f->remedy = STR("let one skill take the alert, and forward from there");
		rule_at_trigger(in, f, in->skill->skill, t);
		relate(in, f, p);
	}
}

static void candidates_of(const struct rule_in *in, const struct trigger *t, struct candidates *c)
{
	if (t->kind == TRIGGER_COMMAND)
		surface_view_candidates(in->surfaces, t->text, STR(""), collect, c);
	else if (t->kind == TRIGGER_ALERT)
		surface_view_alert(in->surfaces, t->text, STR(""), collect, c);
}

static void count_one(void *state, const struct surface_pattern *p)
{
	(void)p;
	++*(size_t *)state;
}

bool rule_route_crowded(const struct surface_view *v, const struct skill *s, size_t *visits)
{
	for (size_t i = 0; i < s->trigger_count && *visits <= ROUTE_VISITS_MAX; i++) {
		const struct trigger *t = &s->triggers[i];
		size_t n = 0;
		if (t->kind == TRIGGER_COMMAND)
			surface_view_candidates(v, t->text, STR(""), count_one, &n);
		else if (t->kind == TRIGGER_ALERT)
			surface_view_alert(v, t->text, STR(""), count_one, &n);
		*visits += n;
		if (n > 1)
			return true;
	}
	return false;
}

int rule_route_collision(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	const struct skill *s = in->skill->skill;
	for (size_t i = 0; in->crowded && i < s->trigger_count; i++) {
		const struct trigger *t = &s->triggers[i];
		struct candidates c = {0};
		candidates_of(in, t, &c);
		if (c.count > 1)
			qsort(c.items, c.count, sizeof(*c.items), by_place);
		if (t->kind == TRIGGER_COMMAND)
			collide_command(in, out, &c, t);
		else
			collide_alert(in, out, &c, t);
		free(c.items);
	}
	return 0;
}

/* --- unreachable ------------------------------------------------------------------------------------------------------------- */

static void say_unreachable(const struct rule_in *in, struct findings *out, const struct trigger *t,
			    const struct surface_pattern *p, enum fault fault)
{
	bool same = is_own(in, p);
	struct finding *f = same ? rule_say(in, out,
					    "\"%.*s\" is never used: \"%.*s\" takes all it matches",
					    STR_ARG(t->text), STR_ARG(p->text))
				 : rule_say(in, out,
					    "\"%.*s\" is never reached: \"%.*s\" of %.*s/%.*s "
					    "takes all it matches",
					    STR_ARG(t->text), STR_ARG(p->text), STR_ARG(p->domain),
					    STR_ARG(p->skill));
	if (fault == FAULT_OLD)
		f->severity = SEVERITY_NOTE;
	rule_at_trigger(in, f, in->skill->skill, t);
	relate(in, f, p);
}

static void unreachable_among(const struct rule_in *in, struct findings *out,
			      const struct candidates *c, const struct trigger *t)
{
	const struct pattern *own = own_pattern(in, c, t);
	for (size_t i = 0; own && i < c->count; i++) {
		const struct surface_pattern *p = c->items[i];
		if (!p->parsed || p->parsed == own || !shadows(in, p, own, t))
			continue;
		enum fault fault = is_own(in, p) ? FAULT_MINE : fault_of(in, t, p, false);
		if (fault == FAULT_THEIRS)
			continue;
		say_unreachable(in, out, t, p, fault);
		return;
	}
}

/* The same words twice in one skill: the router keeps one. */
static bool repeats(const struct skill *s, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (s->triggers[k].kind == s->triggers[i].kind &&
		    (s->triggers[i].kind == TRIGGER_COMMAND ||
		     s->triggers[i].kind == TRIGGER_ALERT) &&
		    str_eq_nocase(s->triggers[k].text, s->triggers[i].text))
			return true;
	return false;
}

int rule_route_unreachable(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	const struct skill *s = in->skill->skill;
	for (size_t i = 0; in->crowded && i < s->trigger_count; i++) {
		const struct trigger *t = &s->triggers[i];
		if (repeats(s, i)) {
			struct finding *f = rule_say(in, out,
						     "the trigger \"%.*s\" stands here twice",
						     STR_ARG(t->text));
			f->remedy = STR("take one of them out");
			rule_at_trigger(in, f, s, t);
			continue;
		}
		if (t->kind != TRIGGER_COMMAND)
			continue;
		struct candidates c = {0};
		candidates_of(in, t, &c);
		if (c.count > 1)
			qsort(c.items, c.count, sizeof(*c.items), by_place);
		unreachable_among(in, out, &c, t);
		free(c.items);
	}
	return 0;
}
