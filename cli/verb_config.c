/* aspora config: contexts, in ~/.config/aspora/config.yaml. */
#include <unistd.h>

#include "base/json.h"
#include "cli/context.h"
#include "cli/output.h"
#include "cli/verbs.h"

static struct {
	const char *server, *key, *domain, *authority, *token_file, *token_command;
	bool insecure, current;
} o;

static const char *const words[] = {
	"get-contexts",	  "current-context", "set-context", "use-context",
	"rename-context", "delete-context",  "view",	    NULL};

static const struct opt options[] = {
	{"server", 0, OPT_STRING, &o.server, "URL",
	 "set-context: the gateway, http://HOST:PORT, https://HOST or unix:/PATH.", NULL},
	{"key", 0, OPT_STRING, &o.key, "KEY",
	 "set-context: where the API key is, env:NAME or file:/PATH, or the key itself.", NULL},
	{"domain", 'd', OPT_STRING, &o.domain, "DOMAIN",
	 "set-context: the domain of commands that are given none.", NULL},
	{"namespace", 'n', OPT_STRING, &o.domain, "DOMAIN", "The same, for who is used to kubectl.",
	 NULL},
	{"current", 0, OPT_FLAG, &o.current, NULL,
	 "set-context: the current one, without its name.", NULL},
	{"certificate-authority", 0, OPT_STRING, &o.authority, "FILE",
	 "set-context: certificates that the gateway's must lead to, in PEM. Also ASPORA_CA.",
	 NULL},
	{"insecure-skip-tls-verify", 0, OPT_FLAG, &o.insecure, NULL,
	 "set-context: take any certificate, and with it whoever stands in between.", NULL},
	{"token-file", 0, OPT_STRING, &o.token_file, "FILE",
	 "set-context: a file with a token of OpenID Connect, read anew each time.", NULL},
	{"token-command", 0, OPT_STRING, &o.token_command, "WORDS",
	 "set-context: a program and its arguments, separated by spaces, that prints one.", NULL},
	OPT_END,
};

static int say(const char *what, const char *name, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(1024);
	buf_addf(&out, "context %s %s\n", name, what);
	return cli_write(&out, err);
}

/* A file is found from everywhere. */
static struct str absolute(struct cli *c, const char *path)
{
	CLEANUP_FREE char *here = path[0] == '/' ? NULL : getcwd(NULL, 0);
	return str_of(here ? arena_printf(c->arena, "%s/%s", here, path) : path);
}

/* An empty word takes a setting away. */
static void set_trust(struct cli *c, struct cli_context *at)
{
	struct str rest = o.token_command ? str_of(o.token_command) : STR_NULL, word;
	if (o.authority)
		at->authority = *o.authority ? absolute(c, o.authority) : STR_NULL;
	if (o.authority || o.insecure)
		at->insecure = o.insecure;
	if (o.token_file)
		at->token_file = *o.token_file ? absolute(c, o.token_file) : STR_NULL;
	if (!o.token_command)
		return;
	at->token_command = (struct field_strings){
		arena_array(c->arena, rest.len / 2 + 1, sizeof(struct str)), 0};
	while (str_split(&rest, ' ', &word))
		if (word.len)
			at->token_command.items[at->token_command.count++] = word;
}

static int set_context(struct cli *c, struct cli_contexts *all, const char *name, struct err *err)
{
	struct cli_context *list = all->contexts.items, *at = cli_context_find(all, str_of(name));
	bool fresh = !at;
	if (fresh && !o.server)
		return cli_usage(c, err, "a new context needs --server");
	if (fresh) {
		size_t n = all->contexts.count;
		struct cli_context *more = arena_array(c->arena, n + 1, sizeof(*more));
		if (n)
			memcpy(more, list, n * sizeof(*more));
		at = &more[n];
		at->key = str_of(name);
		all->contexts.items = more;
		all->contexts.count = n + 1;
	}
	if (o.server)
		at->server = str_of(o.server);
	if (o.key)
		at->secret = str_of(o.key);
	if (o.domain)
		at->domain = str_of(o.domain);
	set_trust(c, at);
	if (!all->current.len)
		all->current = at->key;
	int rc = cli_contexts_save(all, err);
	return rc < 0 ? rc : say(fresh ? "made" : "changed", name, err);
}

static int use_context(struct cli_contexts *all, const char *name, struct err *err)
{
	if (!cli_context_find(all, str_of(name)))
		return cli_context_unknown(all, str_of(name), err);
	all->current = str_of(name);
	int rc = cli_contexts_save(all, err);
	return rc < 0 ? rc : say("is current", name, err);
}

static int rename_context(struct cli *c, struct cli_contexts *all, const char *name, const char *to,
			  struct err *err)
{
	struct cli_context *at = cli_context_find(all, str_of(name));
	if (!at)
		return cli_context_unknown(all, str_of(name), err);
	if (!to)
		return cli_usage(c, err, "aspora config rename-context needs a new name");
	if (cli_context_find(all, str_of(to))) {
		err_set(err, ERR_CONFLICT, "there is a context \"%s\" already", to);
		return err_remedy(err, "`aspora config delete-context %s` takes it away", to);
	}
	if (str_eqz(all->current, name))
		all->current = str_of(to);
	at->key = str_of(to);
	int rc = cli_contexts_save(all, err);
	return rc < 0 ? rc : say(arena_printf(c->arena, "is %s now", to), name, err);
}

static int delete_context(struct cli_contexts *all, const char *name, struct err *err)
{
	struct cli_context *list = all->contexts.items, *at = cli_context_find(all, str_of(name));
	if (!at)
		return cli_context_unknown(all, str_of(name), err);
	size_t i = (size_t)(at - list);
	memmove(at, at + 1, (all->contexts.count - i - 1) * sizeof(*at));
	all->contexts.count--;
	if (str_eqz(all->current, name))
		all->current = STR_NULL;
	int rc = cli_contexts_save(all, err);
	return rc < 0 ? rc : say("deleted", name, err);
}

static void view_trust(struct buf *out, const struct cli_context *at)
{
	if (at->authority.len)
		buf_addf(out, "    certificate-authority: %.*s\n", STR_ARG(at->authority));
	if (at->insecure)
		buf_addz(out, "    insecure-skip-tls-verify: true\n");
	if (at->token_file.len)
		buf_addf(out, "    token-file: %.*s\n", STR_ARG(at->token_file));
	for (size_t i = 0; i < at->token_command.count; i++)
		buf_addf(out, "%s%.*s%s",
			 i ? " " : "    token-command: ", STR_ARG(at->token_command.items[i]),
			 i + 1 == at->token_command.count ? "\n" : "");
}

/* A key that is written out is not shown. */
static int view(const struct cli_contexts *all, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	const struct cli_context *list = all->contexts.items;
	buf_addf(&out, "# %s\n", all->path);
	for (size_t i = 0; i < all->contexts.count; i++) {
		struct str key = list[i].secret;
		bool reference = str_starts(key, STR("env:")) || str_starts(key, STR("file:"));
		buf_addf(&out, "%c %.*s\n    server: %.*s\n",
			 str_eq(list[i].key, all->current) ? '*' : ' ', STR_ARG(list[i].key),
			 STR_ARG(list[i].server));
		if (key.len)
			buf_addf(&out, "    key: %.*s\n", reference ? (int)key.len : 8,
				 reference ? key.p : "(hidden)");
		if (list[i].domain.len)
			buf_addf(&out, "    domain: %.*s\n", STR_ARG(list[i].domain));
		view_trust(&out, &list[i]);
	}
	return cli_write(&out, err);
}

/* As an object for -o, like any other; a key that is written out is not in it. */
static const struct doc_node *as_object(struct cli *c, const struct cli_context *at, bool current,
					struct err *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	const struct doc_node *n = NULL;
	struct str key = at->secret;
	bool reference = str_starts(key, STR("env:")) || str_starts(key, STR("file:"));
	struct json j;
	json_init(&j, &text);
	json_object(&j);
	json_strz(&j, "kind", "Context");
	json_object_in(&j, "metadata");
	json_str(&j, "name", at->key);
	json_end(&j);
	json_object_in(&j, "spec");
	json_str(&j, "server", at->server);
	json_str(&j, "domain", at->domain);
	json_str(&j, "key", reference || !key.len ? key : STR("(hidden)"));
	json_end(&j);
	json_object_in(&j, "status");
	json_strz(&j, "current", current ? "*" : "");
	json_end(&j);
	json_end(&j);
	return doc_parse_json(c->arena, buf_str(&text), &doc_limits_json, "context", &n, err) < 0
		       ? NULL
		       : n;
}

/* Those that are to be shown: one, or all. */
static int as_objects(struct cli *c, const struct cli_contexts *all, const char *name,
		      const struct doc_node ***ret, size_t *ret_count, struct err *err)
{
	struct str current = cli_context_current(c, all);
	const struct cli_context *list = all->contexts.items;
	const struct doc_node **objects = arena_array(c->arena, all->contexts.count + 1,
						      sizeof(*objects));
	size_t count = 0;
	if (name && !cli_context_find(all, str_of(name)))
		return cli_context_unknown(all, str_of(name), err);
	for (size_t i = 0; i < all->contexts.count; i++) {
		if (name && !str_eqz(list[i].key, name))
			continue;
		objects[count] = as_object(c, &list[i], str_eq(list[i].key, current), err);
		if (!objects[count++])
			return ERR_INVALID;
	}
	*ret = objects;
	*ret_count = count;
	return 0;
}

static int get_contexts(struct cli *c, const struct cli_contexts *all, const char *name,
			struct err *err)
{
	static const struct kind_column columns[] = {{"CURRENT", "status.current", false},
						     {"NAME", "metadata.name", false},
						     {"SERVER", "spec.server", false},
						     {"DOMAIN", "spec.domain", false},
						     {"KEY", "spec.key", true},
						     {NULL, NULL, false}};
	struct cli_view v = {.columns = columns, .word = "", .list = true, .none = "no contexts"};
	const struct doc_node **objects = NULL;
	size_t count = 0;
	int rc = as_objects(c, all, name, &objects, &count, err);
	if (rc < 0)
		return rc;
	return cli_print(c, &v, objects, count, err);
}

static int current_context(const struct cli *c, const struct cli_contexts *all, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	struct str current = cli_context_current(c, all);
	if (!current.len) {
		err_set(err, ERR_NOT_FOUND, "no context is current");
		return err_remedy(err, "`aspora config use-context NAME` makes one so");
	}
	buf_addf(&out, "%.*s\n", STR_ARG(current));
	return cli_write(&out, err);
}

static int config(struct cli *c, struct err *err)
{
	struct cli_contexts all;
	const char *what = c->operands[0], *name = c->operand_count > 1 ? c->operands[1] : NULL;
	int rc = cli_output_check(c, err);
	if (rc == 0)
		rc = cli_contexts_load(c->arena, &all, err);
	if (rc < 0)
		return rc;
	if (strcmp(what, "view") == 0 && !c->output)
		return view(&all, err);
	if (strcmp(what, "view") == 0)
		return get_contexts(c, &all, NULL, err);
	if (strcmp(what, "get-contexts") == 0)
		return get_contexts(c, &all, name, err);
	if (strcmp(what, "current-context") == 0)
		return current_context(c, &all, err);
	if (c->operand_count == 3 && strcmp(what, "rename-context") != 0)
		return cli_usage(c, err, "aspora config %s takes one name", what);
	if (!name && o.current && strcmp(what, "set-context") == 0 && all.current.len)
		name = arena_strndup(c->arena, all.current.p, all.current.len);
	if (!name)
		return cli_usage(c, err, "aspora config %s needs the name of a context", what);
	if (strcmp(what, "use-context") == 0)
		return use_context(&all, name, err);
	if (strcmp(what, "rename-context") == 0)
		return rename_context(c, &all, name, c->operand_count > 2 ? c->operands[2] : NULL,
				      err);
	if (strcmp(what, "delete-context") == 0)
		return delete_context(&all, name, err);
	return set_context(c, &all, name, err);
}

const struct cli_verb cli_verb_config = {
	.name = "config",
	.usage = "get-contexts | current-context | set-context NAME | use-context NAME | "
		 "rename-context NAME NEW | delete-context NAME | view",
	.help = "Keep the addresses and keys of gateways.",
	.about = "    aspora config set-context prod --server https://aspora.example.com --key "
		 "file:/home/ana/.key\n"
		 "    aspora config use-context prod\n"
		 "    aspora config set-context --current -d ecm\n\n"
		 "They are kept in $XDG_CONFIG_HOME/aspora/config.yaml (~/.config when that is not "
		 "set),\n"
		 "or in the file that ASPORA_CONFIG names. ASPORA_CONTEXT takes another context "
		 "than "
		 "the\n"
		 "current one.",
	.options = options,
	.uses = CLI_USES_OUTPUT,
	.words = words,
	.least = 1,
	.most = 3,
	.completes = CLI_CONTEXTS,
	.run = config,
};
