/*
 * The parent: keeps its roles and, when asked, the private PostgreSQL running, and never reads a foreign byte. A role that
 * ends is started again with exponential back-off (100 ms to 30 s); SIGTERM stops roles in their order, then PostgreSQL;
 * SIGHUP re-reads the configuration, keeps the old one when the new one is bad, and restarts the roles.
 */
#ifndef AGENT_SUPERVISOR_H
#define AGENT_SUPERVISOR_H

#include "agent/config.h"

struct supervisor_opts {
	const char *config_path;
	const char *state; /* overrides the configuration; NULL: as configured */
	const char *listen; /* likewise */
	const char *database;
	bool once; /* one pass of sync, runner and control until nothing changes, then end */
	const char *
		only; /* comma-separated roles; NULL: all (for tests and for hosts that only run sandboxes) */
};

/* Blocks until stopped. Returns 0, the code of what ended it, or (positive) the exit status of the role that failed with `once`. */
NODISCARD int supervisor_run(const struct supervisor_opts *o, struct err *err);

#endif
