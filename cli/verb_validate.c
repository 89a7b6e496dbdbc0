/* aspora validate: what reading the files has to say. */
#include "admission/rule.h"
#include "base/json.h"
#include "cli/findings.h"
#include "cli/folder.h"
#include "cli/verbs.h"
#include "skill/kind.h"

static struct {
	const char *profile, *format;
} o;

static const char *const profiles[] = {"lenient", "strict", "portable", NULL};
static const char *const formats[] = {"text", "json", NULL};

static const struct opt options[] = {
	{"profile", 'p', OPT_STRING, &o.profile, "PROFILE",
	 "Read SKILL.md as strictly as this: lenient, strict (the open format to the letter) or "
	 "portable; what the configuration says when left out.",
	 profiles},
	{"output", 'o', OPT_STRING, &o.format, "FORMAT", "How to print: text or json.", formats},
	OPT_END,
};

static enum profile profile_of(const char *name)
{
	int p = PROFILE_LENIENT;
	while (strcmp(profiles[p], name) != 0)
		p++;
	return (enum profile)p;
}

/* What the profile that was asked for says beyond what the configuration asks. */
static void add_profile(const struct snapshot *s, struct findings *f)
{
	for (size_t d = 0; d < s->domain_count; d++)
		for (size_t k = 0; k < s->domains[d]->skill_count; k++)
			skill_profile_findings(s->domains[d]->skills[k].skill,
					       profile_of(o.profile), f);
}

/* Admission wants tests: who writes a skill hears it here, before the merge does. */
static void add_missing_tests(const struct snapshot *s, struct findings *f)
{
	const struct policy policy = {.platform = s->platform};
	for (size_t d = 0; d < s->domain_count; d++)
		for (size_t k = 0; k < s->domains[d]->skill_count; k++) {
			const struct domain *domain = s->domains[d];
			const struct rule_in in = {.snap = s,
						   .name = domain->name,
						   .domain = domain,
						   .skill = &domain->skills[k],
						   .effective = &domain->skills[k].effective,
						   .policy = &policy,
						   .rule = rule_find(STR("AD-TESTS-001")),
						   .arena = f->arena};
			struct err ignored = ERR_INIT;
			size_t from = f->count;
			(void)!in.rule->check(&in, f, &ignored);
			for (size_t i = from; i < f->count; i++)
				f->items[i].severity = SEVERITY_WARN;
		}
}

static void write_json(struct buf *out, const struct findings *f, const struct cli_counted *n)
{
	struct json j;
	json_init(&j, out);
	json_object(&j);
	json_strz(&j, "apiVersion", API_VERSION);
	json_strz(&j, "kind", "ValidationReport");
	json_bool(&j, "valid", n->deny == 0);
	json_int(&j, "skills", (int64_t)n->skills);
	json_int(&j, "domains", (int64_t)n->domains);
	json_int(&j, "deny", (int64_t)n->deny);
	json_int(&j, "warn", (int64_t)n->warn);
	json_int(&j, "note", (int64_t)n->note);
	json_key(&j, "findings");
	findings_json(&j, f);
	json_end(&j);
	buf_add_char(out, '\n');
}

static void write_text(struct buf *out, const struct findings *f, const struct cli_counted *n)
{
	for (size_t i = 0; i < f->count; i++)
		finding_text(out, &f->items[i]);
	cli_count_text(out, n);
}

static int validate(struct cli *c, struct err *err)
{
	CLEANUP(cli_folder_release) struct cli_folder folder = {0};
	CLEANUP(cli_tree_release) struct cli_tree tree = {0};
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	struct cli_scope scope;
	struct findings all, f;
	struct cli_counted n;
	int rc = cli_folder_open(c, c->operand_count ? c->operands[0] : NULL, &folder, &scope, err);
	if (rc == 0)
		rc = cli_read_folder(&folder, &tree, err);
	if (rc == 0)
		rc = cli_scope_check(c, tree.snap, &scope, err);
	if (rc < 0)
		return rc;
	findings_init(&all, c->arena);
	findings_init(&f, c->arena);
	snapshot_findings(tree.snap, &all);
	if (o.profile)
		add_profile(tree.snap, &all);
	add_missing_tests(tree.snap, &all);
	cli_findings_in(&all, &scope, &f);
	cli_count(tree.snap, &scope, &f, &n);
	if (o.format && strcmp(o.format, "json") == 0)
		write_json(&out, &f, &n);
	else
		write_text(&out, &f, &n);
	rc = cli_write(&out, err);
	return rc < 0 || n.deny == 0 ? rc : err_exit_status(ERR_INVALID);
}

const struct cli_verb cli_verb_validate = {
	.name = "validate",
	.usage = "[DOMAIN/NAME | DOMAIN | DIR]",
	.help = "Read the files and say what is wrong with them.",
	.about = "Reads SKILL.md, aspora.config.yaml and tests/cases.md of the whole repository or "
		 "of one\n"
		 "skill, and prints a line for each finding with file, line, column and what to "
		 "write\n"
		 "instead. `aspora admit` judges by the platform's policy as well; `aspora fix` "
		 "writes\n"
		 "the corrections that are certain.\n\n"
		 "The exit status is 0 when nothing denies, and 3 otherwise.",
	.options = options,
	.uses = CLI_USES_FOLDER,
	.most = 1,
	.completes = CLI_SKILLS_HERE,
	.run = validate,
};
