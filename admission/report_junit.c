/*
 * JUnit XML: one suite a domain, one case a skill that changes or has something said about it, and one for the domain itself. What denies is a
 * failure; the rest is output of its case.
 */
#include "admission/report_int.h"

/* XML 1.0 has no way to write most control bytes: they become U+FFFD. */
static void xml_escape(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len;) {
		size_t from = i;
		uint32_t r = str_next_rune(s, &i);
		if (r == '&')
			buf_addz(out, "&amp;");
		else if (r == '<')
			buf_addz(out, "&lt;");
		else if (r == '>')
			buf_addz(out, "&gt;");
		else if (r == '"')
			buf_addz(out, "&quot;");
		else if (r == '\n' || r == '\t')
			buf_addf(out, "&#%u;", (unsigned)r);
		else if (r < 0x20 || r == 0xFFFD || r == 0xFFFE || r == 0xFFFF)
			buf_addz(out, "\xEF\xBF\xBD");
		else
			buf_add_str(out, str_sub(s, from, i));
	}
}

static void attribute(struct buf *out, const char *name, struct str value)
{
	buf_addf(out, " %s=\"", name);
	xml_escape(out, value);
	buf_add_char(out, '"');
}

static bool is_about(const struct finding *f, struct str skill)
{
	return str_eq(f->skill, skill);
}

static void add_text(struct buf *out, const struct finding *f)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(64 * 1024);
	finding_text(&text, f);
	xml_escape(out, buf_str(&text));
}

static void add_failures(struct buf *out, const struct findings *all, struct str skill)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct finding *f = &all->items[i];
		if (f->severity != SEVERITY_DENY || !is_about(f, skill))
			continue;
		buf_addz(out, "      <failure");
		attribute(out, "type", str_of(f->rule));
		attribute(out, "message", f->message);
		buf_addz(out, ">");
		add_text(out, f);
		buf_addz(out, "</failure>\n");
	}
}

static void add_output(struct buf *out, const struct findings *all, struct str skill)
{
	bool open = false;
	for (size_t i = 0; i < all->count; i++) {
		const struct finding *f = &all->items[i];
		if (f->severity == SEVERITY_DENY || !is_about(f, skill))
			continue;
		if (!open)
			buf_addz(out, "      <system-out>");
		open = true;
		add_text(out, f);
	}
	if (open)
		buf_addz(out, "</system-out>\n");
}

static bool fails(const struct findings *all, struct str skill)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->items[i].severity == SEVERITY_DENY && is_about(&all->items[i], skill))
			return true;
	return false;
}

static void add_case(struct buf *out, struct str suite, struct str skill,
		     const struct findings *all)
{
	buf_addz(out, "    <testcase");
	attribute(out, "classname", suite);
	attribute(out, "name", skill.len ? skill : STR("(domain)"));
	buf_addz(out, " time=\"0\">\n");
	add_failures(out, all, skill);
	add_output(out, all, skill);
	buf_addz(out, "    </testcase>\n");
}

/* The skills that get a case: those that change and those that findings are about, by name, each once. */
struct names {
	struct str *items;
	size_t count, cap;
};

static void add_name(struct arena *a, struct names *n, struct str name)
{
	size_t at = 0;
	while (at < n->count && str_cmp(n->items[at], name) < 0)
		at++;
	if (!name.len || (at < n->count && str_eq(n->items[at], name)))
		return;
	ARENA_GROW(a, n->items, n->count, n->cap);
	memmove(n->items + at + 1, n->items + at, (n->count - at) * sizeof(*n->items));
	n->items[at] = name;
	n->count++;
}

static void add_property(void *state, const struct skill_change *c, const struct change_detail *d)
{
	struct buf *out = state;
	CLEANUP(buf_release) struct buf text = BUF_INIT(16 * 1024);
	buf_addf(&text, "%.*s: %.*s", STR_ARG(c->name), STR_ARG(d->text));
	buf_addz(out, "      <property name=\"growth\"");
	attribute(out, "value", buf_str(&text));
	buf_addz(out, "/>\n");
}

/* What the change gives skills beyond what they had. */
static void add_properties(struct buf *out, const struct domain_change *c)
{
	if (!report_has_growth(c))
		return;
	buf_addz(out, "    <properties>\n");
	report_each_growth(c, add_property, out);
	buf_addz(out, "    </properties>\n");
}

static void add_suite(struct buf *out, struct str suite, const struct domain_change *c,
		      const struct findings *all)
{
	struct arena *a = arena_new(BUF_MAX);
	struct names n = {0};
	size_t failures = fails(all, STR(""));
	for (size_t i = 0; c && i < c->skill_count; i++)
		add_name(a, &n, c->skills[i].name);
	for (size_t i = 0; i < all->count; i++)
		add_name(a, &n, all->items[i].skill);
	for (size_t i = 0; i < n.count; i++)
		failures += fails(all, n.items[i]);
	buf_addz(out, "  <testsuite");
	attribute(out, "name", suite);
	buf_addf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"0\" time=\"0\">\n",
		 n.count + 1, failures);
	add_properties(out, c);
	add_case(out, suite, STR(""), all);
	for (size_t i = 0; i < n.count; i++)
		add_case(out, suite, n.items[i], all);
	buf_addz(out, "  </testsuite>\n");
	arena_free(a);
}

static void begin(struct buf *out, const char *what)
{
	buf_addf(out,
		 "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"aspora %s\">\n",
		 what);
}

static void write_junit(struct buf *out, const struct admission *a, const struct report_opts *o)
{
	(void)o;
	begin(out, "admit");
	if (a->repository.count)
		add_suite(out, STR("repository"), NULL, &a->repository);
	if (a->platform_judged)
		add_suite(out, STR("platform configuration"), NULL, &a->platform.findings);
	for (size_t i = 0; i < a->domain_count; i++)
		add_suite(out, a->domains[i].name, a->domains[i].change,
			  &a->domains[i].verdict.findings);
	buf_addz(out, "</testsuites>\n");
}

static void collect(void *state, const struct finding *f)
{
	struct findings *all = state;
	struct finding *own = findings_add(all, f);
	own->path = arena_str(all->arena, f->path);
	own->message = arena_str(all->arena, f->message);
}

/* A skill that changes is a case that passes and says how; one that cannot be read fails. */
static void write_junit_difference(struct buf *out, const struct report_difference *d,
				   const struct report_opts *o)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(BUF_MAX);
	struct findings all;
	(void)o;
	findings_init(&all, a);
	report_each_refused_beside(d, collect, &all);
	begin(out, "diff");
	if (all.count)
		add_suite(out, STR("repository"), NULL, &all);
	for (size_t i = 0; i < d->plan->domain_count; i++) {
		const struct domain_change *c = &d->plan->domains[i];
		findings_init(&all, a);
		report_each_change_of(d, c, collect, &all);
		add_suite(out, c->name, c, &all);
	}
	buf_addz(out, "</testsuites>\n");
}

const struct report_format report_junit = {"junit", "application/xml",
					   "JUnit XML, for CI servers that show tests.",
					   write_junit, write_junit_difference};
