/*
 * What a run is given: the input as a person writes it, and the trigger that a text stands for.
 */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include "cli/cli.h"
#include "skill/snapshot.h"

/*
 * An input as JSON, into out: "@FILE" and "-" (standard input) are read, what begins with a brace, a bracket or a quote is JSON, everything else is
 * text: what somebody might have written to the skill. *ret_text is that text, STR_NULL for JSON, in the arena; its JSON is {"text": …}, as the gateway
 * makes it. word NULL: null. Errors: ERR_SYNTAX with the place, ERR_TOO_LARGE, ERR_NOT_FOUND.
 */
NODISCARD int cli_input(struct cli *c, const char *word, struct buf *out, struct str *ret_text,
			struct err *err);
void cli_input_text(struct buf *out, struct str text);

/*
 * The skill of the snapshot that a text leads to, as the gateway's table would have it, and its trigger as JSON. Errors: ERR_NOT_FOUND when no
 * command matches.
 */
NODISCARD int cli_route(struct cli *c, const struct snapshot *s, struct str text,
			struct str *ret_domain, struct str *ret_skill, struct buf *trigger,
			struct err *err);
/* The trigger of a text that is given to one skill: with the words of its command when one matches. */
NODISCARD int cli_route_skill(const struct domain_skill *ds, struct str text, struct buf *trigger,
			      struct err *err);

#endif
