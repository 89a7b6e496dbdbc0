/* aspora history: the releases of a domain, or the versions of a skill, newest first. */
#include "cli/history.h"
#include "cli/output.h"
#include "cli/verbs.h"
#include "cli/wish.h"

static int64_t limit = 20;

static const struct opt options[] = {
	{"limit", 0, OPT_INT, &limit, "N", "How many releases to look at; 20 when left out.", NULL},
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

/* The revision of "i3.47"; 0 when it is none. */
static int64_t revision_of(struct str version)
{
	int64_t rev = 0;
	ptrdiff_t dot = str_find_byte(version, '.', 0);
	if (dot < 0 || !str_to_i64(str_sub(version, (size_t)dot + 1, version.len), &rev))
		return 0;
	return rev;
}

static const struct doc_node *release_named(const struct releases *r, int64_t number)
{
	int64_t n;
	for (size_t i = 0; i < r->count; i++)
		if (str_to_i64(doc_text(doc_find(r->items[i], "metadata"), "name"), &n) &&
		    n == number)
			return r->items[i];
	return NULL;
}

/* The skill as it was, with the release that brought it as one more member. */
static const struct doc_node *with_release(struct cli *c, const struct doc_node *skill,
					   const struct doc_node *release)
{
	return release ? cli_with_member(c, skill, "release", release) : skill;
}

/* One version answers for all releases since it came: those are not asked about. */
static int get_versions(struct cli_gateway *g, const char *domain, const char *skill,
			const struct releases *r, const struct doc_node **ret, size_t *ret_count,
			struct err *err)
{
	struct cli *c = g->c;
	const char *path = cli_path(c, "domains", domain, "skills", skill, NULL);
	int64_t since = INT64_MAX;
	for (size_t i = 0; i < r->count; i++) {
		struct str at = doc_text(doc_find(r->items[i], "status"), "revision");
		const struct doc_node *then = NULL;
		if (revision_of(at) >= since)
			continue;
		int rc = cli_get(g, cli_query(c, path, "at", arena_strndup(c->arena, at.p, at.len)),
				 &then, err);
		if (rc == ERR_NOT_FOUND)
			continue;
		if (rc < 0)
			return rc;
		const struct doc_node *from = kind_path(then, "status.desired.release");
		since = revision_of(doc_text(doc_find(then, "status"), "since"));
		ret[(*ret_count)++] = with_release(
			c, then,
			from && from->type == DOC_INT ? release_named(r, from->integer) : NULL);
	}
	return 0;
}

static int history_of_skill(struct cli_gateway *g, const char *domain, const char *skill,
			    const struct releases *r, struct err *err)
{
	struct cli *c = g->c;
	struct cli_view v = {.columns = version_columns, .word = "skill", .list = true};
	const struct doc_node **versions = arena_array(c->arena, r->count + 1, sizeof(*versions));
	const struct doc_node *now = NULL;
	size_t count = 0;
	int rc = get_versions(g, domain, skill, r, versions, &count, err);
	/* Never there: the gateway says what is meant instead. */
	if (rc == 0 && count == 0)
		rc = cli_get(g, cli_path(c, "domains", domain, "skills", skill, NULL), &now, err);
	if (rc == 0 && count == 0)
		v.none = "it has not changed in the releases looked at: --limit looks further back";
	return rc < 0 ? rc : cli_print(c, &v, versions, count, err);
}

int cli_history_print(struct cli_gateway *g, const char *domain, const char *skill, int64_t most,
		      struct err *err)
{
	struct releases r = {0};
	int rc = get_releases(g, domain, most, &r, err);
	return rc < 0 ? rc : history_of_skill(g, domain, skill, &r, err);
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
	if (rc == 0)
		rc = get_releases(&g, domain, limit, &r, err);
	if (rc < 0)
		return rc;
	return *skill ? history_of_skill(&g, domain, skill, &r, err)
		      : cli_print(c, &v, r.items, r.count, err);
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
