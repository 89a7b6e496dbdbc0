/*
 * What forges read line by line: GitHub's workflow commands ("::error file=…") and GitLab's code quality report.
 */
#include "admission/report_int.h"

/* --- GitHub ----------------------------------------------------------------------------------------------------- */

/* The runner's own escapes; ':' and ',' only end properties. What a terminal or an eye would take for something else is written out. */
static void escape(struct buf *out, struct str s, bool property)
{
	for (size_t i = 0; i < s.len;) {
		size_t from = i;
		uint32_t r = str_next_rune(s, &i);
		if (r == '%')
			buf_addz(out, "%25");
		else if (r == '\r')
			buf_addz(out, "%0D");
		else if (r == '\n')
			buf_addz(out, "%0A");
		else if (property && r == ':')
			buf_addz(out, "%3A");
		else if (property && r == ',')
			buf_addz(out, "%2C");
		else if (r == '\t')
			buf_add_char(out, '\t');
		else if (rune_is_deceptive(r) || r == 0xFFFD)
			buf_addf(out, "\\u{%x}", (unsigned)r);
		else
			buf_add_str(out, str_sub(s, from, i));
	}
}

static void add_github(void *state, const struct finding *f)
{
	static const char *const commands[] = {"notice", "warning", "error"};
	struct buf *out = state;
	buf_addf(out, "::%s ", commands[f->severity]);
	if (f->path.len) {
		buf_addz(out, "file=");
		escape(out, f->path, true);
		if (f->line)
			buf_addf(out, ",line=%u,col=%u", f->line, f->column ? f->column : 1);
		buf_add_char(out, ',');
	}
	buf_addf(out, "title=%s::", f->rule);
	escape(out, f->message, false);
	if (f->remedy.len) {
		buf_addz(out, "%0A");
		escape(out, f->remedy, false);
	}
	buf_add_char(out, '\n');
}

static void write_github(struct buf *out, const struct admission *a, const struct report_opts *o)
{
	(void)o;
	report_each_finding(a, add_github, out);
	report_each_growth_as_note(a, add_github, out);
}

static void write_github_difference(struct buf *out, const struct report_difference *d,
				    const struct report_opts *o)
{
	(void)o;
	report_each_change(d, add_github, out);
}

const struct report_format report_github = {
	"github", "text/plain; charset=utf-8",
	"GitHub workflow commands: annotations on the lines of a pull request.", write_github,
	write_github_difference};

/* --- GitLab ------------------------------------------------------------------------------------------------------- */

static void add_gitlab(void *state, const struct finding *f)
{
	static const char *const severities[] = {"info", "minor", "blocker"};
	CLEANUP(buf_release) struct buf text = BUF_INIT(16 * 1024);
	struct json *j = state;
	char print[17];
	buf_add_str(&text, f->message);
	if (f->remedy.len) {
		buf_addz(&text, " (");
		buf_add_str(&text, f->remedy);
		buf_add_char(&text, ')');
	}
	json_object(j);
	json_str(j, "description", buf_str(&text));
	json_strz(j, "check_name", f->rule);
	json_strz(j, "fingerprint", finding_fingerprint(f, print));
	json_strz(j, "severity", severities[f->severity]);
	json_object_in(j, "location");
	json_str(j, "path", f->path.len ? f->path : STR("."));
	json_object_in(j, "lines");
	json_int(j, "begin", f->line ? f->line : 1);
	json_end(j);
	json_end(j);
	json_end(j);
}

static void write_gitlab(struct buf *out, const struct admission *a, const struct report_opts *o)
{
	struct json j;
	(void)o;
	json_init(&j, out);
	json_array(&j);
	report_each_finding(a, add_gitlab, &j);
	report_each_growth_as_note(a, add_gitlab, &j);
	json_end(&j);
	buf_add_char(out, '\n');
}

static void write_gitlab_difference(struct buf *out, const struct report_difference *d,
				    const struct report_opts *o)
{
	struct json j;
	(void)o;
	json_init(&j, out);
	json_array(&j);
	report_each_change(d, add_gitlab, &j);
	json_end(&j);
	buf_add_char(out, '\n');
}

const struct report_format report_gitlab = {"gitlab", "application/json",
					    "GitLab code quality, for merge requests.",
					    write_gitlab, write_gitlab_difference};
