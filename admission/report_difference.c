/* A difference as findings, for formats that know nothing else. */
#include "admission/report_int.h"

static bool is_of(const struct finding *f, const struct domain_change *c)
{
	return f->domain.len && str_eq(f->domain, c->name);
}

static void say_words(struct buf *out, const struct skill_change *c)
{
	buf_addf(out, "%.*s/%.*s (%s)", STR_ARG(c->domain), STR_ARG(c->name),
		 change_op_name(c->op));
	for (size_t i = 0; i < c->detail_count; i++)
		buf_addf(out, "%s%s%.*s", i ? "; " : ": ", c->details[i].growth ? "! " : "",
			 STR_ARG(c->details[i].text));
}

static void note(const struct domain_change *d, const struct skill_change *c, bool growth,
		 report_finding_fn fn, void *state)
{
	CLEANUP(buf_release) struct buf words = BUF_INIT(BUF_MAX), path = BUF_INIT(4096);
	buf_addf(&path, "skills/%.*s", STR_ARG(d->name));
	if (c) {
		buf_addf(&path, "/%.*s/" SKILL_FILE, STR_ARG(c->name));
		say_words(&words, c);
	} else {
		buf_addf(&words, "%.*s (%s): %s", STR_ARG(d->name), change_op_name(d->op),
			 report_domain_words(d));
	}
	fn(state, &(struct finding){.rule = growth ? "growth" : "change",
				    .severity = SEVERITY_NOTE,
				    .domain = d->name,
				    .skill = c ? c->name : STR(""),
				    .path = buf_str(&path),
				    .line = c ? 1 : 0,
				    .column = c ? 1 : 0,
				    .message = buf_str(&words)});
}

static bool grows(const struct skill_change *c)
{
	for (size_t i = 0; i < c->detail_count; i++)
		if (c->details[i].growth)
			return true;
	return false;
}

void report_each_change_of(const struct report_difference *d, const struct domain_change *c,
			   report_finding_fn fn, void *state)
{
	for (size_t i = 0; d->refused && i < d->refused->count; i++)
		if (is_of(&d->refused->items[i], c))
			fn(state, &d->refused->items[i]);
	if (!c->skill_count)
		note(c, NULL, false, fn, state);
	for (size_t i = 0; i < c->skill_count; i++)
		note(c, &c->skills[i], grows(&c->skills[i]), fn, state);
}

void report_each_refused_beside(const struct report_difference *d, report_finding_fn fn,
				void *state)
{
	for (size_t i = 0; d->refused && i < d->refused->count; i++) {
		bool beside = true;
		for (size_t k = 0; k < d->plan->domain_count; k++)
			beside &= !is_of(&d->refused->items[i], &d->plan->domains[k]);
		if (beside)
			fn(state, &d->refused->items[i]);
	}
}

void report_each_change(const struct report_difference *d, report_finding_fn fn, void *state)
{
	report_each_refused_beside(d, fn, state);
	for (size_t i = 0; i < d->plan->domain_count; i++)
		report_each_change_of(d, &d->plan->domains[i], fn, state);
}

const char *report_domain_words(const struct domain_change *c)
{
	if (c->skill_count)
		return "";
	if (c->op == CHANGE_UPDATE)
		return "its own files or configuration changed";
	return c->policy_changed ? "policy changed, it is admitted anew" : "it has no skills";
}

void report_plan_summary(struct buf *out, const struct plan *p)
{
	buf_addf(out, "%zu to create, %zu to update, %zu to delete, %zu unchanged", p->created,
		 p->updated, p->deleted, p->unchanged);
}
