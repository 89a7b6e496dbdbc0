/*
 * An asporad that was killed leaves leases that nobody renews. Whose holder was a process of this machine that is dead for certain need not run
 * out: it is ended here, and the next one takes over with the next epoch. A stopped process is alive, and one of another machine, boot
 * or namespace is not judged (store/lease.h).
 *
 * Roles die with their parent, but a moment after it; so for some seconds it is looked again while strangers live that hold leases here.
 */
#ifndef AGENT_INHERIT_H
#define AGENT_INHERIT_H

#include "base/loop.h"
#include "store/store.h"

struct inherit;

/* Looks at once when the loop runs. access (the owner's) and loop are borrowed until inherit_stop(). Gives. */
struct inherit *inherit_start(struct loop *loop, const struct store_access *access);
bool inherit_is_over(const struct inherit *i);
/* NULL is fine. */
void inherit_stop(struct inherit *i);

#define INHERIT_EACH_MS 200
#define INHERIT_MS 5000

#endif
