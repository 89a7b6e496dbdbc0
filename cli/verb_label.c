/* aspora label: short names with short values by which objects are found. */
#include "cli/output.h"
#include "cli/target.h"
#include "cli/verbs.h"
#include "skill/label.h"

#define TRIES 20

static struct {
	const char *domain, *selector, *version;
	bool all, overwrite, list;
} o;

static const struct opt options[] = {
	{"domain", 'd', OPT_STRING, &o.domain, "DOMAIN",
	 "Of names without one; of this domain only, with -l and --all.", NULL},
	{"namespace", 'n', OPT_STRING, &o.domain, "DOMAIN", "The same, for who is used to kubectl.",
	 NULL},
	{"selector", 'l', OPT_STRING, &o.selector, "SELECTOR",
	 "All objects of the kind with these labels: team=billing, !legacy.", NULL},
	{"all", 0, OPT_FLAG, &o.all, NULL, "All objects of the kind.", NULL},
	{"overwrite", 0, OPT_FLAG, &o.overwrite, NULL,
	 "Change labels that have another value; without it that is refused.", NULL},
	{"list", 0, OPT_FLAG, &o.list, NULL, "Show the labels, after the change if there is one.",
	 NULL},
	{"resource-version", 0, OPT_STRING, &o.version, "VERSION",
	 "Only while the object has this resourceVersion; for one object.", NULL},
	CLI_DRY_RUN_OPTION("Change nothing; the gateway says what would be, or, with =client, "
			   "nobody is asked."),
	OPT_END,
};

struct change {
	struct str key, value;
	bool remove;
};

struct changes {
	struct change *items;
	size_t count, cap;
};

/* "team=billing", "team-". */
static bool is_change(const char *word)
{
	size_t n = strlen(word);
	return strchr(word, '=') || (n > 1 && word[n - 1] == '-');
}

static int read_change(struct cli *c, const char *word, struct changes *to, struct err *err)
{
	const char *equals = strchr(word, '=');
	struct change ch = {.remove = !equals};
	ch.key = equals ? str_make(word, (size_t)(equals - word))
			: str_make(word, strlen(word) - 1);
	if (equals)
		ch.value = str_of(equals + 1);
	for (size_t i = 0; i < to->count; i++)
		if (str_eq(to->items[i].key, ch.key))
			return cli_usage(c, err, "label %.*s is named twice", STR_ARG(ch.key));
	int rc = label_check(ch.key, ch.value, err);
	ARENA_GROW(c->arena, to->items, to->count, to->cap);
	to->items[to->count++] = ch;
	return rc;
}

/* Objects first, then labels. */
static int split(struct cli *c, struct cli_which *which, struct changes *to, struct err *err)
{
	int rc = 0, at = 0;
	while (at < c->operand_count && !is_change(c->operands[at]))
		at++;
	*which = (struct cli_which){.words = c->operands,
				    .word_count = at,
				    .domain = o.domain,
				    .selector = o.selector,
				    .all = o.all};
	for (; rc == 0 && at < c->operand_count; at++)
		rc = is_change(c->operands[at])
			     ? read_change(c, c->operands[at], to, err)
			     : cli_usage(c, err,
					 "\"%s\" stands behind the labels: objects come first",
					 c->operands[at]);
	if (rc == 0 && to->count == 0 && !o.list)
		rc = cli_usage(c, err, "say which label: KEY=VALUE sets one, KEY- takes it away");
	return rc;
}

/* --- one object -------------------------------------------------------------------------------------------------- */

static const struct doc_node *labels_of(const struct doc_node *object)
{
	return doc_find(doc_find(object, "metadata"), "labels");
}

static struct str value_now(struct cli *c, const struct doc_node *object, struct str key)
{
	const struct doc_node *n = doc_find(labels_of(object),
					    arena_strndup(c->arena, key.p, key.len));
	return n ? n->text : STR_NULL;
}

/* What of the changes is one; *ret_removes: all of them take away. Errors: ERR_CONFLICT where a value stands in the way. */
static int write_patch(struct cli *c, const struct cli_target *t, const struct changes *all,
		       struct buf *out, size_t *ret_changed, bool *ret_removes, struct err *err)
{
	struct json j;
	struct str version = doc_text(doc_find(t->object, "metadata"), "resourceVersion");
	*ret_changed = 0;
	*ret_removes = true;
	json_init(&j, out);
	json_object(&j);
	json_object_in(&j, "metadata");
	/* Whoever does not overwrite means what he has seen. */
	if (o.version)
		json_strz(&j, "resourceVersion", o.version);
	else if (!o.overwrite)
		json_str(&j, "resourceVersion", version);
	json_object_in(&j, "labels");
	for (size_t i = 0; i < all->count; i++) {
		const struct change *ch = &all->items[i];
		const char *key = arena_strndup(c->arena, ch->key.p, ch->key.len);
		struct str now = value_now(c, t->object, ch->key);
		if (ch->remove && !now.p)
			cli_say("%s: label \"%s\" not found", t->label, key);
		if (ch->remove ? !now.p : now.p && str_eq(now, ch->value))
			continue;
		if (!ch->remove && now.p && !o.overwrite) {
			err_set(err, ERR_CONFLICT, "%s: label %s is \"%.*s\" already", t->label,
				key, STR_ARG(now));
			return err_remedy(err, "add --overwrite to make it \"%.*s\"",
					  STR_ARG(ch->value));
		}
		if (ch->remove)
			json_raw(&j, key, STR("null"));
		else
			json_str(&j, key, ch->value);
		*ret_removes = *ret_removes && ch->remove;
		(*ret_changed)++;
	}
	json_end(&j);
	json_end(&j);
	json_end(&j);
	return 0;
}

static void print_labels(struct buf *out, const struct cli_target *t)
{
	const struct doc_node *labels = labels_of(t->object);
	buf_addf(out, "%s:\n", t->label);
	for (size_t i = 0; labels && i < labels->map.count; i++)
		buf_addf(out, "  %.*s=%.*s\n", STR_ARG(labels->map.pairs[i].key),
			 STR_ARG(labels->map.pairs[i].value->text));
}

static int send_patch(struct cli_gateway *g, struct cli_target *t, const struct changes *all,
		      size_t *ret_changed, bool *ret_removes, struct err *err)
{
	CLEANUP(buf_release) struct buf patch = BUF_INIT(BUF_MAX);
	const char *path = cli_ref_path(g->c, &t->ref);
	int rc = write_patch(g->c, t, all, &patch, ret_changed, ret_removes, err);
	if (cli_dry_run_is("server"))
		path = cli_query(g->c, path, "dryRun", "All");
	if (rc < 0 || (!*ret_changed && !o.version) || cli_dry_run_is("client"))
		return rc;
	return cli_change(g, "PATCH", path, buf_str(&patch), 0, &t->object, err);
}

/* What is on its way changes while one looks: then it is looked at again. True when it has another version now. */
static bool has_moved(struct cli_gateway *g, struct cli_target *t)
{
	const struct doc_node *now = NULL;
	struct err ignored = ERR_INIT;
	if (o.version || cli_get(g, cli_ref_path(g->c, &t->ref), &now, &ignored) < 0)
		return false;
	struct str before = doc_text(doc_find(t->object, "metadata"), "resourceVersion");
	struct str version = doc_text(doc_find(now, "metadata"), "resourceVersion");
	t->object = now;
	return !str_eq(before, version);
}

static int change_one(struct cli_gateway *g, struct cli_target *t, const struct changes *all,
		      struct buf *out, struct err *err)
{
	size_t changed = 0;
	bool removes = false;
	int rc = send_patch(g, t, all, &changed, &removes, err);
	for (int i = 0; rc == ERR_CONFLICT && i < TRIES && has_moved(g, t); i++) {
		*err = (struct err)ERR_INIT;
		rc = send_patch(g, t, all, &changed, &removes, err);
	}
	if (rc == 0 && all->count && cli_output_is_table(g->c))
		buf_addf(out, "%s %s%s\n", t->label,
			 !changed  ? "not labeled"
			 : removes ? "unlabeled"
				   : "labeled",
			 cli_dry_run_said());
	return rc;
}

static int print(struct cli *c, const struct cli_target *targets, size_t count, struct buf *out,
		 struct err *err)
{
	if (cli_output_is_table(c)) {
		for (size_t i = 0; o.list && i < count; i++)
			print_labels(out, &targets[i]);
		return cli_write(out, err);
	}
	return cli_targets_print(c, targets, count, count != 1 || o.all || o.selector, err);
}

static int label(struct cli *c, struct err *err)
{
	CLEANUP(cli_gateway_release) struct cli_gateway g = {0};
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	struct cli_which which;
	struct cli_target *targets = NULL;
	struct changes all = {0};
	size_t count = 0, done = 0;
	int rc = cli_output_check(c, err);
	if (rc == 0)
		rc = split(c, &which, &all, err);
	if (rc == 0)
		rc = cli_gateway_open(c, &g, err);
	if (rc == 0)
		rc = cli_targets(&g, &which, &targets, &count, err);
	if (rc == 0 && o.version && count > 1)
		rc = cli_usage(c, err, "--resource-version is of one object, and %zu are named",
			       count);
	while (rc == 0 && done < count)
		if ((rc = change_one(&g, &targets[done], &all, &out, err)) == 0)
			done++;
	/* What was done before one was refused is said all the same. */
	struct err ignored = ERR_INIT;
	int printed = done || rc == 0 ? print(c, targets, done, &out, rc < 0 ? &ignored : err) : 0;
	return rc < 0 ? rc : printed;
}

const struct cli_verb cli_verb_label = {
	.name = "label",
	.usage = "KIND NAME... KEY=VALUE... KEY-...",
	.help = "Set labels of objects, take them away, show them.",
	.about = "KEY=VALUE sets a label and KEY- takes it away, of skills, domains and sources,\n"
		 "which may also be written KIND/NAME. A label has a name of letters, digits, '-', "
		 "'_'\n"
		 "and '.', perhaps below a domain name and a slash, and a value of the same or "
		 "none.\n"
		 "What stands below metadata: in SKILL.md is of Git and is changed there.\n\n"
		 "    aspora label skill ecm/order-details team=billing old-\n"
		 "    aspora label skills -l team=billing tier=gold --overwrite\n"
		 "    aspora label domain/ecm --list\n\n"
		 "The exit status is 5 when a label has another value, or the object is not any "
		 "more "
		 "what\n"
		 "was read.",
	.options = options,
	.uses = CLI_USES_GATEWAY | CLI_USES_OUTPUT,
	.least = 1,
	.most = -1,
	.completes = CLI_KINDS,
	.run = label,
};
