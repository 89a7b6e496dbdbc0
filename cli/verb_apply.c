/* aspora apply: deploys files without a repository: skills, or whole domains. */
#include "cli/output.h"
#include "cli/target.h"
#include "cli/upload.h"
#include "cli/verbs.h"
#include "cli/wish.h"

static struct {
	struct opt_strings paths;
	const char *set;
	bool prune, override;
	int64_t ttl_ms;
} o;

static const struct opt options[] = {
	{"filename", 'f', OPT_STRINGS, &o.paths, "PATH",
	 "A repository, domain, skill or file; may be given again.", NULL},
	{"set", 0, OPT_STRING, &o.set, "NAME",
	 "The apply set that owns what is applied; \"apply\" when left out.", NULL},
	{"prune", 0, OPT_FLAG, &o.prune, NULL,
	 "Delete skills of this apply set that are not among the files.", NULL},
	{"override", 0, OPT_FLAG, &o.override, NULL,
	 "Lie over a domain that belongs to another source, for --ttl.", NULL},
	{"ttl", 0, OPT_DURATION, &o.ttl_ms, "TIME", "How long an override holds: 2h.", NULL},
	CLI_DRY_RUN_OPTION("Say what would happen, and change nothing: the gateway carries all of "
			   "it out in a transaction that comes to nothing. With =client nobody is "
			   "asked, and only what would be sent is said."),
	CLI_WISH_OPTIONS,
	OPT_END,
};

static int check(struct cli *c, struct err *err)
{
	int rc = cli_output_check(c, err);
	if (rc < 0)
		return rc;
	if (!o.paths.count) {
		rc = cli_usage(c, err, "apply needs -f: what to apply");
		err_remedy(err, "`aspora apply -f .` applies the skills of this folder");
		return rc;
	}
	if (o.override && o.ttl_ms <= 0) {
		rc = cli_usage(c, err, "--override needs --ttl: an override ends by itself");
		err_remedy(err, "add --ttl 2h");
		return rc;
	}
	if (o.ttl_ms && !o.override)
		return cli_usage(c, err,
				 "--ttl is for --override: what is applied otherwise stays");
	if (o.override && o.prune)
		return cli_usage(c, err, "--override and --prune exclude each other");
	return 0;
}

static int write_body(struct cli *c, struct buf *out, size_t *ret_files, struct err *err)
{
	struct json j;
	json_init(&j, out);
	json_object(&j);
	int rc = cli_upload_write(c, &j, &o.paths, ret_files, err);
	cli_json_member(&j, "applySet", o.set);
	json_bool(&j, "prune", o.prune);
	json_bool(&j, "override", o.override);
	json_bool(&j, "dryRun", cli_dry_run_is("server"));
	cli_json_duration(&j, "ttl", o.ttl_ms);
	cli_json_member(&j, "reason", cli_wish_reason);
	json_end(&j);
	return rc;
}

static int say_files(size_t files, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(256);
	buf_addf(&out, "%zu file%s would be sent%s\n", files, files == 1 ? "" : "s",
		 cli_dry_run_said());
	return cli_write(&out, err);
}

static int apply(struct cli *c, struct err *err)
{
	CLEANUP(cli_gateway_release) struct cli_gateway g = {0};
	CLEANUP(buf_release) struct buf body = BUF_INIT(BUF_MAX);
	size_t files = 0;
	int rc = check(c, err);
	if (rc == 0)
		rc = write_body(c, &body, &files, err);
	opt_strings_release(&o.paths);
	if (rc == 0 && cli_dry_run_is("client"))
		return say_files(files, err);
	if (rc == 0)
		rc = cli_gateway_open(c, &g, err);
	return rc < 0 ? rc : cli_wish(&g, cli_path(c, "uploads", NULL), buf_str(&body), err);
}

const struct cli_verb cli_verb_apply = {
	.name = "apply",
	.usage = "-f PATH...",
	.help = "Deploy skills or domains from files, without a repository.",
	.about =
		"What is applied is admitted as a commit is, and belongs to its apply set from "
		"then\n"
		"on. A domain that belongs to a repository is refused, unless --override lays the\n"
		"files over it for a while. A skill or a domain given as its folder is what the\n"
		"folder has: a file that was deleted there is gone. Skills that are not among the\n"
		"files stay, unless --prune is given. The platform's own files (FIRM.md, "
		"aspora.config.yaml of the\n"
		"repository) are never applied.\n\n"
		"The exit status is 6 when something is denied, and 5 when it belongs to another\n"
		"source; the rest is deployed all the same.",
	.options = options,
	.uses = CLI_USES_GATEWAY | CLI_USES_FOLDER | CLI_USES_OUTPUT,
	.run = apply,
};
