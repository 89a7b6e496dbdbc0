/* aspora approve: a person's yes to a change that waits for it, its list, and how it is taken back. */
#include "cli/output.h"
#include "cli/resource.h"
#include "cli/target.h"
#include "cli/verbs.h"
#include "cli/wish.h"
#include "skill/text.h"

static struct {
	struct opt_strings kinds;
	const char *revision, *reason, *revoke;
	int64_t ttl_ms;
	bool list, yes;
} o;

static const struct opt options[] = {
	{"for", 0, OPT_STRINGS, &o.kinds, "WHAT",
	 "Approve only this: review, growth (what gives skills more), deletion, freeze (in spite "
	 "of "
	 "one). May be given again; all that the change asks for when left out.",
	 NULL},
	{"revision", 0, OPT_STRING, &o.revision, "COMMIT",
	 "Only while what waits is of this commit; at least 7 digits.", NULL},
	{"reason", 0, OPT_STRING, &o.reason, "TEXT", "Why, for whoever reads the history.", NULL},
	{"ttl", 0, OPT_DURATION, &o.ttl_ms, "TIME",
	 "How long it holds: 7d when left out, 30d at most.", NULL},
	{"list", 0, OPT_FLAG, &o.list, NULL,
	 "List approvals, of the DOMAIN if one is given; newest first.", NULL},
	{"revoke", 0, OPT_STRING, &o.revoke, "ID", "Take this approval back.", NULL},
	{"yes", 'y', OPT_FLAG, &o.yes, NULL, "Do not ask.", NULL},
	CLI_DRY_RUN_OPTION("Approve nothing; the gateway says what would happen, or, with =client, "
			   "nobody is asked."),
	OPT_END,
};

/* What a rule asks a person for. */
static const struct {
	const char *kind, *rule;
} asks[] = {{"review", "AD-REVIEW-001"},
	    {"growth", "AD-GROWTH-001"},
	    {"deletion", "AD-DELETE-001"},
	    {"freeze", "AD-FREEZE-001"}};

struct approving {
	struct cli_gateway g;
	const struct doc_node *admission;
	struct str domain, name, candidate;
	const char *kinds[ARRAY_SIZE(asks)]; /* to approve */
	size_t kind_count;
};

/* --- which admission ---------------------------------------------------------------------------------------------------- */

/* "1a2b3c4d5e6f-1a2b3c-1a2b3c", or all digits of a candidate. */
static bool is_admission(const char *word)
{
	size_t n = strlen(word), digits = strspn(word, "0123456789abcdef");
	return (n == DIGEST_HEX && digits == n) ||
	       (n == 26 && digits == 12 && word[12] == '-' && word[19] == '-');
}

static void take(struct approving *a, const struct doc_node *admission)
{
	a->admission = admission;
	a->domain = kind_text(admission, "metadata.domain");
	a->name = kind_text(admission, "metadata.name");
	a->candidate = kind_text(admission, "spec.candidate");
}

/* The denial that the newest commit of a source is held by; else the newest of all, of what was applied. */
static int find_waiting(struct approving *a, const char *domain, struct err *err)
{
	struct cli *c = a->g.c;
	const struct doc_node *list = NULL;
	const char *path = cli_path(c, "domains", domain, "admissions", NULL);
	path = cli_query(c, cli_query(c, path, "verdict", "deny"), "limit", "100");
	int rc = cli_get(&a->g, path, &list, err);
	const struct doc_node *items = rc < 0 ? NULL : doc_find(list, "items");
	for (size_t i = 0; items && i < items->list.count; i++) {
		const struct doc_node *status = doc_find(items->list.items[i], "status");
		if (!doc_bool(status, "holds", false))
			continue;
		take(a, items->list.items[i]);
		return 0;
	}
	if (rc == 0 && items && items->list.count) {
		take(a, items->list.items[0]);
		return 0;
	}
	if (rc < 0)
		return rc;
	err_set(err, ERR_CONFLICT, "nothing of domain %s waits for approval", domain);
	return err_remedy(err, "aspora describe domain %s shows how it is", domain);
}

static int find_named(struct approving *a, const char *domain, const char *name, struct err *err)
{
	struct cli *c = a->g.c;
	const struct doc_node *object = NULL;
	const char *path = domain ? cli_path(c, "domains", domain, "admissions", name, NULL)
				  : cli_path(c, "admissions", name, NULL);
	int rc = cli_get(&a->g, path, &object, err);
	if (rc == 0)
		take(a, object);
	return rc;
}

/* DOMAIN, DOMAIN/ADMISSION, ADMISSION, admission/ADMISSION, domain/DOMAIN. */
static int find_admission(struct approving *a, const char *word, struct err *err)
{
	const char *slash = strchr(word, '/');
	struct str head = slash ? str_make(word, (size_t)(slash - word)) : STR_NULL;
	if (!slash && is_admission(word))
		return find_named(a, NULL, word, err);
	if (!slash)
		return find_waiting(a, word, err);
	const struct kind *k = kind_find(head);
	if (k && strcmp(k->name, "Domain") == 0)
		return find_waiting(a, slash + 1, err);
	if (k && strcmp(k->name, "Admission") == 0)
		return find_named(a, NULL, slash + 1, err);
	return find_named(a, arena_strndup(a->g.c->arena, head.p, head.len), slash + 1, err);
}

/* --- what of it --------------------------------------------------------------------------------------------------------- */

static const struct doc_node *finding_of(const struct approving *a, const char *rule)
{
	const struct doc_node *list = kind_path(a->admission, "status.findings");
	for (size_t i = 0; list && list->type == DOC_LIST && i < list->list.count; i++)
		if (str_eqz(doc_text(list->list.items[i], "rule"), rule) &&
		    str_eqz(doc_text(list->list.items[i], "severity"), "deny"))
			return list->list.items[i];
	return NULL;
}

static int check_kinds(const struct cli *c, struct err *err)
{
	for (size_t i = 0; i < o.kinds.count; i++) {
		bool known = false;
		for (size_t k = 0; k < ARRAY_SIZE(asks); k++)
			known |= strcmp(o.kinds.items[i], asks[k].kind) == 0;
		if (!known)
			return cli_usage(c, err,
					 "--for=%s is nothing that can be approved: it is review, "
					 "growth, deletion or freeze",
					 o.kinds.items[i]);
	}
	return 0;
}

/* Those that were named, else all that it asks for. */
static int choose_kinds(struct approving *a, struct err *err)
{
	for (size_t k = 0; k < ARRAY_SIZE(asks); k++) {
		bool named = false;
		for (size_t i = 0; i < o.kinds.count; i++)
			named |= strcmp(o.kinds.items[i], asks[k].kind) == 0;
		if (o.kinds.count ? named : finding_of(a, asks[k].rule) != NULL)
			a->kinds[a->kind_count++] = asks[k].kind;
	}
	if (a->kind_count)
		return 0;
	err_set(err, ERR_CONFLICT, "nothing of admission %.*s waits for approval",
		STR_ARG(a->name));
	return err_remedy(err, "aspora describe admission %.*s/%.*s shows what denies it",
			  STR_ARG(a->domain), STR_ARG(a->name));
}

/* What is about to be approved, on stderr: a person should have read it. */
static void show(const struct approving *a)
{
	struct str revision = kind_text(a->admission, "metadata.source.revision"),
		   author = kind_text(a->admission, "spec.author");
	cli_say("domain %.*s, candidate %.12s, revision %.12s%s%.*s", STR_ARG(a->domain),
		a->candidate.p, revision.len ? revision.p : "", author.len ? " by " : "",
		STR_ARG(author));
	for (size_t i = 0; i < a->kind_count; i++) {
		CLEANUP(buf_release) struct buf words = BUF_INIT(BUF_MAX);
		for (size_t k = 0; k < ARRAY_SIZE(asks); k++) {
			const struct doc_node *f = strcmp(a->kinds[i], asks[k].kind) == 0
							   ? finding_of(a, asks[k].rule)
							   : NULL;
			if (f)
				text_escape(&words, doc_text(f, "message"), 0);
		}
		cli_say("  %s%s%s", a->kinds[i], words.len ? ": " : "", buf_cstr(&words));
	}
}

static int ask(struct approving *a, struct err *err)
{
	const struct cli *c = a->g.c;
	if (o.yes || (cli_dry_run && !cli_dry_run_is("none")))
		return 0;
	if (!c->terminal_in || !c->terminal_err) {
		err_set(err, ERR_USAGE,
			"approve asks before it approves, and there is nobody to answer");
		return err_remedy(err, "add --yes");
	}
	show(a);
	if (cli_confirm(c, "Approve it?"))
		return 0;
	return err_set(err, ERR_CANCELLED, "nothing was approved");
}

/* --- asking the gateway -------------------------------------------------------------------------------------------------- */

static int print(const struct cli *c, const struct doc_node *approval, const char *said,
		 struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	struct cli_view v = {.columns = kind_find(STR("Approval"))->columns, .word = "approval"};
	if (!cli_output_is_table(c))
		return cli_print(c, &v, &approval, 1, err);
	buf_addf(&out, "approval/%.*s %s: %.*s of %.*s %.12s%s\n",
		 STR_ARG(kind_text(approval, "metadata.name")), said,
		 STR_ARG(kind_text(approval, "spec.for")),
		 STR_ARG(kind_text(approval, "metadata.domain")),
		 kind_text(approval, "spec.digest").p, cli_dry_run_said());
	return cli_write(&out, err);
}

static int approve_one(struct approving *a, const char *kind, struct err *err)
{
	CLEANUP(buf_release) struct buf body = BUF_INIT(BUF_MAX);
	struct cli *c = a->g.c;
	const struct doc_node *answer = NULL;
	struct json j;
	json_init(&j, &body);
	json_object(&j);
	json_str(&j, "domain", a->domain);
	json_strz(&j, "for", kind);
	cli_json_member(&j, "revision", o.revision);
	cli_json_member(&j, "reason", o.reason);
	cli_json_duration(&j, "ttl", o.ttl_ms);
	json_end(&j);
	const char *candidate = arena_strndup(c->arena, a->candidate.p, a->candidate.len);
	const char *path = cli_query(c, cli_path(c, "admissions", candidate, "approvals", NULL),
				     "dryRun", cli_dry_run_is("server") ? "All" : NULL);
	int rc = cli_send(&a->g, path, buf_str(&body), 0, &answer, err);
	return rc < 0 ? rc : print(c, answer, "given", err);
}

static int approve(struct approving *a, const char *word, struct err *err)
{
	int rc = find_admission(a, word, err);
	if (rc == 0)
		rc = choose_kinds(a, err);
	if (rc == 0)
		rc = ask(a, err);
	if (rc == 0 && cli_dry_run_is("client"))
		show(a);
	for (size_t i = 0; rc == 0 && i < a->kind_count && !cli_dry_run_is("client"); i++)
		rc = approve_one(a, a->kinds[i], err);
	return rc;
}

static int list(struct cli_gateway *g, const char *domain, struct err *err)
{
	struct cli *c = g->c;
	struct cli_view v = {.columns = kind_find(STR("Approval"))->columns,
			     .word = "approval",
			     .list = true,
			     .none = "no approvals"};
	const struct doc_node **objects = NULL;
	size_t count = 0;
	const char *path = cli_query(c, cli_path(c, "approvals", NULL), "domain", domain);
	int rc = cli_get_list(g, path, &objects, &count, NULL, err);
	return rc < 0 ? rc : cli_print(c, &v, objects, count, err);
}

static int take_back(struct cli_gateway *g, struct err *err)
{
	struct cli *c = g->c;
	const struct doc_node *answer = NULL;
	const char *path = cli_query(c, cli_path(c, "approvals", o.revoke, NULL), "dryRun",
				     cli_dry_run_is("server") ? "All" : NULL);
	if (cli_dry_run_is("client")) {
		cli_say("approval %s would be taken back", o.revoke);
		return 0;
	}
	int rc = cli_change(g, "DELETE", path, STR_NULL, 0, &answer, err);
	return rc < 0 ? rc : print(c, answer, "taken back", err);
}

static int check(const struct cli *c, struct err *err)
{
	if (o.list && o.revoke)
		return cli_usage(c, err, "--list and --revoke exclude each other");
	if ((o.list || o.revoke) && (o.kinds.count || o.revision || o.reason || o.ttl_ms))
		return cli_usage(c, err,
				 "--for, --revision, --reason and --ttl are of an approval "
				 "that is given");
	if (o.revoke && c->operand_count)
		return cli_usage(c, err, "--revoke names the approval, and needs nothing beside");
	if (!o.list && !o.revoke && !c->operand_count)
		return cli_usage(c, err, "approve needs a DOMAIN or an ADMISSION");
	int rc = check_kinds(c, err);
	return rc < 0 ? rc : cli_output_check(c, err);
}

static int run(struct cli *c, struct err *err)
{
	struct approving a = {0};
	int rc = check(c, err);
	if (rc == 0)
		rc = cli_gateway_open(c, &a.g, err);
	if (rc == 0)
		rc = o.list	? list(&a.g, c->operands[0], err)
		     : o.revoke ? take_back(&a.g, err)
				: approve(&a, c->operands[0], err);
	cli_gateway_release(&a.g);
	return rc;
}

const struct cli_verb cli_verb_approve = {
	.name = "approve",
	.usage = "{DOMAIN | ADMISSION} | --list [DOMAIN] | --revoke ID",
	.help = "Approve a change that waits for a person, list approvals, take one back.",
	.about =
		"    aspora approve ecm\n\n"
		"Shows what is asked for and asks before it approves; --yes does not ask. What is\n"
		"approved is one change of one domain, as it was judged: a newer push has to be\n"
		"approved anew. Each person counts once, and nobody approves what he wrote. The\n"
		"change goes on by itself once enough people have. Needs a key of role approver.",
	.options = options,
	.uses = CLI_USES_GATEWAY | CLI_USES_OUTPUT,
	.most = 1,
	.completes = CLI_DOMAINS,
	.run = run,
};
