#ifndef STORE_ROLLOUT_INT_H
#define STORE_ROLLOUT_INT_H

#include "store/rollout.h"
#include "store/txn_int.h"

struct rollout_key row_key(struct row *c, struct arena *a);
/* Four columns: domain, skill, content, runtime. */
void bind_keys(struct bind *b, const struct rollout_key *keys, size_t count);
extern const char *const rollout_slot_names[];
extern const char *const rollout_state_names[];
extern const char *const instance_state_names[];

#endif
