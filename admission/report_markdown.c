/*
 * Markdown: the sticky comment of a pull request. The first line is a comment by which the next run finds it. Words from the repository are
 * escaped: they make no links, mentions or HTML.
 */
#include "admission/report_int.h"

#define MARKER "<!-- aspora-admission -->\n"
#define FINDINGS_SHOWN 50

/* Forges make a link of "www." alone. */
static bool ends_in_www(struct str s, size_t at)
{
	return at >= 3 && str_eq_nocase(str_sub(s, at - 3, at), STR("www"));
}

static void escape(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len;) {
		size_t from = i;
		uint32_t r = str_next_rune(s, &i);
		if (r == '\n' || r == '\r' || r == '\t')
			buf_add_char(out, ' ');
		else if (r == '<' || r == '>' || r == '&' || r == '@' || r == '#' || r == ':')
			buf_addf(out, "&#%u;", (unsigned)r);
		else if (rune_is_deceptive(r) || r == 0xFFFD)
			buf_addf(out, "\\\\u{%x}", (unsigned)r);
		else {
			if ((r < 0x80 && strchr("\\`*_{}[]()+-!|~$", (int)r)) ||
			    (r == '.' && ends_in_www(s, from)))
				buf_add_char(out, '\\');
			buf_add_str(out, str_sub(s, from, i));
		}
	}
}

static void place(struct buf *out, const struct finding *f)
{
	if (!f->path.len)
		return;
	escape(out, f->path);
	if (f->line)
		buf_addf(out, " line %u", f->line);
}

static void add_finding(struct buf *out, const struct finding *f)
{
	static const char *const marks[] = {"note", "warning", "**denied**"};
	buf_addf(out, "- %s, %s", marks[f->severity], f->rule);
	if (f->path.len) {
		buf_addz(out, ", ");
		place(out, f);
	}
	buf_addz(out, ": ");
	escape(out, f->message);
	if (f->remedy.len) {
		buf_addz(out, "  \n  _");
		escape(out, f->remedy);
		buf_addz(out, "_");
	}
	buf_add_char(out, '\n');
}

static void add_findings(struct buf *out, const struct findings *f)
{
	size_t shown = 0;
	if (!f->count)
		return;
	buf_addz(out, "\nFindings:\n\n");
	for (int s = SEVERITY_DENY; s >= SEVERITY_NOTE; s--)
		for (size_t i = 0; i < f->count; i++) {
			if ((int)f->items[i].severity != s)
				continue;
			if (shown++ < FINDINGS_SHOWN)
				add_finding(out, &f->items[i]);
		}
	if (shown > FINDINGS_SHOWN)
		buf_addf(out, "- and %zu more\n", shown - FINDINGS_SHOWN);
}

static void add_growth(void *state, const struct skill_change *c, const struct change_detail *d)
{
	struct buf *out = state;
	buf_addz(out, "- ");
	escape(out, c->name);
	buf_addz(out, ": ");
	escape(out, d->text);
	buf_add_char(out, '\n');
}

static void add_changes(struct buf *out, const struct domain_change *c)
{
	if (!c || !c->skill_count)
		return;
	buf_addz(out, "\nChanges:\n\n");
	for (size_t i = 0; i < c->skill_count; i++) {
		const struct skill_change *s = &c->skills[i];
		buf_addz(out, "- ");
		escape(out, s->name);
		buf_addf(out, " (%s)", change_op_name(s->op));
		for (size_t k = 0; k < s->detail_count; k++) {
			buf_addz(out, k ? "; " : ": ");
			escape(out, s->details[k].text);
		}
		buf_add_char(out, '\n');
	}
}

static void add_domain(struct buf *out, const struct admission_domain *d)
{
	buf_addz(out, "\n### ");
	escape(out, d->name);
	buf_addf(out, ": %s\n", report_outcome(d));
	for (size_t i = 0; i < d->held_count; i++) {
		buf_addz(out, i ? ", " : "\nHeld at what is deployed: ");
		escape(out, d->held[i]);
	}
	if (d->held_count)
		buf_add_char(out, '\n');
	add_findings(out, &d->verdict.findings);
	if (d->change && report_has_growth(d->change)) {
		buf_addz(out, "\nMore than it had:\n\n");
		report_each_growth(d->change, add_growth, out);
	}
	add_changes(out, d->change);
}

static void write_markdown(struct buf *out, const struct admission *a, const struct report_opts *o)
{
	(void)o;
	buf_addz(out, MARKER "## Admission: ");
	buf_addz(out, a->allow ? "allowed\n\n" : "denied\n\n");
	report_summary(out, a);
	buf_addz(out, ".\n");
	if (a->repository.count) {
		buf_addz(out, "\n### Repository\n");
		add_findings(out, &a->repository);
	}
	if (a->platform_judged) {
		buf_addf(out, "\n### Platform configuration: %s\n",
			 a->platform.allow ? "allowed" : "denied");
		add_findings(out, &a->platform.findings);
	}
	for (size_t i = 0; i < a->domain_count; i++)
		add_domain(out, &a->domains[i]);
}

const struct report_format report_markdown = {"markdown", "text/markdown; charset=utf-8",
					      "Markdown, for the comment on a pull request.",
					      write_markdown};
