/* aspora suspend, aspora resume: holds a source, domain or skill as it is, and lets it go on. */
#include "cli/verbs.h"
#include "cli/wish.h"
#include "skill/kind.h"

static int64_t ttl_ms;

static const struct opt suspend_options[] = {
	{"ttl", 0, OPT_DURATION, &ttl_ms, "TIME",
	 "It goes on by itself after this long; until `aspora resume` when left out.", NULL},
	CLI_WISH_OPTIONS,
	OPT_END,
};
static const struct opt resume_options[] = {
	CLI_WISH_OPTIONS,
	OPT_END,
};

static int find_kind(struct cli *c, const char *word, const struct kind **ret, struct err *err)
{
	static const char *const names[] = {"source", "domain", "skill"};
	struct str asked = str_of(word);
	const struct kind *k = kind_find(asked);
	for (size_t i = 0; k && i < ARRAY_SIZE(names); i++) {
		if (strcmp(k->singular, names[i]) == 0) {
			*ret = k;
			return 0;
		}
	}
	int rc = cli_usage(c, err, "\"%.*s\" cannot be suspended", STR_ARG(asked));
	const char *near = str_nearest(asked, names, ARRAY_SIZE(names));
	if (near)
		err_remedy(err, "did you mean \"aspora %s %s\"?", c->verb->name, near);
	else
		err_remedy(err, "a source, a domain and a skill can");
	return rc;
}

static int wish_of(struct cli *c, const char *route, struct err *err)
{
	CLEANUP(cli_gateway_release) struct cli_gateway g = {0};
	CLEANUP(buf_release) struct buf body = BUF_INIT(BUF_MAX);
	const char *domain = "", *name = c->operands[1];
	const struct kind *k = NULL;
	struct json j;
	int rc = find_kind(c, c->operands[0], &k, err);
	if (rc == 0 && k->namespaced)
		rc = cli_operand_skill(c, c->operands[1], true, &domain, &name, err);
	if (rc < 0)
		return rc;
	json_init(&j, &body);
	json_object(&j);
	json_strz(&j, "kind", k->name);
	cli_json_member(&j, "domain", domain);
	json_strz(&j, "name", name);
	cli_json_duration(&j, "ttl", ttl_ms);
	cli_json_member(&j, "reason", cli_wish_reason);
	json_end(&j);
	rc = cli_gateway_open(c, &g, err);
	return rc < 0 ? rc : cli_wish(&g, cli_path(c, route, NULL), buf_str(&body), err);
}

static int suspend(struct cli *c, struct err *err)
{
	return wish_of(c, "suspensions", err);
}

static int resume(struct cli *c, struct err *err)
{
	return wish_of(c, "resumptions", err);
}

const struct cli_verb cli_verb_suspend = {
	.name = "suspend",
	.usage = "{source | domain | skill} NAME",
	.help = "Hold a source, domain or skill as it is.",
	.about = "Commits that come meanwhile are deployed when it goes on. A skill is named\n"
		 "DOMAIN/SKILL. What runs keeps running.",
	.options = suspend_options,
	.uses = CLI_USES_GATEWAY | CLI_USES_OUTPUT,
	.least = 2,
	.most = 2,
	.completes = CLI_KINDS,
	.run = suspend,
};

const struct cli_verb cli_verb_resume = {
	.name = "resume",
	.usage = "{source | domain | skill} NAME",
	.help = "Let a suspended object go on.",
	.options = resume_options,
	.uses = CLI_USES_GATEWAY | CLI_USES_OUTPUT,
	.least = 2,
	.most = 2,
	.run = resume,
};
