/* aspora version: of this program, and of the gateway where one is named. */
#include <stdlib.h>

#include "base/json.h"
#include "cli/context.h"
#include "cli/gateway.h"
#include "cli/result.h"
#include "cli/verbs.h"
#include "skill/kind.h"
#include "skill/text.h"

static struct {
	const char *format;
	bool client;
} o;

static const char *const formats[] = {"text", "json", "yaml", NULL};
static const struct opt options[] = {
	{"client", 0, OPT_FLAG, &o.client, NULL, "Only of this program: ask no gateway.", NULL},
	{"output", 'o', OPT_STRING, &o.format, "FORMAT", "How to print: text, json or yaml.",
	 formats},
	OPT_END,
};

/* A gateway that nobody has named is not asked: the version of this program is to be had everywhere. */
static int is_named(struct cli *c, bool *ret, struct err *err)
{
	struct cli_contexts all;
	const char *server = getenv("ASPORA_SERVER");
	*ret = !o.client && (c->server || c->context || (server && *server));
	if (*ret || o.client)
		return 0;
	int rc = cli_contexts_load(c->arena, &all, err);
	*ret = rc == 0 && cli_context_current(c, &all).len > 0;
	return rc;
}

static void write_json(struct buf *out, const struct doc_node *gateway)
{
	CLEANUP(buf_release) struct buf there = BUF_INIT(64 * 1024);
	struct json j;
	json_init(&j, out);
	json_object(&j);
	json_object_in(&j, "client");
	json_strz(&j, "version", ASPORA_VERSION);
	json_strz(&j, "apiVersion", API_VERSION);
	json_end(&j);
	if (gateway) {
		doc_write_json(&there, gateway, 0, false);
		json_raw(&j, "gateway", buf_str(&there));
	}
	json_end(&j);
}

static int print(struct cli *c, const struct doc_node *gateway, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(64 * 1024), text = BUF_INIT(64 * 1024);
	const struct doc_node *n = NULL;
	int rc = 0;
	if (!o.format || strcmp(o.format, "text") == 0) {
		buf_addz(&out, "aspora " ASPORA_VERSION "\n");
		if (gateway) {
			buf_addz(&out, "gateway ");
			text_escape(&out, doc_text(gateway, "version"), 0);
			buf_add_char(&out, '\n');
		}
		return cli_write(&out, err);
	}
	write_json(&text, gateway);
	rc = doc_parse_json(c->arena, buf_str(&text), &doc_limits_json, "version", &n, err);
	if (rc < 0)
		return rc;
	cli_result(&out, n, o.format);
	return cli_write(&out, err);
}

static int version(struct cli *c, struct err *err)
{
	CLEANUP(cli_gateway_release) struct cli_gateway g = {0};
	const struct doc_node *gateway = NULL;
	struct err ignored = ERR_INIT;
	bool named = false;
	int rc = is_named(c, &named, err);
	if (rc == 0 && named)
		rc = cli_gateway_open(c, &g, err);
	if (rc == 0 && named)
		rc = cli_get(&g, cli_path(c, "version", NULL), &gateway, err);
	/* What this program is, is said all the same. */
	int printed = print(c, gateway, rc < 0 ? &ignored : err);
	return rc < 0 ? rc : printed;
}

const struct cli_verb cli_verb_version = {
	.name = "version",
	.usage = "",
	.help = "Print the version, and that of the gateway where one is named.",
	.about = "A gateway is named by --server, --context, ASPORA_SERVER or the current context.",
	.options = options,
	.uses = CLI_USES_GATEWAY,
	.run = version,
};
