#include "admission/report_int.h"
#include "skill/text.h"

#define GREEN "\033[32m"
#define RED "\033[31m"
#define YELLOW "\033[33m"
#define PLAIN "\033[0m"

struct text_report {
	struct buf *out;
	const struct report_opts *o;
};

static void head(struct text_report *r, struct str name, const char *outcome, bool allow,
		 const char *more)
{
	bool color = r->o && r->o->color;
	text_escape(r->out, name, 0);
	buf_addf(r->out, ": %s%s%s%s\n", color ? allow ? GREEN : RED : "", outcome,
		 color ? PLAIN : "", more);
}

/* One finding, indented below its domain. */
static void add_finding(struct text_report *r, const struct finding *f)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(64 * 1024);
	struct str rest, line;
	if (r->o && r->o->quiet && f->severity == SEVERITY_NOTE)
		return;
	finding_text(&text, f);
	rest = buf_str(&text);
	while (str_split(&rest, '\n', &line)) {
		if (!line.len)
			continue;
		buf_addz(r->out, "  ");
		buf_add_str(r->out, line);
		buf_add_char(r->out, '\n');
	}
}

static void add_findings(struct text_report *r, const struct findings *f)
{
	for (int s = SEVERITY_DENY; s >= SEVERITY_NOTE; s--)
		for (size_t i = 0; i < f->count; i++)
			if ((int)f->items[i].severity == s)
				add_finding(r, &f->items[i]);
}

static void add_growth(void *state, const struct skill_change *c, const struct change_detail *d)
{
	struct text_report *r = state;
	buf_addz(r->out, "  grows: ");
	text_escape(r->out, c->name, 0);
	buf_addz(r->out, ": ");
	text_escape(r->out, d->text, 0);
	buf_add_char(r->out, '\n');
}

static void add_held(struct text_report *r, const struct admission_domain *d)
{
	for (size_t i = 0; i < d->held_count; i++) {
		buf_addz(r->out, i ? ", " : "  held at what is deployed: ");
		text_escape(r->out, d->held[i], 0);
	}
	if (d->held_count)
		buf_add_char(r->out, '\n');
}

static void add_domain(struct text_report *r, const struct admission_domain *d)
{
	CLEANUP(buf_release) struct buf more = BUF_INIT(256);
	if (r->o && r->o->quiet && d->verdict.allow &&
	    !findings_count(&d->verdict.findings, SEVERITY_WARN))
		return;
	buf_addf(&more, " (%s", change_op_name(d->op));
	if (d->change && d->change->skill_count) {
		buf_addz(&more, ", ");
		report_number(&more, d->change->skill_count, "skill");
	}
	buf_addz(&more, ")");
	head(r, d->name, report_outcome(d), d->verdict.allow, buf_cstr(&more));
	add_held(r, d);
	add_findings(r, &d->verdict.findings);
	if (d->change)
		report_each_growth(d->change, add_growth, r);
}

static void write_text(struct buf *out, const struct admission *a, const struct report_opts *o)
{
	struct text_report r = {out, o};
	if (a->repository.count) {
		bool allow = findings_count(&a->repository, SEVERITY_DENY) == 0;
		head(&r, STR("repository"), allow ? "allowed" : "denied", allow, "");
		add_findings(&r, &a->repository);
	}
	bool mute = o && o->quiet && !findings_count(&a->platform.findings, SEVERITY_WARN);
	if (a->platform_judged && !mute) {
		head(&r, STR("platform configuration"), a->platform.allow ? "allowed" : "denied",
		     a->platform.allow, "");
		add_findings(&r, &a->platform.findings);
	}
	for (size_t i = 0; i < a->domain_count; i++)
		add_domain(&r, &a->domains[i]);
	if (!a->domain_count && !a->repository.count && !a->platform_judged) {
		buf_addz(out, "nothing to judge\n");
		return;
	}
	report_summary(out, a);
	buf_add_char(out, '\n');
}

static void write_text_difference(struct buf *out, const struct report_difference *d,
				  const struct report_opts *o)
{
	struct text_report r = {out, o};
	plan_text(out, d->plan);
	if (!d->refused || !d->refused->count)
		return;
	buf_addz(out, "refused in reading:\n");
	add_findings(&r, d->refused);
}

const struct report_format report_text = {
	"text", "text/plain; charset=utf-8",
	"For people: a block for each domain, its worst findings first.", write_text,
	write_text_difference};
