/*
 * The objects that a verb is about, as kubectl names them: "skill ecm/a ecm/b", "skill/ecm/a domain/hr", "skills -l team=billing", "skills --all",
 * "-f skills/ecm".
 *
 * The caller: 1. fills a struct cli_which from its options 2. cli_targets() 3. goes through them; each has its object, as it was read.
 */
#ifndef CLI_TARGET_H
#define CLI_TARGET_H

#include "cli/resource.h"

struct cli_which {
	char **words; /* operands: kinds and names */
	int word_count;
	const char *domain; /* of -d; NULL: the context's */
	const char *selector; /* of -l; NULL: none */
	const struct opt_strings *files; /* of -f; NULL or empty: none */
	bool all; /* every object of the kind */
	bool alone; /* a kind without anything else means all of it */
	bool everywhere; /* of -A: whatever the context's domain is */
	bool unread; /* objects that are named need not be there, and are not read: `object` is NULL */
	bool missing_is_fine; /* what is not there is left out */
};

struct cli_target {
	struct cli_ref ref;
	const struct doc_node *object; /* NULL where `unread` was asked for */
	const char *label; /* "skill/ecm/a", as it is printed */
};

/*
 * In the command's arena. Errors: ERR_USAGE (no kind, no name, names together with -l or --all), ERR_NOT_FOUND, those of the gateway.
 */
NODISCARD int cli_targets(struct cli_gateway *g, const struct cli_which *which,
			  struct cli_target **ret, size_t *ret_count, struct err *err);

/* Prints their objects as --output says; list: as a list, though it be one. Each kind has its own columns. Errors: those of cli_print(). */
NODISCARD int cli_targets_print(struct cli *c, const struct cli_target *targets, size_t count,
				bool list, struct err *err);

/* -f of the verbs that take it. */
#define CLI_FILES_OPTION(files_)                                                                   \
	{                                                                                          \
		"filename", 'f', OPT_STRINGS, files_, "PATH",                                      \
			"The skills of a repository, domain, skill or file, as `aspora apply -f` " \
			"takes them; may be given again.",                                         \
			NULL                                                                       \
	}

/* --dry-run, --dry-run=client|server|none. */
extern const char *cli_dry_run;
#define CLI_DRY_RUN_OPTION(help_)                                                                  \
	{                                                                                          \
		"dry-run", 0, OPT_WORD, &cli_dry_run, "HOW", help_, cli_dry_runs                   \
	}
extern const char *const cli_dry_runs[];
bool cli_dry_run_is(const char *how); /* "client", "server" */
/* " (server dry run)", " (client dry run)" or "". */
const char *cli_dry_run_said(void);

#endif
