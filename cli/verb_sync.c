/* aspora sync: looks at one source, or at every repository, now, and says what came of it. */
#include "cli/output.h"
#include "cli/verbs.h"
#include "cli/wish.h"
#include "skill/text.h"

static struct opt_strings confirmed, grown, thawed;

static const struct opt options[] = {
	{"confirm-deletion", 0, OPT_STRINGS, &confirmed, "DOMAIN",
	 "Let go what the newest commit deletes of this domain; '*' for every domain. May be given "
	 "again.",
	 NULL},
	{"approve-growth", 0, OPT_STRINGS, &grown, "DOMAIN",
	 "Approve that the newest commit gives skills of this domain more than they had; '*' for "
	 "every domain. May be given again.",
	 NULL},
	{"during-freeze", 0, OPT_STRINGS, &thawed, "DOMAIN",
	 "Let the newest commit change this domain although policy.freeze holds; '*' for every "
	 "domain. May be given again.",
	 NULL},
	{"wait", 0, OPT_DURATION, &cli_wish_wait_ms, "TIME",
	 "How long to wait for it: 60s when left out, 10m at most; 0s does not wait.", NULL},
	OPT_END,
};

/* A look that failed is no failed wish: the source's own condition says it. */
static int source_trouble(struct cli_gateway *g, const char *name, int *status, struct err *err)
{
	const struct doc_node *source = NULL;
	int rc = cli_get(g, cli_path(g->c, "sources", name, NULL), &source, err);
	const struct doc_node *ready = rc < 0 ? NULL
					      : kind_path(source, "status.conditions[Ready]");
	if (rc < 0 || !str_eqz(doc_text(ready, "status"), "False"))
		return rc;
	struct str reason = doc_text(ready, "reason"), remedy = doc_text(ready, "remedy");
	cli_say("source %s is not ready, %.*s: %.*s%s%.*s%s", name, STR_ARG(reason),
		STR_ARG(doc_text(ready, "message")), remedy.len ? " (" : "", STR_ARG(remedy),
		remedy.len ? ")" : "");
	*status = err_exit_status(str_eqz(reason, "AdmissionDenied") ||
						  str_eqz(reason, "SignatureInvalid")
					  ? ERR_DENIED
					  : ERR_GIT);
	return 0;
}

static void add_confirmed(struct json *j, const char *kind, const struct opt_strings *domains)
{
	for (size_t i = 0; i < domains->count; i++) {
		CLEANUP(buf_release) struct buf entry = BUF_INIT(1024);
		buf_addf(&entry, "%s%s", kind, domains->items[i]);
		json_add_str(j, buf_str(&entry));
	}
}

/* What was refused until somebody says that it is meant. Empty when nothing was said. */
static void write_body(struct buf *out)
{
	struct json j;
	if (confirmed.count + grown.count + thawed.count == 0)
		return;
	json_init(&j, out);
	json_object(&j);
	json_array_in(&j, "confirm");
	add_confirmed(&j, "", &confirmed);
	add_confirmed(&j, "growth:", &grown);
	add_confirmed(&j, "freeze:", &thawed);
	json_end(&j);
	json_end(&j);
}

static int sync_one(struct cli_gateway *g, const char *name, int *status, struct err *err)
{
	CLEANUP(buf_release) struct buf head = BUF_INIT(BUF_MAX);
	CLEANUP(buf_release) struct buf body = BUF_INIT(BUF_MAX);
	const struct doc_node *wish = NULL;
	int trouble = 0;
	write_body(&body);
	int rc = cli_wish_send(g, cli_path(g->c, "sources", name, "sync", NULL), buf_str(&body),
			       &wish, err);
	buf_addf(&head, "%s: ", name);
	if (rc == 0 && cli_output_is_table(g->c))
		rc = cli_write(&head, err);
	if (rc == 0)
		rc = cli_wish_print(g->c, wish, err);
	if (rc >= 0 && cli_wish_wait_ms > 0) {
		int more = source_trouble(g, name, &trouble, err);
		rc = more < 0 ? more : MAX(rc, trouble);
	}
	if (rc > 0)
		*status = rc;
	return rc < 0 ? rc : 0;
}

/* Apply sets are not looked at: what they are has been sent. */
static int sync_all(struct cli_gateway *g, int *status, struct err *err)
{
	const struct doc_node **sources = NULL;
	size_t count = 0, asked = 0;
	int rc = cli_get_list(g, cli_path(g->c, "sources", NULL), &sources, &count, NULL, err);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		struct str name = doc_text(doc_find(sources[i], "metadata"), "name");
		if (!doc_text(doc_find(sources[i], "spec"), "url").len)
			continue;
		asked++;
		rc = sync_one(g, arena_strndup(g->c->arena, name.p, name.len), status, err);
	}
	if (rc == 0 && asked == 0)
		cli_say("there is no source to look at: asporad.conf names them");
	return rc;
}

static int sync_now(struct cli *c, struct err *err)
{
	CLEANUP(cli_gateway_release) struct cli_gateway g = {0};
	int status = 0;
	int rc = cli_gateway_open(c, &g, err);
	if (rc == 0)
		rc = c->operand_count ? sync_one(&g, c->operands[0], &status, err)
				      : sync_all(&g, &status, err);
	return rc < 0 ? rc : status;
}

const struct cli_verb cli_verb_sync = {
	.name = "sync",
	.usage = "[SOURCE]",
	.help = "Look at a source now, or at all of them, and deploy what is new.",
	.about = "The exit status is 6 when something of it is denied, and 13 when the repository\n"
		 "cannot be read.",
	.options = options,
	.uses = CLI_USES_GATEWAY | CLI_USES_OUTPUT,
	.most = 1,
	.completes = CLI_SOURCES,
	.run = sync_now,
};
