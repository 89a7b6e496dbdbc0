/*
 * The gateway, as the command line sees it: where it is, who asks, requests and what comes back. The address and the key come from the options, else from
 * ASPORA_SERVER and ASPORA_KEY (or a token, cli/token.h), else from a context (cli/context.h), else the address is that of an asporad on this machine.
 * ASPORA_CA names the authority of https where no context does.
 *
 * The caller: 1. cli_gateway_open() 2. makes a path with cli_path() 3. cli_get(), cli_send() 4. cli_gateway_release().
 */
#ifndef CLI_GATEWAY_H
#define CLI_GATEWAY_H

#include "base/crypto.h"
#include "base/doc.h"
#include "base/http.h"
#include "base/json.h"
#include "cli/cli.h"

#define CLI_SERVER_DEFAULT "http://127.0.0.1:8440"

struct cli_gateway {
	struct cli *c;
	struct http_client *http;
	const char *base; /* "http://127.0.0.1:8440": before every path */
	const char *socket; /* of a unix: address; else NULL */
	const char *from; /* where the address came from, for messages */
	struct secret key; /* or a token */
	const char *ca_file; /* NULL: the system's authorities */
	bool insecure;
	struct str domain; /* of the context; may be empty */
	int64_t page; /* objects of a list that are asked for at once; 0: 500 */
	int64_t timeout_ms; /* of one call, without what it waits for; 0: 30 s */
};

/* Contacts nobody yet. Errors: ERR_USAGE (address), ERR_NOT_FOUND (context, file of the key), ERR_SYNTAX, ERR_INVALID. */
NODISCARD int cli_gateway_open(struct cli *c, struct cli_gateway *ret, struct err *err);
void cli_gateway_release(struct cli_gateway *g);

/*
 * "/api/v1/" and the segments, each escaped, ended by NULL; points into the command's arena. cli_query() adds "?name=value" or "&name=value" unless the
 * value is NULL or empty.
 */
const char *cli_path(struct cli *c, ...) __attribute__((sentinel));
const char *cli_query(struct cli *c, const char *path, const char *name, const char *value);

/* The document that stands at path; lives with the command. Errors: what the gateway says; ERR_UNAVAILABLE with where it was looked for. */
NODISCARD int cli_get(struct cli_gateway *g, const char *path, const struct doc_node **ret,
		      struct err *err);
/* Up to wait_ms longer, where the path says wait=. */
NODISCARD int cli_get_waiting(struct cli_gateway *g, const char *path, int64_t wait_ms,
			      const struct doc_node **ret, struct err *err);
/* POST of a JSON body; may take wait_ms. A failed wish is an object with its problem in status.error, not an error. */
NODISCARD int cli_send(struct cli_gateway *g, const char *path, struct str body, int64_t wait_ms,
		       const struct doc_node **ret, struct err *err);

/*
 * An answer of lines that goes on, such as a watch: each is given to on_line as it comes; what that returns but 0 ends the call, which has then
 * succeeded, as it has when the gateway ends it. Blocks: at most timeout_ms, and then it is ERR_TIMEOUT.
 */
NODISCARD int cli_get_lines(struct cli_gateway *g, const char *path, int64_t timeout_ms,
			    int (*on_line)(void *state, struct str line), void *state,
			    struct err *err);

/* PATCH (a merge patch), DELETE (no body); as cli_send(). */
NODISCARD int cli_change(struct cli_gateway *g, const char *method, const char *path,
			 struct str body, int64_t wait_ms, const struct doc_node **ret,
			 struct err *err);

/* Every object of a list, page by page. */
NODISCARD int cli_get_list(struct cli_gateway *g, const char *path, const struct doc_node ***ret,
			   size_t *ret_count, const char **ret_version, struct err *err);

#endif
