#include "cli/context.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/json.h"
#include "base/mem.h"

#define AT(member) offsetof(struct cli_context, member)
static const struct field context_fields[] = {
	{"server", FIELD_STRING, AT(server), FIELD_REQUIRED | FIELD_NONEMPTY,
	 .example = "http://127.0.0.1:8440",
	 .help = "The gateway: http://HOST:PORT, https://HOST or unix:/PATH."},
	{"key", FIELD_STRING, AT(secret), 0, .example = "file:/home/ana/.aspora.key",
	 .help = "The API key: env:NAME, file:/PATH, or the key itself."},
	{"domain", FIELD_NAME, AT(domain), 0, .example = "ecm",
	 .help = "The domain of commands that are given none."},
	{"certificate-authority", FIELD_STRING, AT(authority), 0, .example = "/home/ana/ca.pem",
	 .help = "Certificates that the gateway's must lead to, in PEM, instead of the system's."},
	{"insecure-skip-tls-verify", FIELD_BOOL, AT(insecure), 0, .example = "true",
	 .help = "Takes any certificate, and with it whoever stands in between; for a try only."},
	{"token-file", FIELD_STRING, AT(token_file), 0, .example = "/run/secrets/aspora.token",
	 .help = "A file with a token of OpenID Connect, read anew each time."},
	{"token-command", FIELD_STRINGS, AT(token_command), 0,
	 .example = "[my-login, --audience, aspora]",
	 .help = "A program, with its arguments, that prints such a token."},
	FIELD_END};
#undef AT

const struct field cli_context_fields[] = {
	{"current", FIELD_STRING, offsetof(struct cli_contexts, current), 0, .example = "local",
	 .help = "The context that is used when none is named."},
	{"contexts", FIELD_MAP, offsetof(struct cli_contexts, contexts), 0, .sub = context_fields,
	 .sub_size = sizeof(struct cli_context), .help = "Gateways, by names of your own."},
	FIELD_END};

int cli_contexts_load(struct arena *a, struct cli_contexts *ret, struct err *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(256 * 1024);
	const char *other = getenv("ASPORA_CONFIG");
	CLEANUP_FREE char *path = other && *other ? mem_strdup(other)
						  : io_config_path("aspora/config.yaml");
	struct err why = ERR_INIT;
	const struct doc_node *root = NULL;
	*ret = (struct cli_contexts){.path = arena_strdup(a, path)};
	if (other && strchr(other, ':') && access(other, F_OK) < 0) {
		err_set(err, ERR_USAGE, "ASPORA_CONFIG names one file, and \"%s\" is none", other);
		return err_remedy(err, "files are not merged: put the contexts into one");
	}
	int rc = io_read_file(path, &text, &why);
	if (rc == ERR_NOT_FOUND)
		return 0;
	if (rc < 0) {
		*err = why;
		return rc;
	}
	rc = doc_parse_yaml(a, buf_str(&text), &doc_limits_yaml, ret->path, 0, &root, err);
	if (rc < 0)
		return rc;
	struct cli_contexts decoded = {0};
	const struct field_decode how = {.arena = a, .path = ret->path};
	if ((rc = field_decode(&how, cli_context_fields, root, &decoded, err)) < 0)
		return rc;
	decoded.path = ret->path;
	*ret = decoded;
	return 0;
}

static void add_member(struct buf *out, const char *name, struct str value, const char *by)
{
	if (!value.len)
		return;
	buf_addf(out, "%s%s: ", by, name);
	json_quote(out, value);
	buf_add_char(out, '\n');
}

/* What says how the gateway and we know one another. */
static void add_trust(struct buf *out, const struct cli_context *c)
{
	add_member(out, "certificate-authority", c->authority, "    ");
	if (c->insecure)
		buf_addz(out, "    insecure-skip-tls-verify: true\n");
	add_member(out, "token-file", c->token_file, "    ");
	for (size_t i = 0; i < c->token_command.count; i++) {
		buf_addz(out, i ? ", " : "    token-command: [");
		json_quote(out, c->token_command.items[i]);
	}
	if (c->token_command.count)
		buf_addz(out, "]\n");
}

int cli_contexts_save(const struct cli_contexts *c, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(256 * 1024);
	CLEANUP_FREE char *dir = mem_strdup(c->path);
	const struct cli_context *list = c->contexts.items;
	char *slash = strrchr(dir, '/');
	if (slash)
		*slash = '\0';
	add_member(&out, "current", c->current, "");
	if (c->contexts.count)
		buf_addz(&out, "contexts:\n");
	for (size_t i = 0; i < c->contexts.count; i++) {
		buf_addz(&out, "  ");
		json_quote(&out, list[i].key);
		buf_addz(&out, ":\n");
		add_member(&out, "server", list[i].server, "    ");
		add_member(&out, "key", list[i].secret, "    ");
		add_member(&out, "domain", list[i].domain, "    ");
		add_trust(&out, &list[i]);
	}
	int rc = slash ? io_mkdirs(dir, 0700, err) : 0;
	return rc < 0 ? rc : io_write_file(c->path, buf_str(&out), 0600, err);
}

struct str cli_context_current(const struct cli *c, const struct cli_contexts *all)
{
	const char *named = c->context ? c->context : getenv("ASPORA_CONTEXT");
	return named && *named ? str_of(named) : all->current;
}

struct cli_context *cli_context_find(const struct cli_contexts *c, struct str name)
{
	struct cli_context *list = c->contexts.items;
	for (size_t i = 0; i < c->contexts.count; i++)
		if (str_eq(list[i].key, name))
			return &list[i];
	return NULL;
}

int cli_context_unknown(const struct cli_contexts *c, struct str name, struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1024 * 1024);
	const struct cli_context *list = c->contexts.items;
	const char **names = arena_array(a, c->contexts.count + 1, sizeof(*names));
	for (size_t i = 0; i < c->contexts.count; i++)
		names[i] = arena_strndup(a, list[i].key.p, list[i].key.len);
	err_set(err, ERR_NOT_FOUND, "there is no context \"%.*s\" in %s", STR_ARG(name), c->path);
	const char *near = str_nearest(name, names, c->contexts.count);
	if (near)
		err_remedy(err, "did you mean %s?", near);
	else
		err_remedy(err, "`aspora config set-context %.*s --server URL` makes it",
			   STR_ARG(name));
	return ERR_NOT_FOUND;
}
