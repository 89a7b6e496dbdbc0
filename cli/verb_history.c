/* aspora history: the releases of a domain, or the versions of a skill, newest first. */
#include "cli/history.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "cli/wish.h"

static int64_t limit = 20;

static const struct opt options[] = {
	{"limit", 0, OPT_INT, &limit, "N", "How many at most; 20 when left out.", NULL},
	OPT_END,
};

/* clang-format off */
static const struct kind_column version_columns[] = {
	{"RELEASE", "release.metadata.name", false},
	{"VERSION", "@short status.digest", false},
	{"KIND", "release.spec.kind", false},
	{"SOURCE", "metadata.source.name", false},
	{"REVISION", "@short metadata.source.revision", false},
	{"BY", "release.status.by", false},
	{"AGE", "@age release.metadata.createdAt", false},
	{"MESSAGE", "release.spec.message", false},
	{"WRITER", "release.status.actor", true},
	{"DIGEST", "status.digest", true},
	{NULL, NULL, false},
};
/* clang-format on */

struct releases {
	const struct doc_node **items;
	size_t count;
};

static int get_releases(struct cli_gateway *g, const char *domain, int64_t most,
			struct releases *ret, struct err *err)
{
	struct cli *c = g->c;
	const struct doc_node *answer = NULL, *found = NULL;
	const char *path = cli_query(c, cli_path(c, "releases", NULL), "domain", domain);
	path = cli_query(c, path, "limit", arena_printf(c->arena, "%lld", (long long)most));
	int rc = cli_get(g, path, &answer, err);
	const struct doc_node *items = rc < 0 ? NULL : doc_find(answer, "items");
	if (items && items->type == DOC_LIST)
		*ret = (struct releases){items->list.items, items->list.count};
	/* Nothing ever happened: most likely because there is no such domain. */
	if (rc == 0 && ret->count == 0)
		rc = cli_get(g, cli_path(c, "domains", domain, NULL), &found, err);
	return rc;
}

int cli_history_print(struct cli_gateway *g, const char *domain, const char *skill, int64_t most,
		      struct err *err)
{
	struct cli *c = g->c;
	struct cli_view v = {.columns = version_columns, .word = "skill", .list = true};
	const struct doc_node *answer = NULL;
	const char *path = cli_path(c, "domains", domain, "skills", skill, "history", NULL);
	path = cli_query(c, path, "limit", arena_printf(c->arena, "%lld", (long long)most));
	int rc = cli_get(g, path, &answer, err);
	const struct doc_node *items = rc < 0 ? NULL : doc_find(answer, "items");
	bool some = items && items->type == DOC_LIST;
	return rc < 0 ? rc
		      : cli_print(c, &v, some ? items->list.items : NULL,
				  some ? items->list.count : 0, err);
}

int cli_history_at(struct cli_gateway *g, const char *domain, const char *skill,
		   const char *release, const struct doc_node **ret_release,
		   const struct doc_node **ret_skill, struct err *err)
{
	struct cli *c = g->c;
	int rc = cli_get(g, cli_path(c, "releases", release, NULL), ret_release, err);
	if (rc < 0)
		return rc;
	struct str at = doc_text(doc_find(*ret_release, "status"), "revision");
	const char *path = cli_path(c, "domains", domain, "skills", skill, NULL);
	return cli_get(g, cli_query(c, path, "at", arena_strndup(c->arena, at.p, at.len)),
		       ret_skill, err);
}

static int history(struct cli *c, struct err *err)
{
	CLEANUP(cli_gateway_release) struct cli_gateway g = {0};
	struct cli_view v = {.columns = kind_find(STR("Release"))->columns,
			     .word = "release",
			     .list = true,
			     .none = "nothing of it has been released yet"};
	const char *domain = NULL, *skill = NULL;
	struct releases r = {0};
	int rc = cli_output_check(c, err);
	if (rc == 0 && (limit < 1 || limit > 1000))
		rc = cli_usage(c, err, "--limit is from 1 to 1000");
	if (rc == 0)
		rc = cli_operand_skill(c, c->operands[0], false, &domain, &skill, err);
	if (rc == 0)
		rc = cli_gateway_open(c, &g, err);
	if (rc == 0 && *skill)
		return cli_history_print(&g, domain, skill, limit, err);
	if (rc == 0)
		rc = get_releases(&g, domain, limit, &r, err);
	return rc < 0 ? rc : cli_print(c, &v, r.items, r.count, err);
}

const struct cli_verb cli_verb_history = {
	.name = "history",
	.usage = "DOMAIN[/SKILL]",
	.help = "Show the releases of a domain, or the versions of a skill, newest first.",
	.about = "The first column is what `aspora rollback --to` takes.",
	.options = options,
	.uses = CLI_USES_GATEWAY | CLI_USES_OUTPUT,
	.least = 1,
	.most = 1,
	.completes = CLI_SKILLS,
	.run = history,
};
