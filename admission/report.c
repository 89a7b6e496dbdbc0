#include "admission/report.h"

#include <stdio.h>

#include "admission/report_int.h"
#include "admission/rule_int.h"

const struct report_format *const report_formats[] = {
	&report_text,	  &report_json,	  &report_sarif,  &report_junit,
	&report_markdown, &report_github, &report_gitlab, NULL};

const struct report_format *report_format_find(struct str name)
{
	for (size_t i = 0; report_formats[i]; i++)
		if (str_eqz(name, report_formats[i]->name))
			return report_formats[i];
	return NULL;
}

int report_exit_status(const struct admission *a)
{
	return a->allow ? 0 : err_exit_status(ERR_DENIED);
}

static void each(const struct findings *f, report_finding_fn fn, void *state)
{
	for (size_t i = 0; i < f->count; i++)
		fn(state, &f->items[i]);
}

void report_each_finding(const struct admission *a, report_finding_fn fn, void *state)
{
	each(&a->repository, fn, state);
	each(&a->platform.findings, fn, state);
	for (size_t i = 0; i < a->domain_count; i++)
		each(&a->domains[i].verdict.findings, fn, state);
}

static void count_one(void *state, const struct finding *f)
{
	struct report_counts *c = state;
	c->deny += f->severity == SEVERITY_DENY;
	c->warn += f->severity == SEVERITY_WARN;
	c->note += f->severity == SEVERITY_NOTE;
}

void report_count(const struct admission *a, struct report_counts *ret)
{
	*ret = (struct report_counts){0};
	report_each_finding(a, count_one, ret);
}

void report_each_growth(const struct domain_change *c, report_growth_fn fn, void *state)
{
	for (size_t i = 0; c && i < c->skill_count; i++)
		for (size_t k = 0; k < c->skills[i].detail_count; k++)
			if (c->skills[i].details[k].growth)
				fn(state, &c->skills[i], &c->skills[i].details[k]);
}

static void some(void *state, const struct skill_change *c, const struct change_detail *d)
{
	(void)c;
	(void)d;
	*(bool *)state = true;
}

bool report_has_growth(const struct domain_change *c)
{
	bool has = false;
	report_each_growth(c, some, &has);
	return has;
}

struct noting {
	report_finding_fn fn;
	void *state;
};

static void note_growth(void *state, const struct skill_change *c, const struct change_detail *d)
{
	struct noting *n = state;
	char path[2 * NAME_MAX_BYTES + 32], text[1024];
	int len = snprintf(path, sizeof(path), "skills/%.*s/%.*s/" SKILL_FILE, STR_ARG(c->domain),
			   STR_ARG(c->name));
	int words = snprintf(text, sizeof(text), "%.*s gets more than it had: %.*s",
			     STR_ARG(c->name), STR_ARG(d->text));
	n->fn(n->state,
	      &(struct finding){.rule = "growth",
				.severity = SEVERITY_NOTE,
				.domain = c->domain,
				.skill = c->name,
				.path = str_make(path, (size_t)len),
				.line = 1,
				.column = 1,
				.message = str_make(text, MIN((size_t)words, sizeof(text) - 1))});
}

void report_each_growth_as_note(const struct admission *a, report_finding_fn fn, void *state)
{
	struct noting n = {fn, state};
	for (size_t i = 0; i < a->domain_count; i++)
		report_each_growth(a->domains[i].change, note_growth, &n);
}

void report_number(struct buf *out, size_t n, const char *word)
{
	buf_addf(out, "%zu %s%s", n, word, n == 1 ? "" : "s");
}

char *report_usd(int64_t microusd, char out[32])
{
	return rule_usd(microusd, out);
}

const char *report_outcome(const struct admission_domain *d)
{
	if (d->verdict.allow)
		return "allowed";
	if (d->release)
		return "allowed in part";
	return d->waits_for ? "waiting" : "denied";
}

void report_summary(struct buf *out, const struct admission *a)
{
	struct report_counts c;
	report_count(a, &c);
	report_number(out, a->allowed, "domain");
	buf_addf(out, " allowed, %zu denied", a->denied);
	if (a->platform_judged && !a->platform.allow)
		buf_addz(out, ", the platform configuration denied");
	if (!c.deny && !c.warn)
		return;
	buf_addf(out, "; %zu to correct, %zu to look at", c.deny, c.warn);
}
