/* aspora diff: what would change, in words. */
#include "base/json.h"
#include "cli/judge.h"
#include "cli/verbs.h"

static struct {
	const char *base, *commit, *format;
} o;

static const char *const formats[] = {"text", "json", NULL};

static const struct opt options[] = {
	{"base", 'b', OPT_STRING, &o.base, "COMMIT",
	 "Compare with this branch, tag, commit or HEAD~1; HEAD when left out.", NULL},
	{"commit", 0, OPT_STRING, &o.commit, "COMMIT",
	 "Compare this commit instead of the folder as it is now.", NULL},
	{"output", 'o', OPT_STRING, &o.format, "FORMAT", "How to print: text or json.", formats},
	OPT_END,
};

static int diff(struct cli *c, struct err *err)
{
	CLEANUP(cli_judged_release) struct cli_judged j = {0};
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	int rc = cli_judge_sides(c, &(struct cli_sides){o.commit, o.base, "HEAD"}, &j, err);
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
	.usage = "[COMMIT] [DOMAIN | DIR]",
	.help = "Say in words what changes between a commit and the folder.",
	.about = "\"+\" is new, \"~\" changed, \"-\" gone; \"!\" marks what gives a skill more "
		 "than it had.\n"
		 "COMMIT is short for --base COMMIT: `aspora diff HEAD~1 ecm`.\n\n"
		 "The exit status is 0 when nothing differs, 1 when something does, and more than "
		 "1\n"
		 "when the two could not be compared.",
	.options = options,
	.uses = CLI_USES_FOLDER,
	.most = 2,
	.completes = CLI_SKILLS_HERE,
	.run = diff,
};
