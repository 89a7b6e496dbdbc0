#include "cli/gateway.h"

#include <stdlib.h>

#include "base/mem.h"
#include "cli/context.h"
#include "cli/local.h"
#include "cli/token.h"
#include "cli/watch.h"

#define BODY_MAX ((size_t)128 << 20)
#define CALL_MS 30000
#define PAGE 500
#define LINE_MAX_BYTES ((size_t)64 << 20) /* one object of a watch */
#define RETRIES 5
#define RETRY_MS 1000

static const struct doc_limits limits = {BODY_MAX, 64, 20 * 1000 * 1000, 64 << 20};

/* --- where, and who ----------------------------------------------------------------------------------------- */

static const char *from_environment(const char *name)
{
	const char *value = getenv(name);
	return value && *value ? value : NULL;
}

static int set_server(struct cli_gateway *g, const char *server, const char *from, struct err *err)
{
	struct arena *a = g->c->arena;
	size_t len;
	g->from = from;
	if (strncmp(server, "unix:/", 6) == 0) {
		g->socket = arena_strdup(a, server + 5);
		g->base = "http://aspora";
		return 0;
	}
	/* "127.0.0.1:8440", as asporad writes it to its state folder. */
	if (!strstr(server, "://") && strchr(server, ':') &&
	    strspn(strrchr(server, ':') + 1, "0123456789") == strlen(strrchr(server, ':') + 1))
		server = arena_printf(a, "http://%s", server);
	len = strlen(server);
	if (strncmp(server, "http://", 7) != 0 && strncmp(server, "https://", 8) != 0) {
		err_set(err, ERR_USAGE, "\"%s\" (%s) is no address of a gateway", server, from);
		err_remedy(err, "write HOST:PORT, http://HOST:PORT, https://HOST or unix:/PATH");
		return ERR_USAGE;
	}
	while (len && server[len - 1] == '/')
		len--;
	g->base = arena_strndup(a, server, len);
	return 0;
}

static int set_key(struct cli_gateway *g, struct str key, struct err *err)
{
	int rc = 0;
	if (str_starts(key, STR("env:")) || str_starts(key, STR("file:")))
		rc = secret_resolve(&g->key, key, err);
	else if (key.len)
		secret_set(&g->key, key);
	return rc < 0 ? err_context(err, "the API key") : 0;
}

/* The context that is meant; *ret stays NULL when none is. */
static int find_context(struct cli_gateway *g, const struct cli_context **ret, struct err *err)
{
	struct cli_contexts all;
	int rc = cli_contexts_load(g->c->arena, &all, err);
	if (rc < 0)
		return rc;
	struct str name = cli_context_current(g->c, &all);
	if (!name.len)
		return 0;
	*ret = cli_context_find(&all, name);
	return *ret ? 0 : cli_context_unknown(&all, name, err);
}

int cli_gateway_open(struct cli *c, struct cli_gateway *ret, struct err *err)
{
	const struct cli_context *context = NULL;
	const char *server = c->server, *from = "--server", *key = c->key;
	*ret = (struct cli_gateway){.c = c, .timeout_ms = c->request_timeout_ms};
	bool named = c->context != NULL;
	if (!server && !named && (server = from_environment("ASPORA_SERVER")))
		from = "ASPORA_SERVER";
	if (!key && !named)
		key = from_environment("ASPORA_KEY");
	/* A context's key is for its server only. */
	int rc = server && !named ? 0 : find_context(ret, &context, err);
	if (rc < 0)
		return rc;
	if (!server && context) {
		server = arena_strndup(c->arena, context->server.p, context->server.len);
		from = arena_printf(c->arena, "context %.*s", STR_ARG(context->key));
	}
	if (!server) {
		server = CLI_SERVER_DEFAULT;
		from = "where asporad listens unless told otherwise";
	}
	if ((rc = set_server(ret, server, from, err)) < 0)
		return rc;
	rc = set_key(ret, key ? str_of(key) : context ? context->secret : STR_NULL, err);
	if (rc == 0 && !secret_is_set(&ret->key))
		rc = cli_token(c, context, !named, &ret->key, err);
	if (rc < 0)
		return rc;
	ret->ca_file = from_environment("ASPORA_CA");
	if (context) {
		struct str ca = context->authority;
		ret->domain = context->domain;
		ret->insecure = context->insecure;
		if (ca.len)
			ret->ca_file = arena_strndup(c->arena, ca.p, ca.len);
	}
	ret->http = http_client_new(BODY_MAX);
	return 0;
}

void cli_gateway_release(struct cli_gateway *g)
{
	http_client_free(g->http);
	secret_release(&g->key);
	*g = (struct cli_gateway){0};
}

/* --- paths ----------------------------------------------------------------------------------------------------- */

static void add_escaped(struct buf *out, const char *z)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-._~";
	for (; *z; z++) {
		if (strchr(plain, *z))
			buf_add_char(out, *z);
		else
			buf_addf(out, "%%%02X", (unsigned char)*z);
	}
}

const char *cli_escape(struct cli *c, const char *z)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	add_escaped(&out, z);
	return arena_strdup(c->arena, buf_cstr(&out));
}

const char *cli_path(struct cli *c, ...)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	va_list ap;
	buf_addz(&out, "/api/v1");
	va_start(ap, c);
	for (const char *s; (s = va_arg(ap, const char *));) {
		buf_add_char(&out, '/');
		add_escaped(&out, s);
	}
	va_end(ap);
	return arena_strdup(c->arena, buf_cstr(&out));
}

const char *cli_query(struct cli *c, const char *path, const char *name, const char *value)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	if (!value || !*value)
		return path;
	buf_addf(&out, "%s%c%s=", path, strchr(path, '?') ? '&' : '?', name);
	add_escaped(&out, value);
	return arena_strdup(c->arena, buf_cstr(&out));
}

/* --- requests --------------------------------------------------------------------------------------------------- */

static int untrusted(const struct cli_gateway *g, struct err *err)
{
	const char *remedy = "its authority is named by ASPORA_CA=FILE, or by `aspora config "
			     "set-context NAME --certificate-authority FILE`";
	if (strstr(err->msg, "expired"))
		remedy = "its operator must renew it (tls.certificate in asporad.conf)";
	else if (strstr(err->msg, "host name"))
		remedy = "use the name that the certificate is for";
	err_context(err, "the gateway at %s (%s)", g->base, g->from);
	return err_remedy(err, "%s", remedy);
}

static int unreachable(const struct cli_gateway *g, int rc, struct err *err)
{
	/* Of http_call(), it says that the certificate was not to be trusted. */
	if (rc == ERR_DENIED)
		return untrusted(g, err);
	if (rc != ERR_UNAVAILABLE && rc != ERR_TIMEOUT)
		return rc;
	bool plain = strstr(err->msg, "wrong version number") != NULL;
	err_context(err, "the gateway at %s (%s)", g->socket ? g->socket : g->base, g->from);
	if (plain)
		return err_remedy(err, "it speaks plain HTTP: write http:// instead of https://");
	return err_remedy(err,
			  "is asporad running there? --server, ASPORA_SERVER or `aspora config "
			  "set-context` name another");
}

static bool is_wish(const struct doc_node *n)
{
	return str_eqz(doc_text(n, "kind"), "Wish");
}

/* Of a token the gateway says itself what is wrong. */
static bool is_token(const struct cli_gateway *g)
{
	return secret_is_set(&g->key) && str_find_byte(secret_lend(&g->key), '.', 0) >= 0;
}

/* What the answer means: a document, or an error in the gateway's words. */
static int read_answer(struct cli_gateway *g, const struct http_response *resp,
		       const struct doc_node **ret, struct err *err)
{
	struct err wrong = ERR_INIT;
	const struct doc_node *n = NULL;
	bool json = strstr(resp->content_type, "json") != NULL;
	int rc = json ? doc_parse_json(g->c->arena, buf_str(&resp->body), &limits, "answer", &n,
				       &wrong)
		      : ERR_SYNTAX;
	if (rc == 0 && ((resp->status >= 200 && resp->status < 300) || is_wish(n))) {
		*ret = n;
		return 0;
	}
	if (rc == 0) {
		rc = cli_problem(n, resp->status, err);
		/* What it advises is for programs. */
		if (rc == ERR_UNAUTHENTICATED && !is_token(g))
			err_remedy(err, "%s",
				   secret_is_set(&g->key)
					   ? "the key is unknown, revoked or expired: `asporad key "
					     "create` makes another"
					   : "give one by --key, ASPORA_KEY or a context; `asporad "
					     "key create` makes one");
		return rc;
	}
	err_set(err, ERR_UNAVAILABLE, "%s answered %d, and not as a gateway of Aspora does",
		g->socket ? g->socket : g->base, resp->status);
	return err_remedy(err, "look whether --server, ASPORA_SERVER or the context name the right "
			       "one");
}

/* Nothing was done: keys of an issuer are being fetched, or too many connections are open. */
static bool is_not_yet(const struct http_response *resp)
{
	return resp->status == 503 && resp->retry_after[0];
}

/* req without what is the same for all: where, who, and how the answer is to be. */
static int send(struct cli_gateway *g, struct http_request req, const char *path,
		struct http_response *resp, struct err *err)
{
	bool patch = req.method && strcmp(req.method, "PATCH") == 0;
	const char *const headers[] = {patch ? "Content-Type: application/merge-patch+json"
					     : "Content-Type: application/json",
				       "Accept: application/json", NULL};
	CLEANUP_FREE char *url = mem_printf("%s%s", g->base, path);
	CLEANUP_FREE char *key = NULL;
	if (secret_is_set(&g->key))
		key = mem_strndup(secret_lend(&g->key).p, secret_lend(&g->key).len);
	req.url = url;
	req.unix_socket = g->socket;
	req.headers = headers;
	req.bearer = key;
	req.ca_file = g->ca_file;
	req.insecure = g->insecure;
	int rc = http_call(g->http, &req, resp, err);
	for (int i = 0; rc == 0 && i < RETRIES && is_not_yet(resp); i++) {
		http_response_release(resp);
		cli_pause(RETRY_MS);
		rc = http_call(g->http, &req, resp, err);
	}
	if (key)
		crypto_wipe(key, strlen(key));
	return rc < 0 ? unreachable(g, rc, err) : 0;
}

static int call(struct cli_gateway *g, const char *method, const char *path, struct str body,
		int64_t wait_ms, const struct doc_node **ret, struct err *err)
{
	CLEANUP(http_response_release) struct http_response resp = {0};
	const struct http_request req = {.method = method,
					 .body = body,
					 .timeout_ms = (g->timeout_ms ? g->timeout_ms : CALL_MS) +
						       wait_ms};
	int rc = send(g, req, path, &resp, err);
	return rc < 0 ? rc : read_answer(g, &resp, ret, err);
}

int cli_get(struct cli_gateway *g, const char *path, const struct doc_node **ret, struct err *err)
{
	return call(g, "GET", path, STR_NULL, 0, ret, err);
}

int cli_get_waiting(struct cli_gateway *g, const char *path, int64_t wait_ms,
		    const struct doc_node **ret, struct err *err)
{
	return call(g, "GET", path, STR_NULL, wait_ms, ret, err);
}

int cli_send(struct cli_gateway *g, const char *path, struct str body, int64_t wait_ms,
	     const struct doc_node **ret, struct err *err)
{
	return call(g, "POST", path, body, wait_ms, ret, err);
}

int cli_change(struct cli_gateway *g, const char *method, const char *path, struct str body,
	       int64_t wait_ms, const struct doc_node **ret, struct err *err)
{
	return call(g, method, path, body, wait_ms, ret, err);
}

/* --- what goes on ------------------------------------------------------------------------------------------------ */

struct lines {
	struct buf rest; /* of a line that has not ended */
	int (*on_line)(void *state, struct str line);
	void *state;
};

static int take_piece(void *state, struct str piece)
{
	struct lines *l = state;
	struct str line;
	int rc = 0;
	buf_add_str(&l->rest, piece);
	if (str_find_byte(piece, '\n', 0) < 0)
		return l->rest.overflow;
	struct str all = buf_str(&l->rest);
	while (rc == 0 && str_find_byte(all, '\n', 0) >= 0)
		if (str_split(&all, '\n', &line) && line.len)
			rc = l->on_line(l->state, line);
	CLEANUP(buf_release) struct buf kept = BUF_INIT(LINE_MAX_BYTES);
	buf_add_str(&kept, all);
	buf_reset(&l->rest);
	buf_add_str(&l->rest, buf_str(&kept));
	return rc;
}

int cli_get_lines(struct cli_gateway *g, const char *path, int64_t timeout_ms,
		  int (*on_line)(void *state, struct str line), void *state, struct err *err)
{
	CLEANUP(http_response_release) struct http_response resp = {0};
	struct lines l = {.rest = BUF_INIT(LINE_MAX_BYTES), .on_line = on_line, .state = state};
	const struct doc_node *answer = NULL;
	const struct http_request req = {
		.timeout_ms = timeout_ms, .on_data = take_piece, .state = &l};
	int rc = send(g, req, path, &resp, err);
	if (rc == 0 && (resp.status < 200 || resp.status > 299))
		rc = read_answer(g, &resp, &answer, err);
	if (rc == 0 && l.rest.overflow)
		rc = buf_check(&l.rest, "one line of the answer", err);
	buf_release(&l.rest);
	return rc;
}

int cli_get_list(struct cli_gateway *g, const char *path, const struct doc_node ***ret,
		 size_t *ret_count, const char **ret_version, struct err *err)
{
	struct arena *a = g->c->arena;
	const struct doc_node **objects = NULL;
	size_t count = 0, cap = 0;
	const char *next = "";
	const char *limit = arena_printf(a, "%lld", (long long)(g->page ? g->page : PAGE));
	for (bool first = true; first || *next; first = false) {
		const struct doc_node *page = NULL;
		const char *url = cli_query(g->c, path, "limit", limit);
		int rc = cli_get(g, cli_query(g->c, url, "continue", next), &page, err);
		if (rc < 0)
			return rc;
		const struct doc_node *items = doc_find(page, "items");
		const struct doc_node *meta = doc_find(page, "metadata");
		for (size_t i = 0; items && items->type == DOC_LIST && i < items->list.count; i++) {
			ARENA_GROW(a, objects, count, cap);
			objects[count++] = items->list.items[i];
		}
		if (first && ret_version)
			*ret_version =
				arena_strdup(a, arena_str(a, doc_text(meta, "resourceVersion")).p);
		struct str token = doc_text(meta, "continue");
		next = arena_strndup(a, token.len ? token.p : "", token.len);
	}
	*ret = objects;
	*ret_count = count;
	return 0;
}
