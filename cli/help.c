#include "cli/cli.h"

#include "cli/output.h"

static void add(struct opt *out, size_t *n, const struct opt *o)
{
	out[(*n)++] = *o;
}

void cli_options(struct cli *c, const struct cli_verb *v, struct opt *out)
{
	size_t n = 0;
	const struct opt output[] = {
		{"output", 'o', OPT_STRING, &c->output, "FORMAT",
		 "How to print: table, wide, json, yaml, name, jsonpath=PATH or "
		 "custom-columns=TITLE:PATH,….",
		 NULL},
		{"no-headers", 0, OPT_FLAG, &c->no_headers, NULL, "Leave out a table's first line.",
		 NULL},
	};
	const struct opt folder[] = {
		{"folder", 'C', OPT_STRING, &c->folder, "DIR",
		 "The skills repository; the folder with skills/ at or above this one when left "
		 "out.",
		 NULL},
	};
	const struct opt gateway[] = {
		{"server", 0, OPT_STRING, &c->server, "URL",
		 "The gateway: http://HOST:PORT, https://HOST or unix:/PATH. Also ASPORA_SERVER.",
		 NULL},
		{"key", 0, OPT_STRING, &c->key, "KEY",
		 "The API key, or where it is: env:NAME or file:/PATH. Also ASPORA_KEY.", NULL},
		{"context", 0, OPT_STRING, &c->context, "NAME",
		 "A context of the configuration, instead of the current one. Also ASPORA_CONTEXT.",
		 NULL},
		{"request-timeout", 0, OPT_DURATION, &c->request_timeout_ms, "DURATION",
		 "Give up a request that takes longer; 30s when left out.", NULL},
	};
	for (const struct opt *o = v->options; o && o->name; o++)
		add(out, &n, o);
	for (size_t i = 0; (v->uses & CLI_USES_OUTPUT) && i < ARRAY_SIZE(output); i++)
		add(out, &n, &output[i]);
	for (size_t i = 0; (v->uses & CLI_USES_FOLDER) && i < ARRAY_SIZE(folder); i++)
		add(out, &n, &folder[i]);
	for (size_t i = 0; (v->uses & CLI_USES_GATEWAY) && i < ARRAY_SIZE(gateway); i++)
		add(out, &n, &gateway[i]);
	out[n] = (struct opt)OPT_END;
}

static void list_verbs(struct buf *out, const char *title, bool gateway)
{
	buf_addf(out, "\n%s\n", title);
	for (size_t i = 0; cli_verbs[i]; i++)
		if (!!(cli_verbs[i]->uses & CLI_USES_GATEWAY) == gateway &&
		    !(cli_verbs[i]->uses & CLI_HIDDEN))
			buf_addf(out, "  %-12s %s\n", cli_verbs[i]->name, cli_verbs[i]->help);
}

void cli_help(struct buf *out)
{
	buf_addz(out, "Usage: aspora VERB [OPTION ...]\n\n"
		      "Skills for AI agents, kept in Git: write them, judge them, see them run.\n");
	list_verbs(out, "In a skills repository, without a server:", false);
	list_verbs(out, "With a gateway:", true);
	buf_addz(out, "\n`aspora VERB --help` says more about one; aspora(1) says it all.\n");
}

void cli_help_verb(struct cli *c, const struct cli_verb *v, struct buf *out)
{
	struct opt opts[CLI_OPTIONS_MAX + 1];
	buf_addf(out, "Usage: aspora %s%s%s [OPTION ...]\n\n%s\n", v->name, v->usage[0] ? " " : "",
		 v->usage, v->help);
	if (v->about)
		buf_addf(out, "\n%s\n", v->about);
	cli_options(c, v, opts);
	if (opts[0].name) {
		buf_addz(out, "\nOptions:\n");
		opt_help(out, opts);
	}
}
