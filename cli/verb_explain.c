/* aspora explain: fields, rules and kinds, from the tables that define them. */
#include "cli/explain.h"
#include "cli/folder.h"
#include "cli/manual.h"
#include "cli/verbs.h"

static struct {
	const char *effective, *mdoc;
} o;

static bool recursive;

static const char *const sections[] = {"verbs", "options", "formats", "exit", "config",
				       "rules", "reasons", "guard",   NULL};

static const struct opt options[] = {
	{"effective", 'e', OPT_STRING, &o.effective, "DOMAIN[/NAME]",
	 "Print what holds for this skill or domain, and which file says so.", NULL},
	{"recursive", 'r', OPT_FLAG, &recursive, NULL,
	 "Of a kind: every field below, without words.", NULL},
	{"mdoc", 0, OPT_STRING, &o.mdoc, "SECTION",
	 "Print a section of the manual as it is made from the tables: verbs, options, formats, "
	 "exit, config, rules, reasons or guard.",
	 sections},
	OPT_END,
};

/* Of one field or section only, when one is named. */
static size_t keep_field(struct config_origin *origins, size_t count, const char *field)
{
	size_t kept = 0, len = strlen(field);
	for (size_t i = 0; i < count; i++) {
		const char *d = origins[i].dotted;
		if (strncmp(d, field, len) == 0 && (d[len] == '\0' || d[len] == '.'))
			origins[kept++] = origins[i];
	}
	return kept;
}

static int effective(struct cli *c, const char *field, struct buf *out, struct err *err)
{
	CLEANUP(cli_folder_release) struct cli_folder folder = {0};
	CLEANUP(cli_tree_release) struct cli_tree tree = {0};
	struct cli_scope scope;
	struct config_origin *origins = NULL;
	size_t count = 0;
	int rc = cli_folder_open(c, o.effective, &folder, &scope, err);
	if (rc == 0)
		rc = cli_read_folder(&folder, &tree, err);
	if (rc == 0)
		rc = cli_scope_check(c, tree.snap, &scope, err);
	if (rc < 0)
		return rc;
	const struct domain *d = snapshot_domain(tree.snap, scope.domain);
	if (!d)
		return cli_usage(c, err, "--effective needs a skill or a domain");
	const struct domain_skill *ds = scope.skill.len ? domain_skill_find(d, scope.skill) : NULL;
	config_origins(c->arena, tree.snap->platform, d->config, ds ? ds->skill->config : NULL,
		       &origins, &count);
	if (field)
		count = keep_field(origins, count, field);
	if (field && !count)
		return cli_explain(out, field, false, err);
	config_effective_text(out, ds ? &ds->effective : &d->effective, origins, count);
	return 0;
}

static int explain(struct cli *c, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	const char *word = c->operand_count ? c->operands[0] : NULL;
	int rc = 0;
	for (size_t i = 0; o.mdoc && cli_manuals[i].name; i++)
		if (strcmp(cli_manuals[i].name, o.mdoc) == 0)
			cli_manuals[i].write(c, &out);
	if (o.mdoc)
		return cli_write(&out, err);
	if (o.effective)
		rc = effective(c, word, &out, err);
	else
		rc = cli_explain(&out, word, recursive, err);
	return rc < 0 ? rc : cli_write(&out, err);
}

const struct cli_verb cli_verb_explain = {
	.name = "explain",
	.usage = "[FIELD | RULE | KIND[.FIELD]]",
	.help = "Explain a field of aspora.config.yaml, a rule, or a kind of object.",
	.about = "    aspora explain                          the sections of aspora.config.yaml\n"
		 "    aspora explain budget.per_run_usd       one field\n"
		 "    aspora explain AD-TESTS-001             a rule that a finding names\n"
		 "    aspora explain skill                    a kind of object\n"
		 "    aspora explain skill.status.serving     a field of its objects\n"
		 "    aspora explain --effective ecm/manager  what holds, and which file says so",
	.options = options,
	.uses = CLI_USES_FOLDER,
	.most = 1,
	.run = explain,
};
