/* aspora check post: tells the gateway what a test tool found, for the content that it ran on. */
#include "base/io.h"
#include "cli/check.h"
#include "cli/verbs.h"

static struct {
	const char *name, *from, *tool, *version, *link, *commit;
	bool all, dry_run;
} o;

static const char *const words[] = {"post", NULL};

static const struct opt options[] = {
	{"name", 'n', OPT_STRING, &o.name, "NAME",
	 "What tests.required calls the check: promptfoo, deepeval, …", NULL},
	{"from", 'f', OPT_STRING, &o.from, "FILE",
	 "What the tool wrote: promptfoo's JSON, JUnit XML (pytest, DeepEval) or SARIF.", NULL},
	{"tool", 0, OPT_STRING, &o.tool, "NAME", "The program that ran, where FILE does not say.",
	 NULL},
	{"tool-version", 0, OPT_STRING, &o.version, "VERSION",
	 "Its version, where FILE does not say.", NULL},
	{"link", 0, OPT_STRING, &o.link, "URL", "Where the job's report is.", NULL},
	{"commit", 0, OPT_STRING, &o.commit, "COMMIT",
	 "It ran on this commit, and not on the folder as it is now.", NULL},
	{"all", 0, OPT_FLAG, &o.all, NULL,
	 "FILE names no skills, and its tests count for every skill that is meant.", NULL},
	{"dry-run", 0, OPT_FLAG, &o.dry_run, NULL, "Only print what would be posted.", NULL},
	OPT_END,
};

struct posting {
	struct cli *c;
	struct cli_gateway gateway;
	struct cli_folder folder;
	struct cli_tree tree;
	struct cli_scope scope;
	struct check_result result;
	size_t posted;
};

static void posting_release(struct posting *p)
{
	cli_gateway_release(&p->gateway);
	cli_tree_release(&p->tree);
	cli_folder_release(&p->folder);
}

static int post_one(struct posting *p, const struct skill *s, const struct check_count *n,
		    struct err *err)
{
	struct arena *a = p->c->arena;
	const struct check_result *r = &p->result;
	const struct cli_check check = {
		.name = o.name,
		.tool = o.tool ? o.tool : arena_strndup(a, r->tool.p, r->tool.len),
		.version = o.version ? o.version : arena_strndup(a, r->version.p, r->version.len),
		.link = o.link,
		.count = *n};
	CLEANUP(buf_release) struct buf body = BUF_INIT(BUF_MAX);
	p->posted++;
	if (!o.dry_run)
		return cli_check_send(&p->gateway, s, &check, err);
	cli_check_body(&body, s, &check);
	buf_add_char(&body, '\n');
	return cli_write(&body, err);
}

/* Tests that name no skill are those of the one that is meant, or, when asked for, of each. */
static int post_unnamed(struct posting *p, struct err *err)
{
	struct domain *d = NULL;
	struct domain_skill *ds = NULL;
	const struct snapshot *s = p->tree.snap;
	if (!o.all) {
		int rc = cli_scope_skill(p->c, s, &p->scope, &d, &ds, err);
		if (rc < 0)
			return err_remedy(err,
					  "%s does not say which skill it is about: name it, "
					  "or --all for every skill",
					  o.from);
		return post_one(p, ds->skill, &p->result.counts[0], err);
	}
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < s->domain_count; i++)
		for (size_t k = 0; rc == 0 && k < s->domains[i]->skill_count; k++) {
			const struct skill *skill = s->domains[i]->skills[k].skill;
			if (cli_scope_has(&p->scope, skill->domain, skill->name))
				rc = post_one(p, skill, &p->result.counts[0], err);
		}
	return rc;
}

static int post_named(struct posting *p, const struct check_count *n, struct err *err)
{
	struct str domain, name;
	if (!n->skill.len) {
		err_set(err, ERR_INVALID, "some tests of %s name a skill and some do not", o.from);
		return err_remedy(err, "write metadata.skill into each test, as `aspora test "
				       "--promptfoo` does");
	}
	int rc = name_split(n->skill, &domain, &name, err);
	if (rc < 0)
		return rc;
	const struct domain *d = snapshot_domain(p->tree.snap, domain);
	const struct domain_skill *ds = d ? domain_skill_find(d, name) : NULL;
	if (!ds)
		return err_set(err, ERR_NOT_FOUND, "%s tests %.*s, which is not here", o.from,
			       STR_ARG(n->skill));
	return cli_scope_has(&p->scope, domain, name) ? post_one(p, ds->skill, n, err) : 0;
}

static int post_all(struct posting *p, struct err *err)
{
	const struct check_result *r = &p->result;
	if (r->count == 1 && !r->counts[0].skill.len)
		return post_unnamed(p, err);
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < r->count; i++)
		rc = post_named(p, &r->counts[i], err);
	if (rc == 0 && !p->posted)
		return err_set(err, ERR_NOT_FOUND, "%s has no test of what is meant", o.from);
	return rc;
}

static int prepare(struct posting *p, struct err *err)
{
	struct cli *c = p->c;
	CLEANUP(buf_release) struct buf text = BUF_INIT((size_t)64 << 20);
	int rc = cli_folder_open(c, c->operand_count > 1 ? c->operands[1] : NULL, &p->folder,
				 &p->scope, err);
	if (rc == 0)
		rc = o.commit ? cli_read_commit(c, &p->folder, o.commit, NULL, &p->tree, err)
			      : cli_read_folder(&p->folder, &p->tree, err);
	if (rc == 0)
		rc = cli_scope_check(c, p->tree.snap, &p->scope, err);
	if (rc == 0)
		rc = io_read_file(o.from, &text, err);
	if (rc == 0)
		rc = check_result_read(c->arena, buf_str(&text), o.from, &p->result, err);
	if (rc == 0 && !o.dry_run)
		rc = cli_gateway_open(c, &p->gateway, err);
	return rc;
}

static int check(struct cli *c, struct err *err)
{
	CLEANUP(posting_release) struct posting p = {.c = c};
	if (!o.name || !o.from)
		return cli_usage(c, err,
				 "check post needs --name, what the check is called, and --from, "
				 "what the tool wrote");
	int rc = name_check(str_of(o.name), "check", err);
	if (rc == 0)
		rc = prepare(&p, err);
	if (rc == 0)
		rc = post_all(&p, err);
	if (rc == 0 && !o.dry_run)
		cli_say("posted %s of %zu skill%s", o.name, p.posted, p.posted == 1 ? "" : "s");
	return rc;
}

const struct cli_verb cli_verb_check = {
	.name = "check",
	.usage = "post [DOMAIN/NAME | DOMAIN | DIR] --name NAME --from FILE",
	.help = "Post what a test tool found to the gateway.",
	.about = "A result counts for exactly the content that it ran on: the skill as it is in "
		 "the\n"
		 "folder, or with --commit in a commit. Where policy requires the check "
		 "(tests.required),\n"
		 "a change waits for it and is deployed when enough of its tests passed. What was\n"
		 "skipped did not pass.\n\n"
		 "    promptfoo eval -o results.json\n"
		 "    aspora check post --name promptfoo --from results.json\n"
		 "    aspora check post ecm/order-details --name deepeval --from junit.xml",
	.options = options,
	.uses = CLI_USES_FOLDER | CLI_USES_GATEWAY,
	.words = words,
	.least = 1,
	.most = 2,
	.run = check,
};
