/*
 * Wishes: what a verb asks sync to do, through the gateway, and what came of it. The gateway answers with a Wish object, whose status has a result
 * (summary, and for what deploys the plan and the admission's report) and, when it failed, the problem.
 *
 * The caller: 1. has CLI_WISH_OPTIONS among its options 2. writes the body 3. cli_wish() and returns what that returns; or, where there is more to it,
 * cli_wish_send() and cli_wish_print().
 */
#ifndef CLI_WISH_H
#define CLI_WISH_H

#include "cli/gateway.h"

/* Of every verb that wishes. */
extern const char *cli_wish_reason;
extern int64_t cli_wish_wait_ms;
#define CLI_WISH_OPTIONS                                                                           \
	{"reason", 0, OPT_STRING, &cli_wish_reason, "TEXT", "Why, for whoever reads the history.", \
	 NULL},                                                                                    \
	{                                                                                          \
		"wait", 0, OPT_DURATION, &cli_wish_wait_ms, "TIME",                                \
			"How long to wait for it to be carried out: 60s when left out, 10m at "    \
			"most; 0s does not wait.",                                                 \
			NULL                                                                       \
	}

/* A member unless z is NULL or empty; one of a time unless it is 0. */
void cli_json_member(struct json *j, const char *key, const char *z);
void cli_json_duration(struct json *j, const char *key, int64_t ms);

/*
 * POSTs the body (may be empty) to path, waits, and says on a terminal that it does. *ret lives with the command. Errors: those of the gateway; a
 * wish that failed is none of them.
 */
NODISCARD int cli_wish_send(struct cli_gateway *g, const char *path, struct str body,
			    const struct doc_node **ret, struct err *err);

/* How it ended: 0, the wish's own error, or the exit status of a result that is not (wholly) what was asked for. */
NODISCARD int cli_wish_end(const struct doc_node *wish, struct err *err);
/*
 * Prints it: the plan, what was denied with its place and remedy, the summary; or, as --output says, the object. Returns what cli_wish_end() does, or
 * ERR_TIMEOUT when it is not carried out yet.
 */
NODISCARD int cli_wish_print(struct cli *c, const struct doc_node *wish, struct err *err);

/* Both, one after the other. */
NODISCARD int cli_wish(struct cli_gateway *g, const char *path, struct str body, struct err *err);

/* "D/N", or "D" where skill may be left out (ret_skill empty); in the command's arena. Errors: ERR_USAGE, ERR_INVALID. */
NODISCARD int cli_operand_skill(struct cli *c, const char *operand, bool need_skill,
				const char **ret_domain, const char **ret_skill, struct err *err);

#endif
