/*
 * What the parent hands to a role over an inherited descriptor, so that no password is ever in an argument, the
 * environment or a file: one JSON document, then end of file.
 */
#ifndef AGENT_HANDOFF_H
#define AGENT_HANDOFF_H

#include "base/err.h"
#include "store/store.h"

#define HANDOFF_FD 3

struct handoff {
	char *config_path; /* NULL: defaults */
	char *state; /* overrides config, from --state */
	struct store_access access; /* as the role's own PostgreSQL user */
	char instance[37];
	bool once;
	char *listen; /* overrides gateway.listen; NULL: as configured */
};

void handoff_release(struct handoff *h);
/* Writes to fd (a pipe whose other end the child inherits as HANDOFF_FD). */
NODISCARD int handoff_write(int fd, const struct handoff *h, struct err *err);
NODISCARD int handoff_read(int fd, struct handoff *ret, struct err *err);

#endif
