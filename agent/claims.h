/*
 * The claims of keepers that died: nobody waits for them to lapse by themselves. Keepers sign their claims "HOST:PID"; one whose process is gone from
 * this host holds nothing any more. A number that was given to another process meanwhile only means that the claim lapses by itself.
 */
#ifndef AGENT_CLAIMS_H
#define AGENT_CLAIMS_H

#include "store/store.h"

/* *ret counts the claims that ended. Role: runner. */
NODISCARD int claims_of_the_dead(struct store *s, const char *host, int64_t *ret, struct err *err);

#endif
