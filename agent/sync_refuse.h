/* What was refused, as the source's row keeps it and as conditions and events say it. */
#ifndef AGENT_SYNC_REFUSE_H
#define AGENT_SYNC_REFUSE_H

#include "admission/admit.h"

/*
 * [{domain, candidate, policy, surface, author}] of every domain denied: the keys of the verdicts that hold (store_observation), and who wrote the
 * change.
 */
void refused_json(struct buf *out, const struct admission *admission, struct str author);
/* "ecm, frm" of such a list; returns how many. What cannot be read names none. */
size_t refused_names(struct buf *out, struct str refused);
/* What to do about it, naming the domains. */
void refused_remedy(struct buf *out, struct str refused);
/* The same where people are waited for. */
void refused_approve(struct buf *out, struct str refused);
/* "2 findings; PATH:LINE:COL: RULE: message (remedy)": the first that denies, on one line. */
void denial_text(struct buf *out, const struct findings *f);

#endif
