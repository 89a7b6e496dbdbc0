/*
 * What a wish that deploys would change or has changed, in words: from the JSON of plan_json() and of the admission's report.
 */
#ifndef CLI_WISH_REPORT_H
#define CLI_WISH_REPORT_H

#include "base/doc.h"

/*
 * Appends the plan as plan_text() has it (nothing when nothing changes), and the findings: those that deny, and, of a dry run, those to look at. A wish
 * without either appends nothing. Errors: ERR_INVALID when a finding is none.
 */
NODISCARD int cli_wish_report(struct buf *out, const struct doc_node *wish, struct err *err);

/* The plan alone: the member "plan" of a wish's result. */
void cli_wish_plan(struct buf *out, const struct doc_node *plan);

#endif
