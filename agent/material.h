/*
 * What a run needs of a version, brought together from the store: files, handler, effective limits, declared environment.
 * Used by keepers, by probes, and by nobody else.
 */
#ifndef AGENT_MATERIAL_H
#define AGENT_MATERIAL_H

#include "agent/config.h"
#include "runtime/execute.h"
#include "store/blob.h"
#include "store/release.h"
#include "store/rollout.h"

struct material {
	struct arena *arena;
	struct store_version *version;
	struct config config;
	struct blob_reader blobs;
	struct sandbox_env *env;
	size_t env_count;
	struct str driver;
	struct run_guard guard; /* by the configuration's guard.* */
};

/*
 * Errors: ERR_NOT_FOUND (no such version or context), ERR_MODEL (prompt-only and no model configured), ERR_DENIED (a secret that the operator
 * has not given to this domain), the store's. Release in any case.
 */
NODISCARD int material_load(struct store *s, const struct agent_config *c,
			    const struct rollout_key *key, struct material *ret, struct err *err);
void material_release(struct material *m);
/* The request for it; everything points into m. instance is kept. */
void material_request(const struct material *m, const char *instance, struct run_request *ret);

#endif
