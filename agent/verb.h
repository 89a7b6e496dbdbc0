/*
 * The verbs of asporad beside running it: one row each. `asporad` alone runs; `asporad key create …` and the like do one thing and end.
 */
#ifndef AGENT_VERB_H
#define AGENT_VERB_H

#include "agent/config.h"
#include "store/cluster.h"
#include "store/store.h"

struct verb_opts { /* the options every verb knows */
	const char *config_path;
	const char *state;
	const char *database;
};

struct verb {
	const char *name;
	const char *usage; /* after "asporad" */
	const char *help; /* one sentence */
	/* argv[0] is the verb. Results on stdout. */
	int (*run)(const struct verb_opts *o, int argc, char **argv, struct err *err);
};

extern const struct verb verbs[]; /* name NULL ends */

int verb_key(const struct verb_opts *o, int argc, char **argv, struct err *err);
int verb_db(const struct verb_opts *o, int argc, char **argv, struct err *err);
int verb_executor(const struct verb_opts *o, int argc, char **argv, struct err *err);

/*
 * For verbs that write: the configuration, and the database opened as its owner; a private PostgreSQL that does not run is
 * started for the verb and stopped by verb_store_close().
 */
struct verb_store {
	struct agent_config *config;
	struct store_cluster *cluster; /* only when it was started here */
	struct store_access owner;
	struct store *store;
};
NODISCARD int verb_store_open(const struct verb_opts *o, struct verb_store *ret, struct err *err);
void verb_store_close(struct verb_store *v);

#endif
