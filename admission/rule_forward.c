#include "admission/rule_int.h"

#include "base/mem.h"

/* --- forwards lead somewhere -------------------------------------------------------------------------------------------- */

static const struct config_forward *forwards_of(const struct config_doc *doc, size_t *ret_count)
{
	*ret_count = doc ? doc->values.routing.forwards.count : 0;
	return doc ? doc->values.routing.forwards.items : NULL;
}

/* Surfaces keep targets in order of names; configuration as it was written. */
static size_t forward_index(const struct config_doc *doc, struct str target)
{
	size_t n, i = 0;
	const struct config_forward *w = forwards_of(doc, &n);
	while (i < n && !str_eq(w[i].forward_to, target))
		i++;
	return i;
}

static void at_forward(struct finding *f, const struct config_doc *doc, size_t n)
{
	const struct doc_node *list = doc_find_path(doc->root, "routing.forwards");
	rule_at_field(f, doc, "routing.forwards");
	if (!list || list->type != DOC_LIST || n >= list->list.count)
		return;
	const struct doc_node *to = doc_find_path(list->list.items[n], "then.forward_to");
	finding_at_node(f, to ? to : list->list.items[n]);
}

/* The nearest skill of that domain, or the nearest domain. */
static void suggest(const struct rule_in *in, struct findings *out, struct finding *f,
		    struct str domain, struct str name)
{
	const struct surface *d = surface_view_find(in->surfaces, domain);
	size_t n = d ? d->skill_count : 0;
	if (!n) {
		finding_remedy(out, f,
			       "there is no domain %.*s; write domain/skill of a skill that exists",
			       STR_ARG(domain));
		return;
	}
	const char **names = arena_array(in->arena, n, sizeof(*names));
	for (size_t i = 0; i < n; i++)
		names[i] = arena_strndup(in->arena, d->skills[i].name.p, d->skills[i].name.len);
	const char *near = str_nearest(name, names, n);
	if (near)
		finding_remedy(out, f, "did you mean %.*s/%s?", STR_ARG(domain), near);
	else
		finding_remedy(out, f, "domain %.*s has no such skill", STR_ARG(domain));
}

/* It came with this push and is denied for now: that must not hold back others, who cannot put it right. */
static bool was_pushed(const struct rule_in *in, struct str domain, struct str name)
{
	const struct domain *d = snapshot_domain(in->snap, domain);
	return d && domain_skill_find(d, name);
}

static void check_forward(const struct rule_in *in, struct findings *out,
			  const struct config_doc *doc, size_t n, const struct config_forward *w)
{
	struct str domain, name;
	struct finding *f = NULL;
	if (name_split(w->forward_to, &domain, &name, NULL) < 0)
		return; /* reading has said so */
	if (!surface_view_skill(in->surfaces, domain, name) && was_pushed(in, domain, name)) {
		f = rule_say(in, out, "forwards to %.*s, which is not admitted yet",
			     STR_ARG(w->forward_to));
		f->severity = SEVERITY_WARN;
		f->remedy = STR("until it is, requests are not passed on");
		rule_rests_on(in, "%.*s pushed and not admitted", STR_ARG(w->forward_to));
	} else if (!surface_view_skill(in->surfaces, domain, name)) {
		f = rule_say(in, out, "forwards to %.*s, which does not exist",
			     STR_ARG(w->forward_to));
		suggest(in, out, f, domain, name);
	} else if (w->when_domain.len && !str_eq(w->when_domain, in->name)) {
		f = rule_say(in, out,
			     "this forward is for requests from domain %.*s and stands in %.*s",
			     STR_ARG(w->when_domain), STR_ARG(in->name));
		finding_remedy(out, f, "write when: {domain: %.*s}, or move it to that domain",
			       STR_ARG(in->name));
	}
	if (f)
		at_forward(f, doc, n);
}

static void check_doc(const struct rule_in *in, struct findings *out, const struct config_doc *doc)
{
	size_t n;
	const struct config_forward *w = forwards_of(doc, &n);
	for (size_t i = 0; i < n; i++)
		check_forward(in, out, doc, i, &w[i]);
}

/* A skill that goes away leaves those of other domains that forward to it without a target. */
struct leaving {
	const struct rule_in *in;
	struct findings *out;
	struct str name;
};

static void left_behind(void *state, const struct surface *d)
{
	struct leaving *l = state;
	if (str_eq(d->domain, l->in->name))
		return;
	for (size_t i = 0; i < d->skill_count; i++)
		for (size_t k = 0; k < d->skills[i].forward_count; k++) {
			struct str domain, name;
			if (name_split(d->skills[i].forwards[k], &domain, &name, NULL) < 0 ||
			    !str_eq(domain, l->in->name) || !str_eq(name, l->name))
				continue;
			struct finding *f = rule_say(
				l->in, l->out, "deletes %.*s/%.*s, and %.*s/%.*s forwards to it",
				STR_ARG(domain), STR_ARG(name), STR_ARG(d->domain),
				STR_ARG(d->skills[i].name));
			f->remedy = STR("take that forward out first");
			f->related_path = arena_str(l->in->arena, d->skills[i].path);
			f->related_line = d->skills[i].line;
			f->related_column = d->skills[i].column;
		}
}

static void check_deleted(const struct rule_in *in, struct findings *out)
{
	for (size_t i = 0; in->change && i < in->change->skill_count; i++) {
		if (in->change->skills[i].op != CHANGE_DELETE)
			continue;
		struct leaving l = {in, out, in->change->skills[i].name};
		surface_view_each(in->surfaces, left_behind, &l);
	}
}

int rule_route_forward(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	if (in->skill) {
		check_doc(in, out, in->skill->skill->config);
		return 0;
	}
	if (in->domain)
		check_doc(in, out, in->domain->config);
	check_deleted(in, out);
	return 0;
}

/* --- forwards do not go round ---------------------------------------------------------------------------------------------- */

#define CYCLE_DEPTH 64 /* a longer way is refused as if it went round */

struct hop {
	struct str domain;
	const struct surface_skill *skill;
	size_t next; /* index of the forward to follow next */
};

struct walk {
	const struct rule_in *in;
	struct map done; /* skills from which no cycle was found, "domain/skill" */
	struct hop path[CYCLE_DEPTH];
	size_t depth;
	size_t from; /* where the cycle begins in path */
	bool too_long; /* not a cycle, but as good as one */
};

static struct str hop_key(const struct walk *w, const struct hop *h)
{
	return str_of(arena_printf(w->in->arena, "%.*s/%.*s", STR_ARG(h->domain),
				   STR_ARG(h->skill->name)));
}

/* Pushes the target unless it is done; true when it closes a cycle or the way is too long. */
static bool push(struct walk *w, struct str target)
{
	struct str domain, name;
	if (name_split(target, &domain, &name, NULL) < 0 || map_find(&w->done, target))
		return false;
	const struct surface_skill *s = surface_view_skill(w->in->surfaces, domain, name);
	if (!s)
		return false;
	for (size_t i = 0; i < w->depth; i++)
		if (w->path[i].skill == s) {
			w->from = i;
			return true;
		}
	w->from = 0;
	w->too_long = w->depth == CYCLE_DEPTH;
	if (w->too_long)
		return true;
	w->path[w->depth++] = (struct hop){surface_view_find(w->in->surfaces, domain)->domain, s,
					   0};
	return false;
}

/* Follows forwards from one skill; true with the cycle in path[from … depth - 1]. */
static bool find_cycle(struct walk *w, struct str domain, const struct surface_skill *start)
{
	w->depth = 1;
	w->path[0] = (struct hop){domain, start, 0};
	while (w->depth) {
		struct hop *top = &w->path[w->depth - 1];
		if (top->next < top->skill->forward_count) {
			if (push(w, top->skill->forwards[top->next++]))
				return true;
			continue;
		}
		map_set(&w->done, hop_key(w, top), w);
		w->depth--;
	}
	return false;
}

static bool edge_was_deployed(const struct rule_in *in, const struct hop *h)
{
	const struct surface_skill *s = surfaces_skill(in->deployed, h->domain, h->skill->name);
	for (size_t i = 0; s && i < s->forward_count; i++)
		if (str_eq(s->forwards[i], h->skill->forwards[h->next - 1]))
			return true;
	return false;
}

/* The skill of this domain whose forward is new; else any of it on the cycle. NULL: the cycle does not touch this domain. */
static const struct hop *culprit(const struct walk *w, bool *ret_new)
{
	const struct hop *any = NULL;
	*ret_new = false;
	for (size_t i = w->from; i < w->depth; i++) {
		const struct hop *h = &w->path[i];
		if (!str_eq(h->domain, w->in->name))
			continue;
		if (!edge_was_deployed(w->in, h)) {
			*ret_new = true;
			return h;
		}
		any = any ? any : h;
	}
	return any;
}

static void say_cycle(const struct walk *w, struct findings *out)
{
	CLEANUP(buf_release) struct buf way = BUF_INIT(1024);
	bool is_new;
	const struct hop *h = culprit(w, &is_new);
	if (!h)
		return;
	for (size_t i = w->from; i < w->depth; i++)
		buf_addf(&way, "%.*s/%.*s -> ", STR_ARG(w->path[i].domain),
			 STR_ARG(w->path[i].skill->name));
	buf_addf(&way, "%.*s/%.*s", STR_ARG(w->path[w->from].domain),
		 STR_ARG(w->path[w->from].skill->name));
	struct finding *f;
	if (w->too_long)
		f = rule_say_of(w->in, out, h->skill->name,
				"forwards go on through more than %d skills", CYCLE_DEPTH);
	else
		f = rule_say_of(w->in, out, h->skill->name, "forwards go round: %s",
				buf_cstr(&way));
	if (!is_new)
		f->severity = SEVERITY_NOTE;
	const struct domain_skill *ds = domain_skill_find(w->in->domain, h->skill->name);
	if (ds && ds->skill->config)
		at_forward(f, ds->skill->config,
			   forward_index(ds->skill->config, h->skill->forwards[h->next - 1]));
}

int rule_route_cycle(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	const struct surface *own = surface_view_find(in->surfaces, in->name);
	CLEANUP_FREE struct walk *w = mem_zalloc(sizeof(*w));
	w->in = in;
	for (size_t i = 0; in->domain && own && i < own->skill_count; i++) {
		const struct surface_skill *s = &own->skills[i];
		if (!s->forward_count ||
		    map_find(&w->done, hop_key(w, &(struct hop){own->domain, s, 0})))
			continue;
		if (!find_cycle(w, own->domain, s))
			continue;
		say_cycle(w, out);
		/* Told once: every skill on the way is done with. */
		for (size_t k = 0; k < w->depth; k++)
			map_set(&w->done, hop_key(w, &w->path[k]), w);
	}
	map_release(&w->done);
	return 0;
}

/* --- skills of other domains are named before they are called --------------------------------------------------------------- */

static bool forwards_to(const struct config_doc *doc, struct str target)
{
	size_t n;
	(void)forwards_of(doc, &n);
	return forward_index(doc, target) < n;
}

static bool is_named(const struct rule_in *in, struct str target)
{
	return forwards_to(in->skill->skill->config, target) ||
	       forwards_to(in->domain->config, target) || forwards_to(in->policy->platform, target);
}

int rule_route_mention(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	for (size_t i = 0; i < in->text->count; i++) {
		const struct text_fact *t = &in->text->items[i];
		struct str domain, name;
		if (t->kind != TEXT_MENTION || name_split(t->words, &domain, &name, NULL) < 0 ||
		    str_eq(domain, in->name) || !surface_view_skill(in->surfaces, domain, name) ||
		    is_named(in, t->words))
			continue;
		struct finding *f = rule_say(in, out, "names %.*s, and no forward goes there",
					     STR_ARG(t->words));
		finding_remedy(
			out, f,
			"if it is called: write routing.forwards: [{when: {domain: %.*s}, then: "
			"{forward_to: %.*s}}]",
			STR_ARG(in->name), STR_ARG(t->words));
		rule_at_text(in, f, t);
	}
	return 0;
}
