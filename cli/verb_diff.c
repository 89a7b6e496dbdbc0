/* aspora diff: what would change, in words. */
#include "cli/diff_deployed.h"
#include "cli/diff_files.h"
#include "cli/judge.h"
#include "cli/report.h"
#include "cli/verbs.h"

static struct {
	const char *base, *commit, *format, *from, *to, *link;
	struct opt_strings files;
} o;

static const struct opt options[] = {
	{"base", 'b', OPT_STRING, &o.base, "COMMIT",
	 "Compare with this branch, tag, commit or HEAD~1; HEAD when left out.", NULL},
	{"commit", 0, OPT_STRING, &o.commit, "COMMIT",
	 "Compare this commit instead of the folder as it is now.", NULL},
	{"filename", 'f', OPT_STRINGS, &o.files, "PATH",
	 "Compare this repository, domain, skill or file with what is deployed, as `aspora apply "
	 "-f` would change it; may be given again.",
	 NULL},
	{"from", 0, OPT_STRING, &o.from, "WHEN",
	 "Compare what was deployed, not the folder: a release (3), a revision (i1.47), a commit, "
	 "a "
	 "time, or how long ago (2h).",
	 NULL},
	{"to", 0, OPT_STRING, &o.to, "WHEN",
	 "--from: with what was deployed then; with now when left out.", NULL},
	{"output", 'o', OPT_STRING, &o.format, "FORMAT",
	 "How to print: text, json, sarif, junit, markdown, github or gitlab.", NULL},
	{"link", 0, OPT_STRING, &o.link, "URL",
	 "Where the job's report is, for a comment (-o markdown) that has to be cut.", NULL},
	OPT_END,
};

static int deployed(struct cli *c, const struct report_format *format,
		    const struct report_opts *how, struct err *err)
{
	if (o.base || o.commit)
		return cli_usage(c, err,
				 "--from is about what is deployed, and --%s about the folder",
				 o.base ? "base" : "commit");
	if (c->operand_count > 1)
		return cli_usage(c, err, "--from takes a domain, and \"%s\" is one word too many",
				 c->operands[1]);
	return cli_diff_deployed(c, o.from, o.to, c->operand_count ? c->operands[0] : NULL, format,
				 how, err);
}

static bool is_in(const struct findings *all, const struct finding *f)
{
	char one[17], other[17];
	finding_fingerprint(f, one);
	for (size_t i = 0; i < all->count; i++)
		if (strcmp(finding_fingerprint(&all->items[i], other), one) == 0)
			return true;
	return false;
}

static bool changes(const struct domain_change *d, struct str skill)
{
	for (size_t i = 0; i < d->skill_count; i++)
		if (str_eq(d->skills[i].name, skill))
			return true;
	return !skill.len;
}

static void find_refused_of(const struct domain_change *d, struct findings *ret)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(BUF_MAX);
	struct findings all;
	findings_init(&all, a);
	if (d->to)
		domain_findings(d->to, &all);
	for (size_t i = 0; i < all.count; i++)
		if (all.items[i].severity == SEVERITY_DENY && changes(d, all.items[i].skill))
			findings_add(ret, &all.items[i]);
}

/* What is refused of that which differs: the words beside it are about what is left of it. Of the repository itself, what the base has not too. */
static void find_refused(const struct cli_judged *j, struct findings *ret)
{
	const struct findings *now = &j->want.snap->findings, *old = &j->base.snap->findings;
	for (size_t i = 0; i < now->count; i++)
		if (now->items[i].severity == SEVERITY_DENY && !is_in(old, &now->items[i]))
			findings_add(ret, &now->items[i]);
	for (size_t i = 0; i < j->plan->domain_count; i++)
		find_refused_of(&j->plan->domains[i], ret);
	findings_sort(ret);
}

static int files(struct cli *c, const struct report_format *format, const struct report_opts *how,
		 struct err *err)
{
	int rc;
	if (o.base || o.commit || o.from || o.to || c->operand_count)
		rc = cli_usage(c, err,
			       "-f is compared with what is deployed, and with nothing else");
	else
		rc = cli_diff_files(c, &o.files, format, how, err);
	opt_strings_release(&o.files);
	return rc;
}

static int diff(struct cli *c, struct err *err)
{
	CLEANUP(cli_judged_release) struct cli_judged j = {0};
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	const struct report_opts how = {.color = c->color, .link = o.link};
	const struct report_format *format = NULL;
	struct findings refused;
	int rc = cli_report_format(o.format, &format, err);
	if (rc < 0)
		return rc;
	if (o.files.count)
		return files(c, format, &how, err);
	if (o.from)
		return deployed(c, format, &how, err);
	if (o.to)
		return cli_usage(c, err, "--to needs --from");
	rc = cli_judge_sides(c, &(struct cli_sides){o.commit, o.base, "HEAD", false, false}, &j,
			     err);
	if (rc < 0)
		return rc;
	findings_init(&refused, c->arena);
	find_refused(&j, &refused);
	format->write_difference(&out, &(struct report_difference){j.plan, &refused}, &how);
	rc = cli_write(&out, err);
	bool same = j.plan->domain_count == 0 && refused.count == 0;
	return rc < 0 || same ? rc : err_exit_status(ERR_DRIFT);
}

const struct cli_verb cli_verb_diff = {
	.name = "diff",
	.usage = "[COMMIT] [DOMAIN | DIR] | -f PATH",
	.help = "Say in words what changes between a commit and the folder.",
	.about = "\"+\" is new, \"~\" changed, \"-\" gone; \"!\" marks what gives a skill more "
		 "than it had.\n"
		 "COMMIT is short for --base COMMIT: `aspora diff HEAD~1 ecm`.\n"
		 "With --from the gateway is asked what was deployed then, and what is now:\n\n"
		 "    aspora diff --from 3 ecm\n"
		 "    aspora diff --from yesterday --to 2h\n\n"
		 "With -f files are held against what is deployed, as `kubectl diff -f` does:\n\n"
		 "    aspora diff -f skills/ecm\n\n"
		 "In CI, -o github or gitlab puts a note on each skill, -o markdown is a comment "
		 "with\n"
		 "costs and tokens before and after. What differs and is refused already in "
		 "reading\n"
		 "is said too; whether the rest may be released, `aspora admit` says.\n\n"
		 "The exit status is 0 when nothing differs, 1 when something does, and more than "
		 "1\n"
		 "when the two could not be compared.",
	.options = options,
	.uses = CLI_USES_FOLDER | CLI_USES_GATEWAY,
	.most = 2,
	.completes = CLI_SKILLS_HERE,
	.run = diff,
};
