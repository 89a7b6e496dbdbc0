#include "cli/token.h"

#include <stdlib.h>

#include "base/child.h"
#include "base/doc.h"
#include "base/http.h"
#include "base/io.h"
#include "base/mem.h"

#define COMMAND_MS 60000
#define ANSWER_MAX ((size_t)64 * 1024)

static const char *from_environment(const char *name)
{
	const char *value = getenv(name);
	return value && *value ? value : NULL;
}

/* Nothing that could end a header line, or be two words. */
static int check(struct str token, struct err *err)
{
	bool fine = token.len > 0 && token.len <= CLI_TOKEN_MAX;
	for (size_t i = 0; fine && i < token.len; i++)
		fine = token.p[i] > ' ' && token.p[i] < 0x7f;
	return fine ? 0 : err_set(err, ERR_INVALID, "what came is not one token");
}

int cli_token_read(struct arena *a, struct str printed, struct str *ret, struct err *err)
{
	const struct doc_node *root = NULL;
	struct err ignored = ERR_INIT;
	*ret = str_trim(printed);
	if (str_starts(*ret, STR("{"))) {
		if (doc_parse_json(a, *ret, &doc_limits_json, "token", &root, &ignored) < 0)
			return err_set(err, ERR_INVALID, "what came begins like JSON and is none");
		const struct doc_node *status = doc_find(root, "status");
		*ret = doc_text(status ? status : root, "token");
		if (!ret->p)
			*ret = doc_text(root, "value");
	}
	return check(*ret, err);
}

static int take(struct cli *c, struct str text, struct secret *ret, struct err *err)
{
	struct str token;
	int rc = cli_token_read(c->arena, text, &token, err);
	if (rc == 0)
		secret_set(ret, token);
	return rc;
}

static int from_file(struct cli *c, struct str path, struct secret *ret, struct err *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(ANSWER_MAX);
	int rc = io_read_file(arena_strndup(c->arena, path.p, path.len), &text, err);
	if (rc == 0)
		rc = take(c, buf_str(&text), ret, err);
	if (text.data)
		crypto_wipe(text.data, text.cap);
	return rc < 0 ? err_context(err, "token-file %.*s", STR_ARG(path)) : 0;
}

/* It may ask the person at the terminal, or open a browser: what it says on its stderr is seen. */
static int from_command(struct cli *c, const struct field_strings *words, struct secret *ret,
			struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(ANSWER_MAX);
	struct child_end end;
	char how[64];
	const char **argv = arena_array(c->arena, words->count + 1, sizeof(*argv));
	for (size_t i = 0; i < words->count; i++)
		argv[i] = arena_strndup(c->arena, words->items[i].p, words->items[i].len);
	argv[words->count] = NULL;
	const struct child_opts o = {.argv = argv};
	int rc = child_run(&o, STR_NULL, &out, NULL, COMMAND_MS, &end, err);
	if (rc == 0 && (!end.exited || end.status != 0))
		rc = err_set(err, ERR_UNAUTHENTICATED, "it ended with %s",
			     child_end_text(&end, how, sizeof(how)));
	if (rc == 0)
		rc = take(c, buf_str(&out), ret, err);
	if (out.data)
		crypto_wipe(out.data, out.cap);
	return rc < 0 ? err_context(err, "token-command %s", argv[0]) : 0;
}

/* The runner tells the job where to ask; the audience is ours to name. */
static int from_github(struct cli *c, const char *url, const char *audience, struct secret *ret,
		       struct err *err)
{
	CLEANUP(http_client_freep) struct http_client *http = http_client_new(ANSWER_MAX);
	CLEANUP(http_response_release) struct http_response resp = {0};
	const char *bearer = from_environment("ACTIONS_ID_TOKEN_REQUEST_TOKEN");
	const char *full = arena_printf(c->arena, "%s%caudience=%s", url,
					strchr(url, '?') ? '&' : '?', cli_escape(c, audience));
	const struct http_request req = {.url = full, .bearer = bearer};
	int rc = http_call(http, &req, &resp, err);
	if (rc == 0 && resp.status != 200)
		rc = err_set(err, ERR_UNAUTHENTICATED, "it answered %d", resp.status);
	if (rc == 0)
		rc = take(c, buf_str(&resp.body), ret, err);
	if (rc < 0) {
		err_context(err, "asking GitHub's runner for a token");
		return err_remedy(err, "the job needs \"permissions: id-token: write\"");
	}
	return 0;
}

int cli_token(struct cli *c, const struct cli_context *context, bool environment,
	      struct secret *ret, struct err *err)
{
	const char *token = from_environment("ASPORA_TOKEN");
	const char *github = from_environment("ACTIONS_ID_TOKEN_REQUEST_URL");
	const char *audience = from_environment("ASPORA_AUDIENCE");
	if (environment && token)
		return take(c, str_of(token), ret, err) < 0 ? err_context(err, "ASPORA_TOKEN") : 0;
	if (environment && github && audience)
		return from_github(c, github, audience, ret, err);
	if (context && context->token_file.len)
		return from_file(c, context->token_file, ret, err);
	if (context && context->token_command.count)
		return from_command(c, &context->token_command, ret, err);
	return 0;
}
