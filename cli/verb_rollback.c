/* aspora rollback: a domain or skill as it was. What would change is shown before it is done. */
#include "cli/output.h"
#include "cli/rollback.h"
#include "cli/verbs.h"
#include "cli/wish.h"

static struct {
	const char *to;
	bool yes, force, dry_run;
} o;

static const struct opt options[] = {
	{"to", 0, OPT_STRING, &o.to, "RELEASE",
	 "The release to go back to (`aspora history` lists them); the one before when left out.",
	 NULL},
	{"yes", 'y', OPT_FLAG, &o.yes, NULL, "Do not ask.", NULL},
	{"dry-run", 0, OPT_FLAG, &o.dry_run, NULL, "Say what would happen, and change nothing.",
	 NULL},
	{"force", 0, OPT_FLAG, &o.force, NULL,
	 "Although today's policy refuses what was admitted then; this is audited.", NULL},
	CLI_WISH_OPTIONS,
	OPT_END,
};

static int ask(struct cli_gateway *g, const struct cli_rollback *r, bool dry_run,
	       const struct doc_node **ret, struct err *err)
{
	CLEANUP(buf_release) struct buf body = BUF_INIT(BUF_MAX);
	struct json j;
	json_init(&j, &body);
	json_object(&j);
	json_strz(&j, "domain", r->domain);
	cli_json_member(&j, "skill", r->skill);
	cli_json_member(&j, "to", r->to);
	cli_json_member(&j, "reason", cli_wish_reason);
	json_bool(&j, "force", r->force);
	json_bool(&j, "dryRun", dry_run);
	json_end(&j);
	return cli_wish_send(g, cli_path(g->c, "rollbacks", NULL), buf_str(&body), ret, err);
}

/* Shows what would happen; 0 when a person wants it. */
static int preview(struct cli_gateway *g, const struct cli_rollback *r, struct err *err)
{
	const struct doc_node *wish = NULL;
	int rc = ask(g, r, true, &wish, err);
	if (rc == 0)
		rc = cli_wish_print(g->c, wish, err);
	if (rc != 0)
		return rc;
	if (cli_confirm(g->c, "Go on?"))
		return 0;
	return err_set(err, ERR_CANCELLED, "nothing was changed");
}

int cli_rollback(struct cli_gateway *g, const struct cli_rollback *r, struct err *err)
{
	const struct doc_node *wish = NULL;
	const struct cli *c = g->c;
	if (!r->yes && !r->dry_run && !(c->terminal_in && c->terminal_err)) {
		int rc = cli_usage(c, err, "there is no terminal to ask whether to go on");
		err_remedy(err, "add --yes to roll back, or --dry-run to see what would happen");
		return rc;
	}
	int rc = r->yes || r->dry_run ? 0 : preview(g, r, err);
	if (rc == 0)
		rc = ask(g, r, r->dry_run, &wish, err);
	return rc != 0 ? rc : cli_wish_print(g->c, wish, err);
}

static int rollback(struct cli *c, struct err *err)
{
	CLEANUP(cli_gateway_release) struct cli_gateway g = {0};
	struct cli_rollback r = {.to = o.to, .yes = o.yes, .dry_run = o.dry_run, .force = o.force};
	int rc = cli_operand_skill(c, c->operands[0], false, &r.domain, &r.skill, err);
	if (rc == 0)
		rc = cli_gateway_open(c, &g, err);
	return rc < 0 ? rc : cli_rollback(&g, &r, err);
}

const struct cli_verb cli_verb_rollback = {
	.name = "rollback",
	.usage = "DOMAIN[/SKILL] [--to RELEASE]",
	.help = "Go back to an earlier version of a skill or domain.",
	.about = "Shows what would change and asks before it does it; --yes does not ask. What "
		 "came\n"
		 "after the target is quarantined, so that the next sync does not bring it back;\n"
		 "a new commit with other content is deployed as always. What comes back is "
		 "admitted\n"
		 "under today's policy.",
	.options = options,
	.uses = CLI_USES_GATEWAY | CLI_USES_OUTPUT,
	.least = 1,
	.most = 1,
	.completes = CLI_SKILLS,
	.run = rollback,
};
