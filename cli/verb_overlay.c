/* aspora overlay: what was applied over a domain's own source for a while; shows it, and takes it off before its time. */
#include "cli/output.h"
#include "cli/verbs.h"
#include "cli/wish.h"

static const struct opt options[] = {
	CLI_WISH_OPTIONS,
	OPT_END,
};

/* clang-format off */
static const struct kind_column columns[] = {
	{"DOMAIN", "metadata.name", false}, {"OWNER", "status.owner", false},
	{"FROM", "metadata.source.name", false}, {"BY", "status.overlay.by", false},
	{"EXPIRES", "@until status.overlay.expiresAt", false},
	{NULL, NULL, false},
};
/* clang-format on */

/* Domains with one over them. */
static int list(struct cli *c, struct cli_gateway *g, struct err *err)
{
	struct cli_view v = {
		.columns = columns, .word = "domain", .list = true, .none = "there is no overlay"};
	const struct doc_node **objects = NULL;
	size_t count = 0, kept = 0;
	int rc = cli_get_list(g, cli_path(c, "domains", NULL), &objects, &count, NULL, err);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		const struct doc_node *o = kind_path(objects[i], "status.overlay");
		bool asked = c->operand_count < 2 ||
			     str_eqz(doc_text(doc_find(objects[i], "metadata"), "name"),
				     c->operands[1]);
		if (o && o->type == DOC_MAP && asked)
			objects[kept++] = objects[i];
	}
	return rc < 0 ? rc : cli_print(c, &v, objects, kept, err);
}

static int end(struct cli *c, struct cli_gateway *g, struct err *err)
{
	CLEANUP(buf_release) struct buf body = BUF_INIT(BUF_MAX);
	struct json j;
	json_init(&j, &body);
	json_object(&j);
	json_strz(&j, "domain", c->operands[1]);
	cli_json_member(&j, "reason", cli_wish_reason);
	json_end(&j);
	return cli_wish(g, cli_path(c, "overlays", "end", NULL), buf_str(&body), err);
}

static int overlay(struct cli *c, struct err *err)
{
	CLEANUP(cli_gateway_release) struct cli_gateway g = {0};
	bool ends = strcmp(c->operands[0], "end") == 0;
	const char *domain, *skill;
	int rc = cli_output_check(c, err);
	if (rc == 0 && ends && c->operand_count < 2)
		rc = cli_usage(c, err, "end needs the domain that the overlay lies over");
	if (rc == 0 && c->operand_count > 1)
		rc = cli_operand_skill(c, c->operands[1], false, &domain, &skill, err);
	if (rc == 0 && c->operand_count > 1 && *skill)
		rc = cli_usage(c, err, "an overlay lies over a whole domain: write %s", domain);
	if (rc == 0)
		rc = cli_gateway_open(c, &g, err);
	if (rc < 0)
		return rc;
	return ends ? end(c, &g, err) : list(c, &g, err);
}

static const char *const words[] = {"list", "end", NULL};

const struct cli_verb cli_verb_overlay = {
	.name = "overlay",
	.usage = "{list [DOMAIN] | end DOMAIN}",
	.help = "List what was applied over a domain for a while, or take it off now.",
	.about =
		"`aspora apply --override --ttl 2h` lays files over a domain that belongs to "
		"another\n"
		"source. When it ends, what its source has newest is deployed again; commits that\n"
		"came meanwhile are judged then. `aspora adopt` hands the domain over instead.",
	.options = options,
	.uses = CLI_USES_GATEWAY | CLI_USES_OUTPUT,
	.words = words,
	.least = 1,
	.most = 2,
	.completes = CLI_DOMAINS,
	.run = overlay,
};
