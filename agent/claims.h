/*
 * The claims of keepers that died: nobody waits for them to lapse by themselves. Keepers sign their claims as
 * holders of leases do (store/lease.h); one whose process is dead for certain holds nothing any more.
 */
#ifndef AGENT_CLAIMS_H
#define AGENT_CLAIMS_H

#include "store/store.h"

/* *ret counts the claims that ended. Role: runner. */
NODISCARD int claims_of_the_dead(struct store *s, const char *host, int64_t *ret, struct err *err);

#endif
