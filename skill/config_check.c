/* What no table can judge: names of variables, secrets written out, references, addresses. */
#include "base/clock.h"
#include "base/id.h"
#include "skill/config_int.h"
#include "skill/label.h"
#include "skill/text.h"

/* --- environment ------------------------------------------------------------------------------ */

/* Names through which a variable becomes code, or that are ours. A trailing '*' stands for any ending. */
static const char *const reserved_env[] = {
	"LD_*",
	"DYLD_*",
	"GCONV_PATH",
	"GLIBC_TUNABLES",
	"MALLOC_*",
	"NODE_OPTIONS",
	"NODE_PATH",
	"PYTHON*",
	"BASH_*",
	"ENV",
	"SHELLOPTS",
	"IFS",
	"PS4",
	"PROMPT_COMMAND",
	"PERL5*",
	"PERLLIB",
	"RUBYOPT",
	"RUBYLIB",
	"JAVA_TOOL_OPTIONS",
	"_JAVA_OPTIONS",
	"JDK_JAVA_OPTIONS",
	"GIT_*",
	"PATH",
	"HOME",
	"SHELL",
	"TMPDIR",
	"HTTP_PROXY",
	"HTTPS_PROXY",
	"ALL_PROXY",
	"SSLKEYLOGFILE",
	"ASPORA_*",
};

static bool matches(struct str name, const char *pattern)
{
	size_t len = strlen(pattern);
	if (pattern[len - 1] == '*')
		return name.len >= len - 1 &&
		       str_eq_nocase(str_sub(name, 0, len - 1), str_make(pattern, len - 1));
	return str_eq_nocase(name, str_make(pattern, len));
}

const char *config_env_fault(struct str name)
{
	if (name.len == 0 || name.len > 128)
		return "it is empty or longer than 128 characters";
	if (name.p[0] >= '0' && name.p[0] <= '9')
		return "it starts with a digit";
	for (size_t i = 0; i < name.len; i++) {
		char c = name.p[i];
		bool fine = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			    (c >= '0' && c <= '9') || c == '_';
		if (!fine)
			return "only letters, digits and _ may be in it";
	}
	for (size_t i = 0; i < ARRAY_SIZE(reserved_env); i++)
		if (matches(name, reserved_env[i]))
			return "it is reserved, because it changes how programs are loaded or run";
	return NULL;
}

/* --- secrets ---------------------------------------------------------------------------------- */

static const struct {
	const char *prefix;
	size_t least; /* of the whole value */
	const char *what;
} secret_shapes[] = {
	{"-----BEGIN ", 20, "it is a private key or certificate"},
	{"AKIA", 20, "it looks like an AWS key"},
	{"ghp_", 36, "it looks like a GitHub token"},
	{"gho_", 36, "it looks like a GitHub token"},
	{"ghs_", 36, "it looks like a GitHub token"},
	{"github_pat_", 40, "it looks like a GitHub token"},
	{"glpat-", 20, "it looks like a GitLab token"},
	{"sk-", 20, "it looks like a model provider's key"},
	{"xoxb-", 20, "it looks like a Slack token"},
	{"xoxp-", 20, "it looks like a Slack token"},
	{"AIza", 35, "it looks like a Google key"},
	{"eyJ", 40, "it looks like a signed token"},
	{"asp_", 24, "it looks like an Aspora key"},
};

static const char *const secret_words[] = {"password", "passwd", "secret",     "token",
					   "api_key",  "apikey", "credential", "private_key"};

static bool contains_nocase(struct str s, const char *word)
{
	size_t len = strlen(word);
	for (size_t i = 0; i + len <= s.len; i++)
		if (str_eq_nocase(str_sub(s, i, i + len), str_make(word, len)))
			return true;
	return false;
}

const char *config_secret_fault(struct str name, struct str value)
{
	struct str secret = str_sub(value, STR("secret:").len, value.len);
	if (value.len == 0)
		return NULL;
	if (str_starts(value, STR("secret:")))
		return name_check(secret, "secret", NULL) < 0
			       ? "what follows secret: is not the name of one"
			       : NULL;
	if (str_starts(value, STR("env:")) || str_starts(value, STR("file:")))
		return "it names what the server would have to open, and no repository may";
	for (size_t i = 0; i < ARRAY_SIZE(secret_shapes); i++)
		if (value.len >= secret_shapes[i].least &&
		    str_starts(value, str_of(secret_shapes[i].prefix)))
			return secret_shapes[i].what;
	for (size_t i = 0; i < ARRAY_SIZE(secret_words); i++)
		if (contains_nocase(name, secret_words[i]))
			return "its name says that it is a secret";
	return NULL;
}

/* The node of one member of an entry of a map; the entry, or the map itself, when it cannot be found. */
static const struct doc_node *entry_node(const struct config_check *c, const char *map,
					 struct str key, const char *member)
{
	const struct doc_node *all = doc_find_path(c->doc->root, map);
	const struct doc_pair *pair = doc_find_pair(all, key);
	if (!pair)
		return all;
	const struct doc_node *n = member ? doc_find(pair->value, member) : NULL;
	return n ? n : pair->value;
}

static void check_env(const struct config_check *c)
{
	const struct field_list *env = &c->doc->values.runtime.env;
	const struct config_env *items = env->items;
	char name[80];
	for (size_t i = 0; i < env->count; i++) {
		text_quote(items[i].key, name, sizeof(name));
		const struct doc_node *at = entry_node(c, "runtime.env", items[i].key, "value");
		const char *why = config_env_fault(items[i].key);
		if (why)
			config_finding(c, "SK-ENV-NAME", SEVERITY_DENY, at,
				       "\"%s\" cannot be an environment variable: %s", name, why)
				->remedy = STR("use another name");
		why = config_secret_fault(items[i].key, items[i].value);
		if (why)
			config_finding(c, "SK-SECRET", SEVERITY_DENY, at,
				       "the value of \"%s\" cannot stand here: %s", name, why)
				->remedy = STR("write secret:NAME, and have an operator add NAME "
					       "under secrets: in asporad.conf; a secret that has "
					       "been in a repository must be changed");
	}
}

/* --- servers, forwards, models ---------------------------------------------------------------- */

static void check_server(const struct config_check *c, const struct config_mcp_server *s)
{
	char name[80];
	text_quote(s->key, name, sizeof(name));
	const struct doc_node *at = entry_node(c, "mcp.servers", s->key, NULL);
	struct err err = ERR_INIT;
	if (name_check(s->key, "server name", &err) < 0)
		finding_remedy(
			c->findings,
			config_finding(c, "SK-CONFIG-VALUE", SEVERITY_DENY, at, "%s", err.msg),
			"%s", err.remedy);
	if ((s->url.len > 0) == (s->command.len > 0))
		config_finding(c, "SK-CONFIG-VALUE", SEVERITY_DENY, at,
			       "the server \"%s\" needs a url or a command, and not both", name)
			->remedy = STR("write url: https://… for a server on the network");
	bool web = str_starts(s->url, STR("https://")) || str_starts(s->url, STR("http://"));
	if (s->url.len && !web)
		config_finding(c, "SK-CONFIG-VALUE", SEVERITY_DENY,
			       entry_node(c, "mcp.servers", s->key, "url"),
			       "the url of the server \"%s\" is not of the web", name)
			->remedy = STR("write a url that begins with https://");
	if (s->url.len && str_find_byte(s->url, '@', 0) >= 0)
		config_finding(c, "SK-SECRET", SEVERITY_DENY,
			       entry_node(c, "mcp.servers", s->key, "url"),
			       "the url of the server \"%s\" has a user or password in it", name)
			->remedy = STR("write it without, and name the secret under credential");
	if (s->command.len && s->command.p[0] != '/')
		config_finding(c, "SK-CONFIG-VALUE", SEVERITY_DENY,
			       entry_node(c, "mcp.servers", s->key, "command"),
			       "the command of the server \"%s\" is not an absolute path", name)
			->remedy = STR("write it from the root, such as /usr/bin/mcp-files");
}

static void check_forwards(const struct config_check *c)
{
	const struct field_list *list = &c->doc->values.routing.forwards;
	const struct config_forward *items = list->items;
	const struct doc_node *all = doc_find_path(c->doc->root, "routing.forwards");
	for (size_t i = 0; i < list->count; i++) {
		const struct doc_node *at = all;
		struct str domain, skill;
		struct err err = ERR_INIT;
		if (all && all->type == DOC_LIST && i < all->list.count)
			at = all->list.items[i];
		const struct doc_node *to = doc_find_path(at, "then.forward_to");
		if (name_split(items[i].forward_to, &domain, &skill, &err) < 0)
			finding_remedy(c->findings,
				       config_finding(c, "SK-CONFIG-VALUE", SEVERITY_DENY,
						      to ? to : at, "%s", err.msg),
				       "%s", err.remedy);
	}
}

static void check_tools(const struct config_check *c)
{
	const struct field_strings *tools = &c->doc->values.mcp.tools;
	const struct doc_node *all = doc_find_path(c->doc->root, "mcp.tools");
	char tool[140];
	for (size_t i = 0; i < tools->count; i++) {
		struct str t = tools->items[i];
		ptrdiff_t dot = str_find_byte(t, '.', 0);
		const struct doc_node *at = all && all->type == DOC_LIST ? all->list.items[i] : all;
		if (dot <= 0 || (size_t)dot + 1 == t.len || str_find_byte(t, '*', 0) >= 0)
			config_finding(c, "SK-CONFIG-VALUE", SEVERITY_DENY, at,
				       "\"%s\" does not name one tool of one server",
				       text_quote(t, tool, sizeof(tool)))
				->remedy = STR("write server.tool, such as erp.get_invoice");
	}
}

static void check_models(const struct config_check *c)
{
	const struct field_list *list = &c->doc->values.models;
	const struct config_model *items = list->items;
	char word[80];
	for (size_t i = 0; i < list->count; i++) {
		const struct doc_node *roles = entry_node(c, "models", items[i].key, "roles");
		for (size_t k = 0; k < items[i].roles.count; k++) {
			struct str role = items[i].roles.items[k];
			if (str_eqz(role, "manager") || str_eqz(role, "specialist") ||
			    str_eqz(role, "field"))
				continue;
			config_finding(c, "SK-CONFIG-VALUE", SEVERITY_DENY, roles,
				       "there is no role \"%s\"",
				       text_quote(role, word, sizeof(word)))
				->remedy = STR("write manager, specialist or field");
		}
	}
}

/* The rights that something asks for: anything else here would be taken for a grant of more than it is. */
static void check_capabilities(const struct config_check *c)
{
	static const char *const known[] = {"network", "weak-isolation"};
	const struct field_strings *names = &c->doc->values.policy.capabilities;
	const struct doc_node *all = doc_find_path(c->doc->root, "policy.capabilities");
	char quoted[80];
	for (size_t i = 0; i < names->count; i++) {
		const struct doc_node *at = all && all->type == DOC_LIST ? all->list.items[i] : all;
		if (str_eqz(names->items[i], known[0]) || str_eqz(names->items[i], known[1]))
			continue;
		config_finding(c, "SK-CONFIG-VALUE", SEVERITY_DENY, at,
			       "there is no capability \"%s\"",
			       text_quote(names->items[i], quoted, sizeof(quoted)))
			->remedy = STR("write network or weak-isolation, or leave it out");
	}
}

/* --- admission rules -------------------------------------------------------------------------- */

static bool is_date(struct str s)
{
	char text[32];
	int64_t ms;
	if (s.len != 10 || s.p[4] != '-' || s.p[7] != '-')
		return false;
	snprintf(text, sizeof(text), "%.*sT00:00:00Z", STR_ARG(s));
	return clock_parse(str_of(text), &ms, NULL) == 0;
}

static void check_rules(const struct config_check *c)
{
	const struct field_list *list = &c->doc->values.policy.rules;
	const struct config_rule_mode *items = list->items;
	char key[80];
	for (size_t i = 0; i < list->count; i++) {
		const struct config_rule_mode *r = &items[i];
		text_quote(r->key, key, sizeof(key));
		const struct doc_node *at = entry_node(c, "policy.rules", r->key, "mode");
		if (r->mode != RULE_DENY && r->reason.len == 0)
			config_finding(c, "SK-CONFIG-VALUE", SEVERITY_DENY, at,
				       "the rule %s is relaxed without a reason", key)
				->remedy =
				STR("add reason: with the words that an auditor should read");
		if (r->until.len && !is_date(r->until))
			config_finding(c, "SK-CONFIG-VALUE", SEVERITY_DENY,
				       entry_node(c, "policy.rules", r->key, "until"),
				       "the end of the exception for %s is not a day", key)
				->remedy = STR("write it as year-month-day, such as 2027-03-31");
	}
}

static void check_labels(const struct config_check *c)
{
	const struct field_list *list = &c->doc->values.labels;
	const struct config_label *items = list->items;
	for (size_t i = 0; i < list->count; i++) {
		struct err err = ERR_INIT;
		if (label_check(items[i].key, items[i].value, &err) == 0)
			continue;
		finding_remedy(c->findings,
			       config_finding(c, "SK-CONFIG-VALUE", SEVERITY_DENY,
					      entry_node(c, "labels", items[i].key, "value"), "%s",
					      err.msg),
			       "%s", err.remedy);
	}
	if (list->count > LABELS_MAX)
		config_finding(
			c, "SK-CONFIG-VALUE", SEVERITY_DENY, doc_find(c->doc->root, "labels"),
			"there are %zu labels; at most %d are allowed", list->count, LABELS_MAX)
			->remedy = STR("leave out those by which nobody looks for the domain");
}

void config_check(const struct config_check *c)
{
	const struct config_mcp_server *servers = c->doc->values.mcp.servers.items;
	check_env(c);
	for (size_t i = 0; i < c->doc->values.mcp.servers.count; i++)
		check_server(c, &servers[i]);
	check_tools(c);
	check_forwards(c);
	check_models(c);
	check_capabilities(c);
	check_rules(c);
	check_labels(c);
}
