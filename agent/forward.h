/*
 * Forwards: a result that says `"forward": "ecm/order-details"` asks that skill to go on with the same input. Within a domain that is
 * free; across domains it is denied unless the effective configuration names it (routing.forwards).
 */
#ifndef AGENT_FORWARD_H
#define AGENT_FORWARD_H

#include "skill/config.h"
#include "skill/execution.h"
#include "store/store.h"

/* True when a skill of this domain may forward there. Both are "domain/skill" or parts of it. */
bool forward_is_allowed(const struct config *effective, struct str from_domain,
			struct str to_domain, struct str to_skill);

/*
 * Enqueues the child execution that *result asks for (nothing when it asks for none) and writes its id into the result as "forwarded". Errors: ERR_HANDLER_OUTPUT
 * (not a skill's name), ERR_DENIED, ERR_CONFLICT (a chain longer than FORWARD_HOPS_MAX), the store's.
 */
NODISCARD int forward_result(struct store *s, const struct execution *e,
			     const struct config *effective, struct buf *result, struct err *err);

#endif
