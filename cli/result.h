/*
 * Results and executions in words.
 */
#ifndef CLI_RESULT_H
#define CLI_RESULT_H

#include "base/doc.h"
#include "cli/cli.h"

/*
 * Appends a document: "json" and "yaml" whole; "raw" as one line of JSON; "text" a SkillResult's text, else its output (a string as it is, anything else as
 * JSON). Text is made safe for a terminal.
 */
void cli_result(struct buf *out, const struct doc_node *n, const char *format);
/* Whether an Execution object is in a final state. */
bool cli_execution_ended(const struct doc_node *execution);
/* Words of a handler, on stderr as they are but for what a terminal must not see. */
void cli_pass_on(const struct buf *said);
/* Text made safe for a terminal, but its lines stay lines. */
void cli_lines(struct buf *out, struct str text);

#endif
