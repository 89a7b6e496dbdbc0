#include "cli/check.h"

static void member(struct json *j, const char *key, const char *z)
{
	if (z && *z)
		json_strz(j, key, z);
}

void cli_check_body(struct buf *out, const struct skill *s, const struct cli_check *check)
{
	CLEANUP(buf_release) struct buf name = BUF_INIT(512), cost = BUF_INIT(64);
	char hex[DIGEST_HEX + 1];
	struct json j;
	buf_addf(&name, "%.*s/%.*s", STR_ARG(s->domain), STR_ARG(s->name));
	buf_addf(&cost, "%lld.%06lld", (long long)(check->count.cost_microusd / 1000000),
		 (long long)(check->count.cost_microusd % 1000000));
	json_init(&j, out);
	json_object(&j);
	json_str(&j, "skill", buf_str(&name));
	json_strz(&j, "digest", digest_hex(&s->content, hex));
	json_strz(&j, "name", check->name);
	member(&j, "tool", check->tool);
	member(&j, "version", check->version);
	json_int(&j, "passed", check->count.passed);
	json_int(&j, "failed", check->count.failed);
	json_int(&j, "skipped", check->count.skipped);
	if (check->count.cost_microusd)
		json_str(&j, "costUsd", buf_str(&cost));
	member(&j, "link", check->link);
	json_end(&j);
}

int cli_check_send(struct cli_gateway *g, const struct skill *s, const struct cli_check *check,
		   struct err *err)
{
	CLEANUP(buf_release) struct buf body = BUF_INIT(BUF_MAX);
	char hex[DIGEST_HEX + 1];
	const struct doc_node *answer = NULL;
	cli_check_body(&body, s, check);
	return cli_send(g,
			cli_path(g->c, "admissions", digest_hex(&s->content, hex), "checks", NULL),
			buf_str(&body), 0, &answer, err);
}

int cli_check_post_admission(struct cli *c, const struct cli_judged *j, const char *link,
			     struct err *err)
{
	CLEANUP(cli_gateway_release) struct cli_gateway g = {0};
	const struct admission *a = j->admission;
	size_t posted = 0;
	int rc = cli_gateway_open(c, &g, err);
	for (size_t i = 0; rc == 0 && i < a->domain_count; i++) {
		const struct admission_domain *d = &a->domains[i];
		/* That a check is waited for is no word against the content. */
		bool allow = d->verdict.allow || d->waits_for;
		for (size_t k = 0; rc == 0 && d->change && k < d->change->skill_count; k++) {
			const struct domain_skill *to = d->change->skills[k].to;
			const struct cli_check check = {
				.name = "admission",
				.tool = "aspora",
				.version = ASPORA_VERSION,
				.link = link,
				.count = {.passed = allow, .failed = !allow}};
			rc = to ? cli_check_send(&g, to->skill, &check, err) : 0;
			posted += rc == 0 && to;
		}
	}
	if (rc == 0)
		cli_say("posted the verdict of %zu skill%s", posted, posted == 1 ? "" : "s");
	return rc;
}
