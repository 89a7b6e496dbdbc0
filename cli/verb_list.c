/* aspora list: the skills of the folder, as objects like those of the gateway. */
#include "base/json.h"
#include "cli/folder.h"
#include "cli/output.h"
#include "cli/verbs.h"

/* clang-format off */
static const struct kind_column columns[] = {
	{"DOMAIN", "metadata.domain", false},
	{"NAME", "metadata.name", false},
	{"ROLE", "spec.role", false},
	{"HANDLER", "spec.handler", false},
	{"CASES", "spec.cases", false},
	{"TRIGGER", "spec.triggers", false},
	{"VALID", "status.conditions[Valid].status", false},
	{"VERSION", "@short status.digest", true},
	{"BUDGET", "spec.budget", true},
	{"DESCRIPTION", "spec.description", true},
	{NULL, NULL, false},
};
/* clang-format on */

static void write_spec(struct json *j, const struct domain_skill *ds)
{
	const struct skill *s = ds->skill;
	CLEANUP(buf_release) struct buf budget = BUF_INIT(64);
	json_object_in(j, "spec");
	json_strz(j, "role", role_name(s->role));
	json_str(j, "description", s->description);
	if (s->handler.len)
		json_str(j, "handler", s->handler);
	json_array_in(j, "triggers");
	for (size_t i = 0; i < s->trigger_count; i++) {
		CLEANUP(buf_release) struct buf text = BUF_INIT(8192);
		trigger_text(&text, &s->triggers[i]);
		json_add_str(j, buf_str(&text));
	}
	json_end(j);
	json_int(j, "cases", (int64_t)s->case_count);
	field_format(&budget, config_leaf_find(STR("budget.per_run_usd"))->field,
		     &ds->effective.budget.per_run_microusd);
	buf_addz(&budget, " USD a run");
	json_str(j, "budget", buf_str(&budget));
	json_end(j);
}

static void write_status(struct json *j, const struct domain_skill *ds)
{
	char hex[DIGEST_HEX + 1];
	size_t deny = findings_count(&ds->skill->findings, SEVERITY_DENY) +
		      findings_count(&ds->findings, SEVERITY_DENY);
	json_object_in(j, "status");
	json_strz(j, "digest", digest_hex(&ds->skill->content, hex));
	json_array_in(j, "conditions");
	json_object(j);
	json_strz(j, "type", "Valid");
	json_strz(j, "status", deny ? "False" : "True");
	json_end(j);
	json_end(j);
	json_end(j);
}

static const struct doc_node *object_of(struct cli *c, const struct domain_skill *ds,
					struct err *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	const struct doc_node *n = NULL;
	struct json j;
	json_init(&j, &text);
	json_object(&j);
	json_strz(&j, "apiVersion", API_VERSION);
	json_strz(&j, "kind", "Skill");
	json_object_in(&j, "metadata");
	json_str(&j, "domain", ds->skill->domain);
	json_str(&j, "name", ds->skill->name);
	json_object_in(&j, "source");
	json_strz(&j, "name", "folder");
	json_str(&j, "path", ds->skill->path);
	json_end(&j);
	json_end(&j);
	write_spec(&j, ds);
	write_status(&j, ds);
	json_end(&j);
	int rc = doc_parse_json(c->arena, buf_str(&text), &doc_limits_json, "", &n, err);
	return rc < 0 ? NULL : n;
}

static int print(struct cli *c, const struct snapshot *s, const struct cli_scope *scope,
		 struct err *err)
{
	const struct doc_node **objects = arena_array(c->arena, s->skill_count + 1,
						      sizeof(*objects));
	struct cli_view v = {.columns = columns,
			     .word = "skill",
			     .list = true,
			     .none = "there are no skills here; `aspora create skill DOMAIN/NAME` "
				     "makes one"};
	size_t count = 0;
	for (size_t d = 0; d < s->domain_count; d++) {
		for (size_t k = 0; k < s->domains[d]->skill_count; k++) {
			const struct domain_skill *ds = &s->domains[d]->skills[k];
			if (!cli_scope_has(scope, ds->skill->domain, ds->skill->name))
				continue;
			objects[count] = object_of(c, ds, err);
			if (!objects[count++])
				return ERR_INTERNAL;
		}
	}
	return cli_print(c, &v, objects, count, err);
}

static int list(struct cli *c, struct err *err)
{
	CLEANUP(cli_folder_release) struct cli_folder folder = {0};
	CLEANUP(cli_tree_release) struct cli_tree tree = {0};
	struct cli_scope scope;
	int rc = cli_output_check(c, err);
	if (rc == 0)
		rc = cli_folder_open(c, c->operand_count ? c->operands[0] : NULL, &folder, &scope,
				     err);
	if (rc == 0)
		rc = cli_read_folder(&folder, &tree, err);
	if (rc == 0)
		rc = cli_scope_check(c, tree.snap, &scope, err);
	return rc < 0 ? rc : print(c, tree.snap, &scope, err);
}

const struct cli_verb cli_verb_list = {
	.name = "list",
	.usage = "[DOMAIN | DIR]",
	.help = "List the skills of the folder.",
	.uses = CLI_USES_FOLDER | CLI_USES_OUTPUT,
	.most = 1,
	.completes = CLI_SKILLS_HERE,
	.run = list,
};
