/* aspora delete: takes away what a person may take away: what was applied, overlays, quarantines, keys, executions that run. */
#include <assert.h>

#include "base/clock.h"
#include "cli/output.h"
#include "cli/target.h"
#include "cli/verbs.h"
#include "cli/wish.h"

static struct {
	const char *domain, *selector, *version;
	struct opt_strings files;
	bool all, yes, missing_is_fine;
} o;

static const struct opt options[] = {
	{"domain", 'd', OPT_STRING, &o.domain, "DOMAIN",
	 "Of names without one; of this domain only, with -l and --all.", NULL},
	{"namespace", 'n', OPT_STRING, &o.domain, "DOMAIN", "The same, for who is used to kubectl.",
	 NULL},
	CLI_FILES_OPTION(&o.files),
	{"selector", 'l', OPT_STRING, &o.selector, "SELECTOR",
	 "All objects of the kind with these labels.", NULL},
	{"all", 0, OPT_FLAG, &o.all, NULL, "All objects of the kind.", NULL},
	{"yes", 'y', OPT_FLAG, &o.yes, NULL, "Do not ask first.", NULL},
	{"ignore-not-found", 0, OPT_FLAG, &o.missing_is_fine, NULL,
	 "What is not there is no error.", NULL},
	{"resource-version", 0, OPT_STRING, &o.version, "VERSION",
	 "Only while the object has this resourceVersion; for one object.", NULL},
	CLI_DRY_RUN_OPTION("Delete nothing; the gateway says what would happen, or, with =client, "
			   "nobody is asked."),
	CLI_WISH_OPTIONS,
	OPT_END,
};

/* What deleting means, by kind. */
static const struct way {
	const char *kind;
	const char *said; /* what is said when it is done */
	bool asks; /* something that serves, or somebody's access, goes away */
	bool wishes; /* carried out by sync */
} ways[] = {
	{"Skill", "deleted", true, true},	  {"Domain", "deleted", true, true},
	{"Key", "revoked", true, false},	  {"Quarantine", "cleared", false, true},
	{"Approval", "taken back", false, false}, {"Execution", "asked to end", false, false},
};
/* Not a kind of object: it is a domain's. */
static const struct way overlay_way = {"Domain", "overlay ended", true, true};

static const struct way *way_of(const struct kind *k)
{
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		if (strcmp(ways[i].kind, k->name) == 0)
			return &ways[i];
	return NULL;
}

/* After check() there is one. */
static const struct way *way_to(const struct cli_target *t, bool overlay)
{
	const struct way *way = overlay ? &overlay_way : way_of(t->ref.kind);
	assert(way);
	return way;
}

static bool is_overlay(const char *word)
{
	return strcmp(word, "overlay") == 0 || strcmp(word, "overlays") == 0 ||
	       strncmp(word, "overlay/", strlen("overlay/")) == 0;
}

static int no_way(const struct kind *k, struct err *err)
{
	err_set(err, ERR_USAGE, "%s cannot be deleted", k->plural);
	if (strcmp(k->name, "Source") == 0)
		return err_remedy(err,
				  "a source is taken out of asporad.conf; what it deployed stays "
				  "until its domains are handed over or deleted");
	if (strcmp(k->name, "Instance") == 0)
		return err_remedy(err, "instances follow what is deployed: roll back, or suspend");
	return err_remedy(err,
			  "skills, domains, overlays, quarantines, approvals, keys and executions "
			  "can be");
}

/* "overlay ecm" is "domain ecm". */
static void read_which(struct cli *c, struct cli_which *which, bool *ret_overlay)
{
	char **words = arena_array(c->arena, (size_t)c->operand_count + 1, sizeof(*words));
	*ret_overlay = c->operand_count && is_overlay(c->operands[0]);
	for (int i = 0; i < c->operand_count; i++) {
		words[i] = c->operands[i];
		if (*ret_overlay && is_overlay(words[i]))
			words[i] = (char *)arena_printf(
				c->arena, "domain%s",
				strchr(words[i], '/') ? strchr(words[i], '/') : "");
	}
	*which = (struct cli_which){.words = words,
				    .word_count = c->operand_count,
				    .domain = o.domain,
				    .selector = o.selector,
				    .files = &o.files,
				    .all = o.all,
				    .missing_is_fine = o.missing_is_fine};
}

/* Finished executions are history; those of a list that have ended are passed over. */
static bool has_ended(const struct cli_target *t)
{
	return strcmp(t->ref.kind->name, "Execution") == 0 &&
	       doc_text(doc_find(t->object, "status"), "endedAt").len > 0;
}

static int check(const struct cli_target *targets, size_t *count, struct cli *c, struct err *err)
{
	for (size_t i = 0; i < *count; i++) {
		if (!way_of(targets[i].ref.kind))
			return no_way(targets[i].ref.kind, err);
		if (!has_ended(&targets[i]) || o.all || o.selector)
			continue;
		err_set(err, ERR_CONFLICT, "%s has ended: what ran is history", targets[i].label);
		return err_remedy(err,
				  "it is removed by itself when asporad.conf says "
				  "(executions are kept for a while, for who asks what happened)");
	}
	if (o.version && *count > 1)
		return cli_usage(c, err, "--resource-version is of one object, and %zu are named",
				 *count);
	return 0;
}

/* Asks once for all of them. */
static int confirm(struct cli *c, const struct cli_target *targets, size_t count, bool overlay,
		   struct err *err)
{
	CLEANUP(buf_release) struct buf names = BUF_INIT(BUF_MAX);
	size_t asked = 0;
	for (size_t i = 0; i < count; i++) {
		if (!way_to(&targets[i], overlay)->asks)
			continue;
		buf_addf(&names, "%s%s%s", asked ? ", " : "", overlay ? "the overlay over " : "",
			 targets[i].label);
		asked++;
	}
	if (!asked || o.yes || (cli_dry_run && !cli_dry_run_is("none")))
		return 0;
	if (!c->terminal_in || !c->terminal_err) {
		err_set(err, ERR_USAGE,
			"delete asks before it takes away %s, and there is nobody to "
			"answer",
			asked == 1 ? buf_cstr(&names) : "what serves");
		return err_remedy(err, "add --yes");
	}
	buf_addz(&names, "?");
	const char *question = arena_printf(c->arena, "delete %s", buf_cstr(&names));
	if (cli_confirm(c, question))
		return 0;
	return err_set(err, ERR_DENIED, "nothing was deleted");
}

static const char *path_of(struct cli *c, const struct cli_target *t, const struct way *way)
{
	char text[32];
	const char *path = way == &overlay_way
				   ? cli_path(c, "domains", t->ref.name, "overlay", NULL)
			   : strcmp(way->kind, "Quarantine") == 0
				   ? cli_path(c, "quarantines", t->ref.name, NULL)
			   : strcmp(way->kind, "Approval") == 0
				   ? cli_path(c, "approvals", t->ref.name, NULL)
				   : cli_ref_path(c, &t->ref);
	path = cli_query(c, path, "resourceVersion", o.version);
	if (strcmp(way->kind, "Execution") != 0)
		path = cli_query(c, path, "dryRun", cli_dry_run_is("server") ? "All" : NULL);
	if (!way->wishes)
		return path;
	path = cli_query(c, path, "reason", cli_wish_reason);
	return cli_query(c, path, "wait",
			 cli_wish_wait_ms > 0 ? duration_format(cli_wish_wait_ms, text) : NULL);
}

static int delete_one(struct cli_gateway *g, const struct cli_target *t, const struct way *way,
		      struct buf *out, struct err *err)
{
	const struct doc_node *answer = NULL;
	bool execution = strcmp(way->kind, "Execution") == 0;
	bool asks_nobody = cli_dry_run_is("client") || (execution && cli_dry_run_is("server"));
	int64_t wait_ms = way->wishes ? cli_wish_wait_ms : 0;
	int rc = asks_nobody ? 0
			     : cli_change(g, "DELETE", path_of(g->c, t, way), STR_NULL, wait_ms,
					  &answer, err);
	if (rc == 0 && answer && way->wishes)
		rc = cli_wish_end(answer, err);
	if (rc == ERR_NOT_FOUND && o.missing_is_fine) {
		*err = (struct err)ERR_INIT;
		return 0;
	}
	if (rc != 0)
		return rc;
	bool waits = way->wishes && cli_wish_wait_ms <= 0 && answer;
	if (cli_output_is_table(g->c))
		buf_addf(out, "%s %s%s\n", t->label, waits ? "is to be deleted" : way->said,
			 cli_dry_run_said());
	else
		buf_addf(out, "%s\n", t->label);
	return 0;
}

static int go(struct cli_gateway *g, const struct cli_target *targets, size_t count, bool overlay,
	      struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < count; i++) {
		if (has_ended(&targets[i]))
			continue;
		rc = delete_one(g, &targets[i], way_to(&targets[i], overlay), &out, err);
	}
	/* What was done before one was refused is said all the same. */
	struct err ignored = ERR_INIT;
	int printed = out.len ? cli_write(&out, rc < 0 ? &ignored : err) : 0;
	return rc != 0 ? rc : printed;
}

static int check_output(struct cli *c, struct err *err)
{
	int rc = cli_output_check(c, err);
	if (rc == 0 && c->output && !cli_output_is_table(c) && strcmp(c->output, "name") != 0) {
		err_set(err, ERR_USAGE, "delete prints no %s: the objects are gone", c->output);
		rc = err_remedy(err, "-o name prints their names");
	}
	return rc;
}

static int delete (struct cli *c, struct err *err)
{
	CLEANUP(cli_gateway_release) struct cli_gateway g = {0};
	struct cli_which which;
	struct cli_target *targets = NULL;
	size_t count = 0;
	bool overlay = false;
	int rc = check_output(c, err);
	if (rc < 0)
		return rc;
	read_which(c, &which, &overlay);
	rc = cli_gateway_open(c, &g, err);
	if (rc == 0)
		rc = cli_targets(&g, &which, &targets, &count, err);
	opt_strings_release(&o.files);
	if (rc == 0)
		rc = check(targets, &count, c, err);
	if (rc == 0)
		rc = confirm(c, targets, count, overlay, err);
	return rc < 0 ? rc : go(&g, targets, count, overlay, err);
}

const struct cli_verb cli_verb_delete = {
	.name = "delete",
	.usage = "KIND NAME... | KIND/NAME... | -f PATH",
	.help = "Take away what was applied, overlays, quarantines, approvals, keys; end "
		"executions.",
	.about =
		"A skill or a domain is deleted if it came by `aspora apply`; what Git has is "
		"deleted\n"
		"in Git. `delete overlay DOMAIN` takes an overlay off, `delete quarantine ID` "
		"lets a\n"
		"version be deployed again, `delete approval ID` takes it back, `delete key NAME`\n"
		"revokes it, and `delete execution ID` ends what runs. Objects may also be "
		"written\n"
		"KIND/NAME.\n\n"
		"Where something that serves goes away, a person is asked first, unless --yes is "
		"given.\n\n"
		"    aspora delete skill shop/old --reason \"no longer sold\"\n"
		"    aspora delete skills -l tier=trial --dry-run\n"
		"    aspora delete -f skills/shop/old\n\n"
		"The exit status is 5 when it belongs to Git, or is not any more what was read.",
	.options = options,
	.uses = CLI_USES_GATEWAY | CLI_USES_OUTPUT | CLI_USES_FOLDER,
	.most = -1,
	.completes = CLI_KINDS,
	.run = delete,
};
