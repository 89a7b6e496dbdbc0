/* aspora audit: who did what, newest first; also what was refused. */
#include "cli/gateway.h"
#include "cli/output.h"
#include "cli/verbs.h"

static struct {
	const char *actor, *domain, *kind, *since;
	int64_t limit;
} o = {.limit = 50};

static const struct opt options[] = {
	{"actor", 'a', OPT_STRING, &o.actor, "WHO", "Only of this one, such as key:ana.", NULL},
	{"domain", 'd', OPT_STRING, &o.domain, "DOMAIN", "Only about this domain.", NULL},
	{"namespace", 'n', OPT_STRING, &o.domain, "DOMAIN", "The same, for who is used to kubectl.",
	 NULL},
	{"kind", 'k', OPT_STRING, &o.kind, "KIND",
	 "Only of one kind: Skill, Release, Key, Wish (what was asked for), Request (what was "
	 "refused).",
	 NULL},
	{"since", 0, OPT_STRING, &o.since, "TIME", "Since a time, or so long ago: 24h.", NULL},
	{"limit", 0, OPT_INT, &o.limit, "N", "How many; 50 when left out, 500 at most.", NULL},
	OPT_END,
};

/* clang-format off */
static const struct kind_column columns[] = {
	{"AGE", "@age at", false}, {"ACTOR", "actor", false}, {"OP", "op", false}, {"KIND", "kind", false},
	{"DOMAIN", "domain", false}, {"NAME", "name", false}, {"WHAT", "what", false},
	{"REVISION", "revision", true}, {"HASH", "@short hash", true}, {NULL, NULL, false}};
/* clang-format on */

static void words(struct buf *out, const struct doc_node *object)
{
	static const struct {
		const char *member, *before;
	} parts[] = {{"wish", ""},
		     {"verdict", ""},
		     {"method", ""},
		     {"path", ""},
		     {"state", ""},
		     {"requestedBy", "for "},
		     {"cancelledBy", "cancelled by "},
		     {"kind", ""},
		     {"op", ""},
		     {"rollout", "rollout "}};
	static const char *const holds[] = {"suspended", "resumed", "paused", "unpaused"};
	const struct doc_node *status = doc_find(object, "status");
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		struct str v = doc_text(object, parts[i].member);
		if (v.len)
			buf_addf(out, "%s%s%.*s", out->len ? " " : "", parts[i].before, STR_ARG(v));
	}
	for (size_t i = 0; i < ARRAY_SIZE(holds); i++)
		if (doc_find(object, holds[i])) {
			struct str why = doc_text(object, holds[i]);
			buf_addf(out, "%s%s%.*s", holds[i], why.len ? ": " : "", STR_ARG(why));
		}
	if (status && status->type == DOC_INT)
		buf_addf(out, " refused with %lld", (long long)status->integer);
}

/* The entry with a member "what": its object in a few words. */
static const struct doc_node *in_words(struct cli *c, const struct doc_node *entry)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(64 * 1024);
	struct doc_node *what = arena_alloc(c->arena, sizeof(*what));
	words(&out, doc_find(entry, "object"));
	what->type = DOC_STRING;
	what->text = arena_str(c->arena, buf_str(&out));
	return cli_with_member(c, entry, "what", what);
}

static int print(struct cli *c, const struct doc_node *answer, struct err *err)
{
	struct cli_view v = {.columns = columns,
			     .word = "change",
			     .list = true,
			     .none = "nothing in the history that is kept"};
	const struct doc_node *items = doc_find(answer, "items");
	size_t count = items && items->type == DOC_LIST ? items->list.count : 0;
	const struct doc_node **entries = arena_array(c->arena, count + 1, sizeof(*entries));
	for (size_t i = 0; i < count; i++)
		entries[i] = cli_output_is_table(c) ? in_words(c, items->list.items[i])
						    : items->list.items[i];
	return cli_print(c, &v, entries, count, err);
}

static int audit(struct cli *c, struct err *err)
{
	CLEANUP(cli_gateway_release) struct cli_gateway g = {0};
	const struct doc_node *answer = NULL;
	const char *path = cli_path(c, "audit", NULL);
	int rc = cli_output_check(c, err);
	if (rc == 0 && (o.limit < 1 || o.limit > 500))
		rc = cli_usage(c, err, "--limit is from 1 to 500");
	if (rc < 0)
		return rc;
	path = cli_query(c, path, "actor", o.actor);
	path = cli_query(c, path, "domain", o.domain);
	path = cli_query(c, path, "kind", o.kind);
	path = cli_query(c, path, "since", o.since);
	path = cli_query(c, path, "limit", arena_printf(c->arena, "%lld", (long long)o.limit));
	rc = cli_gateway_open(c, &g, err);
	if (rc == 0)
		rc = cli_get(&g, path, &answer, err);
	return rc < 0 ? rc : print(c, answer, err);
}

const struct cli_verb cli_verb_audit = {
	.name = "audit",
	.usage = "",
	.help = "Show who did what, the newest first; also what was refused.",
	.about = "Every row is part of the hash chain that `aspora verify` recomputes. Needs a key "
		 "of\n"
		 "role operator, approver or admin, and shows what its domains have.",
	.options = options,
	.uses = CLI_USES_GATEWAY | CLI_USES_OUTPUT,
	.run = audit,
};
