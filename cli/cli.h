/*
 * aspora, the command line: see aspora(1). One verb is one file with one const entry; the table of them (cli/verbs.c) gives dispatch, help,
 * completion and the manual's list. Results go to stdout; everything else (errors, warnings, progress) to stderr, so that output can be piped.
 *
 * A verb: 1. has been given its operands and its options' values, which are static variables of its file (a process runs one verb)
 * 2. makes its result in a struct buf and cli_write()s it 3. returns 0, a negative ERR_* with err set, or a positive exit status when
 * what it printed says already why.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/opt.h"

/* What a verb has beside its own options. */
enum cli_uses {
	CLI_USES_GATEWAY = 1, /* --server, --key, --context, --request-timeout */
	CLI_USES_FOLDER = 2, /* --folder */
	CLI_USES_OUTPUT = 4, /* --output, --no-headers */
	CLI_HIDDEN = 8, /* for programs: not in lists for people */
};

/* What operands are, for completion; `words` says it for the first where it is a fixed word. */
enum cli_completes {
	CLI_NOTHING,
	CLI_VERBS,
	CLI_SKILLS_HERE, /* of the folder, and its domains */
	CLI_CONTEXTS,
	CLI_KINDS, /* then names of that kind */
	CLI_SKILLS, /* of the gateway, as all below */
	CLI_DOMAINS,
	CLI_SOURCES,
	CLI_EXECUTIONS,
};

struct cli;

struct cli_verb {
	const char *name;
	const char *usage; /* its operands: "KIND [NAME]"; "" when there are none */
	const char *help; /* one sentence */
	const char *about; /* more, for `aspora VERB --help`; may be NULL */
	const struct opt *options; /* OPT_END ends */
	unsigned uses;
	const char *const
		*words; /* what the first operand may be, NULL-terminated; NULL: anything */
	enum cli_completes completes;
	int least, most; /* how many operands; most -1: any number */
	int (*run)(struct cli *c, struct err *err);
};

/* The running command. */
struct cli {
	const struct cli_verb *verb;
	char **operands; /* operand_count of them, then NULL */
	int operand_count;
	struct arena *arena; /* lives as long as the process */

	/* As given on the command line; NULL when not. */
	const char *server, *key, *context;
	int64_t request_timeout_ms; /* 0: when left out */
	const char *folder;
	const char *output;
	bool no_headers;

	bool terminal_out, terminal_err, terminal_in;
	bool color; /* a terminal at stdout, and no NO_COLOR */
};

extern const struct cli_verb *const cli_verbs[]; /* NULL ends; in the order of the manual */
const struct cli_verb *cli_verb_find(const char *name); /* NULL when absent */
/* ERR_USAGE: there is no such verb, with what it is here or the nearest; next is the word after it, or NULL. */
NODISCARD int cli_verb_unknown(const char *name, const char *next, struct err *err);

/* The verb's options and those it has by `uses`, OPT_END at the end; out has CLI_OPTIONS_MAX rows. Values of the latter are in c. */
#define CLI_OPTIONS_MAX 48
void cli_options(struct cli *c, const struct cli_verb *v, struct opt *out);

/* help.c */
void cli_help(struct buf *out);
void cli_help_verb(struct cli *c, const struct cli_verb *v, struct buf *out);

/* say.c: all that is ever printed. */
/* All of out to stdout, as soon as it is made. Errors: ERR_IO. */
NODISCARD int cli_write(const struct buf *out, struct err *err);
/* One line for people on stderr: "aspora: …". What is deceptive on a terminal is escaped. */
void cli_say(const char *fmt, ...) PRINTF(1, 2);
void cli_say_error(const struct err *err);
/*
 * Progress, on stderr when it is a terminal and nothing otherwise: one line that the next one replaces. cli_progress_end() leaves nothing of it.
 */
void cli_progress(const struct cli *c, const char *fmt, ...) PRINTF(2, 3);
void cli_progress_end(const struct cli *c);
/* Asks on the terminal: true for "y" or "yes". False without asking where no person is. */
bool cli_confirm(const struct cli *c, const char *question);

/* ERR_USAGE that says what the verb takes. */
NODISCARD int cli_usage(const struct cli *c, struct err *err, const char *fmt, ...) PRINTF(3, 4);

/* As a part of a URL; lives with the command (cli/gateway.c). */
const char *cli_escape(struct cli *c, const char *z);

#endif
