/*
 * Markdown: the sticky comment of a pull request. The first line is a comment by which the next run finds it. Words from the repository are
 * escaped: they make no links, mentions or HTML. Forges refuse a long comment: what does not fit is counted, and the end says where it is.
 */
#include "admission/report_int.h"

#define MARKER "<!-- aspora-admission -->\n"
#define DIFFERENCE_MARKER "<!-- aspora-difference -->\n"
#define FINDINGS_SHOWN 50
#define COMMENT_MAX ((size_t)65536) /* bytes; GitHub takes as many characters */
#define END_ROOM ((size_t)1024) /* for the words about what was left out */

/* A comment under way. Pieces are whole lines; after one that does not fit none is written. */
struct comment {
	struct buf *out;
	struct buf piece;
	const struct report_opts *opts;
	bool full;
	size_t findings, lines; /* left out */
};

static struct buf *begin(struct comment *c)
{
	buf_reset(&c->piece);
	return &c->piece;
}

static void end(struct comment *c, size_t *left_out)
{
	c->full = c->full || c->piece.overflow ||
		  c->out->len + c->piece.len > COMMENT_MAX - END_ROOM;
	if (c->full)
		(*left_out)++;
	else
		buf_add_str(c->out, buf_str(&c->piece));
}

static void line(struct comment *c, const char *text)
{
	buf_addz(begin(c), text);
	size_t headings = 0;
	end(c, &headings);
}

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

static void add_finding(struct comment *c, const struct finding *f)
{
	static const char *const marks[] = {"note", "warning", "**denied**"};
	struct buf *out = begin(c);
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
	end(c, &c->findings);
}

static void add_findings(struct comment *c, const struct findings *f)
{
	size_t shown = 0;
	if (!f->count)
		return;
	line(c, "\nFindings:\n\n");
	for (int s = SEVERITY_DENY; s >= SEVERITY_NOTE; s--)
		for (size_t i = 0; i < f->count; i++) {
			if ((int)f->items[i].severity != s)
				continue;
			if (shown++ < FINDINGS_SHOWN)
				add_finding(c, &f->items[i]);
		}
	if (shown <= FINDINGS_SHOWN)
		return;
	if (c->full) {
		c->findings += shown - FINDINGS_SHOWN;
		return;
	}
	buf_addf(begin(c), "- and %zu more\n", shown - FINDINGS_SHOWN);
	end(c, &c->lines);
}

static void add_growth(void *state, const struct skill_change *s, const struct change_detail *d)
{
	struct comment *c = state;
	struct buf *out = begin(c);
	buf_addz(out, "- ");
	escape(out, s->name);
	buf_addz(out, ": ");
	escape(out, d->text);
	buf_add_char(out, '\n');
	end(c, &c->lines);
}

static void add_changes(struct comment *c, const struct domain_change *change)
{
	if (!change || !change->skill_count)
		return;
	line(c, "\nChanges:\n\n");
	for (size_t i = 0; i < change->skill_count; i++) {
		const struct skill_change *s = &change->skills[i];
		struct buf *out = begin(c);
		buf_addz(out, "- ");
		escape(out, s->name);
		buf_addf(out, " (%s)", change_op_name(s->op));
		for (size_t k = 0; k < s->detail_count; k++) {
			buf_addz(out, k ? "; " : ": ");
			escape(out, s->details[k].text);
		}
		buf_add_char(out, '\n');
		end(c, &c->lines);
	}
}

/* --- costs ---------------------------------------------------------------------------------------------------- */

static void add_usd(struct buf *out, bool had, int64_t was, int64_t is)
{
	char text[32];
	if (had && was != is)
		buf_addf(out, "%s → ", report_usd(was, text));
	buf_addf(out, "%s | ", report_usd(is, text));
}

static void add_tokens(struct buf *out, const struct skill_change *s, uint32_t was, uint32_t is)
{
	if (!s->costs.counted)
		buf_addz(out, "not counted");
	else if (s->was.counted && was != is)
		buf_addf(out, "%u → %u (%+lld)", was, is, (long long)is - (long long)was);
	else
		buf_addf(out, "%u", is);
	buf_addz(out, " |");
}

static bool costs_differ(const struct skill_change *s)
{
	const struct skill_cost *a = &s->was, *b = &s->costs;
	bool tokens = a->counted && b->counted &&
		      (a->metadata_tokens != b->metadata_tokens ||
		       a->body_tokens != b->body_tokens);
	return b->known && (!a->known || tokens || a->per_run_microusd != b->per_run_microusd ||
			    a->per_day_microusd != b->per_day_microusd);
}

/* What skills may spend and take of a context, where the change touches that. */
static void add_costs(struct comment *c, const struct domain_change *change)
{
	bool any = false;
	for (size_t i = 0; change && i < change->skill_count; i++) {
		const struct skill_change *s = &change->skills[i];
		const struct skill_cost *was = &s->was, *is = &s->costs;
		if (!costs_differ(s))
			continue;
		if (!any)
			line(c, "\nCosts:\n\n| skill | a run, USD | a day, USD | always loaded, "
				"tokens "
				"| when used, tokens |\n|---|---|---|---|---|\n");
		any = true;
		struct buf *out = begin(c);
		buf_addz(out, "| ");
		escape(out, s->name);
		buf_addz(out, " | ");
		add_usd(out, was->known, was->per_run_microusd, is->per_run_microusd);
		add_usd(out, was->known, was->per_day_microusd, is->per_day_microusd);
		add_tokens(out, s, was->metadata_tokens, is->metadata_tokens);
		buf_add_char(out, ' ');
		add_tokens(out, s, was->body_tokens, is->body_tokens);
		buf_add_char(out, '\n');
		end(c, &c->lines);
	}
}

/* What changes, in words: first what gives a skill more than it had. */
static void add_words(struct comment *c, const struct domain_change *change)
{
	if (change && report_has_growth(change)) {
		line(c, "\nMore than it had:\n\n");
		report_each_growth(change, add_growth, c);
	}
	add_costs(c, change);
	add_changes(c, change);
}

/* --- the whole ------------------------------------------------------------------------------------------------ */

static void add_domain(struct comment *c, const struct admission_domain *d)
{
	struct buf *out = begin(c);
	buf_addz(out, "\n### ");
	escape(out, d->name);
	buf_addf(out, ": %s\n", report_outcome(d));
	for (size_t i = 0; i < d->held_count; i++) {
		buf_addz(out, i ? ", " : "\nHeld at what is deployed: ");
		escape(out, d->held[i]);
	}
	if (d->held_count)
		buf_add_char(out, '\n');
	end(c, &c->lines);
	add_findings(c, &d->verdict.findings);
	add_words(c, d->change);
}

static void add_left_out(const struct comment *c, const char *verb)
{
	struct buf *out = c->out;
	if (!c->findings && !c->lines)
		return;
	buf_addz(out, "\n_Left out: ");
	report_number(out, c->findings, "finding");
	buf_addz(out, " and ");
	report_number(out, c->lines, "other line");
	buf_addz(out, ". A comment has no more room. ");
	const char *link = c->opts ? c->opts->link : NULL;
	if (link && strlen(link) < END_ROOM / 2 && !strpbrk(link, "<> \t\r\n\\")) {
		buf_addf(out, "All of it: <%s>_\n", link);
	} else {
		buf_addf(out, "All of it: `aspora %s -o text` or `-o json`, with the same base._\n",
			 verb);
	}
}

static void write_markdown(struct buf *out, const struct admission *a, const struct report_opts *o)
{
	struct comment c = {.out = out, .piece = BUF_INIT(COMMENT_MAX), .opts = o};
	buf_addz(out, MARKER "## Admission: ");
	buf_addz(out, a->allow ? "allowed\n\n" : "denied\n\n");
	report_summary(out, a);
	buf_addz(out, ".\n");
	if (a->repository.count) {
		line(&c, "\n### Repository\n");
		add_findings(&c, &a->repository);
	}
	if (a->platform_judged) {
		buf_addf(begin(&c), "\n### Platform configuration: %s\n",
			 a->platform.allow ? "allowed" : "denied");
		end(&c, &c.lines);
		add_findings(&c, &a->platform.findings);
	}
	/* What has to be corrected comes first: it is what must not be cut. */
	for (int allowed = 0; allowed < 2; allowed++)
		for (size_t i = 0; i < a->domain_count; i++)
			if (a->domains[i].verdict.allow == allowed)
				add_domain(&c, &a->domains[i]);
	add_left_out(&c, "admit");
	buf_release(&c.piece);
}

/* --- a difference ----------------------------------------------------------------------------------------------- */

static void add_domain_difference(struct comment *c, const struct domain_change *d)
{
	struct buf *out = begin(c);
	buf_addz(out, "\n### ");
	escape(out, d->name);
	if (d->skill_count)
		buf_addz(out, "\n");
	else
		buf_addf(out, ": %s\n", report_domain_words(d));
	end(c, &c->lines);
	add_words(c, d);
}

static void write_markdown_difference(struct buf *out, const struct report_difference *d,
				      const struct report_opts *o)
{
	struct comment c = {.out = out, .piece = BUF_INIT(COMMENT_MAX), .opts = o};
	buf_addz(out, DIFFERENCE_MARKER "## Difference\n\n");
	if (d->plan->domain_count)
		report_plan_summary(out, d->plan);
	else
		buf_addz(out, "No changes");
	buf_addz(out, ".\n");
	if (d->refused && d->refused->count) {
		line(&c, "\n### Refused in reading\n");
		add_findings(&c, d->refused);
	}
	for (size_t i = 0; i < d->plan->domain_count; i++)
		add_domain_difference(&c, &d->plan->domains[i]);
	add_left_out(&c, "diff");
	buf_release(&c.piece);
}

const struct report_format report_markdown = {"markdown", "text/markdown; charset=utf-8",
					      "Markdown, for the comment on a pull request.",
					      write_markdown, write_markdown_difference};
