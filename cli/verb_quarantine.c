/* aspora quarantine: versions that are never deployed again, until they are cleared. */
#include "cli/output.h"
#include "cli/verbs.h"
#include "cli/wish.h"

static const struct opt options[] = {
	CLI_WISH_OPTIONS,
	OPT_END,
};

static int list(struct cli *c, struct cli_gateway *g, const char *domain, const char *skill,
		struct err *err)
{
	struct cli_view v = {.columns = kind_find(STR("Quarantine"))->columns,
			     .word = "quarantine",
			     .list = true,
			     .none = "nothing is in quarantine"};
	const char *path = cli_query(c, cli_path(c, "quarantines", NULL), "domain", domain);
	const struct doc_node **objects = NULL;
	size_t count = 0;
	int rc = cli_get_list(g, cli_query(c, path, "skill", skill), &objects, &count, NULL, err);
	return rc < 0 ? rc : cli_print(c, &v, objects, count, err);
}

/* --- which version -------------------------------------------------------------------------------------- */

/* What a person meant: candidates that begin with it. More than one is not meant. */
struct choice {
	struct str asked, found;
	bool several;
};

static void consider(struct choice *ch, struct str digest)
{
	if (!digest.len || !str_starts(digest, ch->asked))
		return;
	ch->several = ch->several || (ch->found.len && !str_eq(ch->found, digest));
	ch->found = digest;
}

static int chosen(struct cli *c, const struct choice *ch, const char *among, struct str *ret,
		  struct err *err)
{
	if (ch->several)
		return cli_usage(c, err, "%.*s begins more than one version: write more digits",
				 STR_ARG(ch->asked));
	*ret = ch->found.len ? ch->found : ch->asked;
	if (ret->len == DIGEST_HEX)
		return 0;
	err_set(err, ERR_NOT_FOUND, "no version of %s %s begins with \"%.*s\"", c->operands[1],
		among, STR_ARG(ch->asked));
	return err_remedy(err, "`aspora history %s` lists versions; all 64 digits name any",
			  c->operands[1]);
}

/* Of those the skill has now. */
static int version_to_add(struct cli *c, struct cli_gateway *g, const char *domain,
			  const char *skill, struct str *ret, struct err *err)
{
	static const char *const places[] = {"status.desired.content", "status.serving.content",
					     "status.candidate.content"};
	struct choice ch = {.asked = str_of(c->operands[2])};
	const struct doc_node *object = NULL;
	if (ch.asked.len == DIGEST_HEX) {
		*ret = ch.asked;
		return 0;
	}
	int rc = cli_get(g, cli_path(c, "domains", domain, "skills", skill, NULL), &object, err);
	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(places); i++) {
		const struct doc_node *n = kind_path(object, places[i]);
		consider(&ch, n && n->type == DOC_STRING ? n->text : STR_NULL);
	}
	return rc < 0 ? rc : chosen(c, &ch, "that is wanted or serves", ret, err);
}

/* Of those in quarantine. */
static int version_to_clear(struct cli *c, struct cli_gateway *g, const char *domain,
			    const char *skill, struct str *ret, struct err *err)
{
	struct choice ch = {.asked = str_of(c->operands[2])};
	const char *path = cli_query(c, cli_path(c, "quarantines", NULL), "domain", domain);
	const struct doc_node **objects = NULL;
	size_t count = 0;
	int rc = cli_get_list(g, cli_query(c, path, "skill", skill), &objects, &count, NULL, err);
	for (size_t i = 0; rc == 0 && i < count; i++)
		consider(&ch, doc_text(doc_find(objects[i], "spec"), "digest"));
	return rc < 0 ? rc : chosen(c, &ch, "in quarantine", ret, err);
}

static int change(struct cli *c, struct cli_gateway *g, bool add, const char *domain,
		  const char *skill, struct err *err)
{
	CLEANUP(buf_release) struct buf body = BUF_INIT(BUF_MAX);
	struct str content = STR_NULL;
	struct json j;
	int rc = 0;
	if (c->operand_count > 2)
		rc = add ? version_to_add(c, g, domain, skill, &content, err)
			 : version_to_clear(c, g, domain, skill, &content, err);
	if (rc < 0)
		return rc;
	json_init(&j, &body);
	json_object(&j);
	json_strz(&j, "domain", domain);
	json_strz(&j, "skill", skill);
	if (content.len)
		json_str(&j, "content", content);
	cli_json_member(&j, "reason", cli_wish_reason);
	json_end(&j);
	const char *path = add ? cli_path(c, "quarantines", NULL)
			       : cli_path(c, "quarantines", "clear", NULL);
	return cli_wish(g, path, buf_str(&body), err);
}

static int check(struct cli *c, bool lists, bool add, struct err *err)
{
	int rc = cli_output_check(c, err);
	if (rc < 0)
		return rc;
	if (lists)
		return c->operand_count > 2 ? cli_usage(c, err, "list takes one DOMAIN or SKILL")
					    : 0;
	if (c->operand_count < 2)
		return cli_usage(c, err, "%s needs a skill, as DOMAIN/NAME", c->operands[0]);
	if (add && c->operand_count < 3)
		return cli_usage(c, err, "add needs a version: some first digits of its digest");
	return 0;
}

static int quarantine(struct cli *c, struct err *err)
{
	CLEANUP(cli_gateway_release) struct cli_gateway g = {0};
	const char *domain = "", *skill = "";
	bool lists = strcmp(c->operands[0], "list") == 0;
	bool add = strcmp(c->operands[0], "add") == 0;
	int rc = check(c, lists, add, err);
	if (rc == 0 && c->operand_count > 1)
		rc = cli_operand_skill(c, c->operands[1], !lists, &domain, &skill, err);
	if (rc == 0)
		rc = cli_gateway_open(c, &g, err);
	if (rc < 0)
		return rc;
	return lists ? list(c, &g, domain, skill, err) : change(c, &g, add, domain, skill, err);
}

static const char *const words[] = {"list", "add", "clear", NULL};

const struct cli_verb cli_verb_quarantine = {
	.name = "quarantine",
	.usage = "{list [DOMAIN[/SKILL]] | add SKILL VERSION | clear SKILL [VERSION]}",
	.help = "List versions that are kept from being deployed, add one, clear them.",
	.about = "A version is the digest of a skill's content; its first digits are enough where\n"
		 "they name one. clear without a version clears all of the skill's. What is "
		 "cleared\n"
		 "is deployed again if it is the newest that its source has.",
	.options = options,
	.uses = CLI_USES_GATEWAY | CLI_USES_OUTPUT,
	.words = words,
	.least = 1,
	.most = 3,
	.run = quarantine,
};
