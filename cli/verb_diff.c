/* aspora diff: what would change, in words. */
#include "base/json.h"
#include "cli/diff_deployed.h"
#include "cli/diff_files.h"
#include "cli/judge.h"
#include "cli/verbs.h"

static struct {
	const char *base, *commit, *format, *from, *to;
	struct opt_strings files;
} o;

static const char *const formats[] = {"text", "json", NULL};

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
	{"output", 'o', OPT_STRING, &o.format, "FORMAT", "How to print: text or json.", formats},
	OPT_END,
};

static int deployed(struct cli *c, struct err *err)
{
	if (o.base || o.commit)
		return cli_usage(c, err,
				 "--from is about what is deployed, and --%s about the folder",
				 o.base ? "base" : "commit");
	if (c->operand_count > 1)
		return cli_usage(c, err, "--from takes a domain, and \"%s\" is one word too many",
				 c->operands[1]);
	return cli_diff_deployed(c, o.from, o.to, c->operand_count ? c->operands[0] : NULL,
				 o.format, err);
}

static int files(struct cli *c, struct err *err)
{
	int rc;
	if (o.base || o.commit || o.from || o.to || c->operand_count)
		rc = cli_usage(c, err,
			       "-f is compared with what is deployed, and with nothing else");
	else
		rc = cli_diff_files(c, &o.files, o.format, err);
	opt_strings_release(&o.files);
	return rc;
}

static int diff(struct cli *c, struct err *err)
{
	if (o.files.count)
		return files(c, err);
	if (o.from)
		return deployed(c, err);
	if (o.to)
		return cli_usage(c, err, "--to needs --from");
	CLEANUP(cli_judged_release) struct cli_judged j = {0};
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	int rc = cli_judge_sides(c, &(struct cli_sides){o.commit, o.base, "HEAD", false}, &j, err);
	if (rc < 0)
		return rc;
	if (o.format && strcmp(o.format, "json") == 0) {
		struct json w;
		json_init(&w, &out);
		plan_json(&w, j.plan);
		buf_add_char(&out, '\n');
	} else {
		plan_text(&out, j.plan);
	}
	rc = cli_write(&out, err);
	return rc < 0 || j.plan->domain_count == 0 ? rc : err_exit_status(ERR_DRIFT);
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
		 "The exit status is 0 when nothing differs, 1 when something does, and more than "
		 "1\n"
		 "when the two could not be compared.",
	.options = options,
	.uses = CLI_USES_FOLDER | CLI_USES_GATEWAY,
	.most = 2,
	.completes = CLI_SKILLS_HERE,
	.run = diff,
};
