/* aspora admit: may the folder, or a commit, be released? The verdict that asporad would give, without a server. */
#include "admission/report.h"
#include "cli/check.h"
#include "cli/judge.h"
#include "cli/report.h"
#include "cli/signers.h"
#include "cli/verbs.h"

static struct {
	const char *base, *commit, *format, *manual, *link;
	bool quiet, post, no_cache;
} o;
static struct opt_strings seen;
static struct cli_signers signers;

static const struct opt options[] = {
	{"base", 'b', OPT_STRING, &o.base, "COMMIT",
	 "What is deployed: a branch, tag, commit or HEAD~1; only what differs is judged. Nothing "
	 "when left out, and all is judged.",
	 NULL},
	{"commit", 0, OPT_STRING, &o.commit, "COMMIT",
	 "Judge this commit instead of the folder as it is now.", NULL},
	{"output", 'o', OPT_STRING, &o.format, "FORMAT",
	 "How to print: text, json, sarif, junit, markdown, github or gitlab.", NULL},
	{"quiet", 'q', OPT_FLAG, &o.quiet, NULL, "Text: only domains that are denied, no notes.",
	 NULL},
	{"manual-url", 0, OPT_STRING, &o.manual, "URL",
	 "Make links to the rules' sections that begin like this.", NULL},
	{"post", 0, OPT_FLAG, &o.post, NULL,
	 "Post the verdict to the gateway, as the check \"admission\" of each skill that was "
	 "judged.",
	 NULL},
	{"link", 0, OPT_STRING, &o.link, "URL",
	 "Where the job's report is, for --post and for a comment (-o markdown) that has to be "
	 "cut.",
	 NULL},
	{"no-cache", 0, OPT_FLAG, &o.no_cache, NULL,
	 "Read all of both sides, also what an earlier run or Git's index knows.", NULL},
	{"mcp-tools", 0, OPT_STRINGS, &seen, "SERVER=FILE",
	 "What an MCP server answers to tools/list now, to hold against mcp.lock. May be given "
	 "again.",
	 NULL},
	{"signers", 0, OPT_STRINGS, &signers.files, "FILE",
	 "Who has to have signed the commits since the base: OpenSSH's allowed_signers, or public "
	 "keys of gpg. May be given again.",
	 NULL},
	{"revoked", 0, OPT_STRING, &signers.revoked, "FILE",
	 "SSH keys that are withdrawn, with --signers.", NULL},
	{"signed-since", 0, OPT_STRING, &signers.since, "COMMIT",
	 "With --signers: this commit and all before it need no signature.", NULL},
	OPT_END,
};

static int admit(struct cli *c, struct err *err)
{
	CLEANUP(cli_judged_release) struct cli_judged j = {0};
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	const struct report_format *format = NULL;
	const struct report_opts how = {
		.color = c->color, .quiet = o.quiet, .manual_url = o.manual, .link = o.link};
	int rc = cli_report_format(o.format, &format, err);
	if (rc == 0)
		rc = cli_judge_sides(c,
				     &(struct cli_sides){o.commit, o.base, NULL,
							 !o.post && !o.no_cache, o.no_cache},
				     &j, err);
	if (rc == 0)
		rc = cli_judge_seen(c, &seen, &j, err);
	if (rc == 0)
		rc = cli_signers_look(c, &signers, o.commit, &j, err);
	if (rc == 0)
		rc = cli_judge_admit(c, &j, err);
	if (rc < 0)
		return rc;
	format->write(&out, j.admission, &how);
	if (format == report_format_find(STR("text")) && !o.quiet)
		cli_signers_say(&j, o.commit, &out);
	rc = cli_write(&out, err);
	if (rc == 0 && o.post)
		rc = cli_check_post_admission(c, &j, o.link, err);
	return rc < 0 ? rc : report_exit_status(j.admission);
}

const struct cli_verb cli_verb_admit = {
	.name = "admit",
	.usage = "[COMMIT] [DOMAIN | DIR]",
	.help = "Say whether the folder may be released, as asporad would.",
	.about = "Judges by every admission rule and the platform's policy. With --base only what "
		 "differs\n"
		 "from that commit is judged, and its policy is the one that judges, as on a "
		 "merge:\n"
		 "    aspora admit --base origin/main\n"
		 "COMMIT is short for --base COMMIT.\n\n"
		 "The folder is judged as it lies there, untracked and ignored files too. Beside a "
		 "base\n"
		 "every file's size and time are looked at, and read are those that have changed "
		 "since\n"
		 "Git looked at them (by its index) and the domains that differ. In a clean "
		 "checkout\n"
		 "--commit HEAD says the same and looks at no file, which is quicker where there "
		 "are\n"
		 "thousands.\n\n"
		 "In CI, -o sarif, junit, github or gitlab puts each finding on its line.\n\n"
		 "The exit status is 0 when all is allowed, and 6 when something is denied.",
	.options = options,
	.uses = CLI_USES_FOLDER | CLI_USES_GATEWAY,
	.most = 2,
	.completes = CLI_SKILLS_HERE,
	.run = admit,
};
