/*
 * ~/.config/aspora/config.yaml: which gateways there are, and which is meant.
 *
 *	current: local
 *	contexts:
 *	  local: {server: "http://127.0.0.1:8440", key: "file:/home/ana/.aspora.key", domain: ecm}
 *	  prod: {server: "https://aspora.example.com", certificate-authority: /home/ana/ca.pem, token-command: [aspora-login, prod]}
 *
 * ASPORA_CONFIG names another file, and ASPORA_CONTEXT another context than the current one.
 *
 * Keys are best kept elsewhere (env:NAME, file:/PATH); one that is written out makes the file readable by its owner only.
 */
#ifndef CLI_CONTEXT_H
#define CLI_CONTEXT_H

#include "base/field.h"
#include "cli/cli.h"

struct cli_context {
	struct str key; /* its name */
	struct str server;
	struct str secret; /* env:NAME, file:/PATH or the key itself */
	struct str domain; /* of commands that are given none */
	struct str
		authority; /* file of certificates that the gateway's must lead to; empty: the system's */
	bool insecure; /* take any certificate */
	struct str token_file; /* a token that something else keeps fresh */
	struct field_strings token_command; /* a program that prints one, and its arguments */
};

struct cli_contexts {
	struct str current;
	struct field_list contexts; /* struct cli_context */
	const char *path; /* of the file */
};

extern const struct field cli_context_fields[];

/* Reads the file into a; absent is empty. Errors: ERR_SYNTAX, ERR_INVALID with the place. */
NODISCARD int cli_contexts_load(struct arena *a, struct cli_contexts *ret, struct err *err);
/* Writes it, mode 0600. */
NODISCARD int cli_contexts_save(const struct cli_contexts *c, struct err *err);
/* The name of the one that is meant: that of --context, else of ASPORA_CONTEXT, else the current one; empty: none is. */
struct str cli_context_current(const struct cli *c, const struct cli_contexts *all);
/* By name; NULL when absent. */
struct cli_context *cli_context_find(const struct cli_contexts *c, struct str name);
/* ERR_NOT_FOUND with the nearest. */
NODISCARD int cli_context_unknown(const struct cli_contexts *c, struct str name, struct err *err);

#endif
