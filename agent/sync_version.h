/* The versions and contexts that a release refers to: what is stored of each skill, once for each content. */
#ifndef AGENT_SYNC_VERSION_H
#define AGENT_SYNC_VERSION_H

#include "agent/sync_pass.h"

/* One skill that is released, and the domain that it is resolved in. */
struct version_row {
	const struct domain *domain;
	const struct domain_skill *skill;
};

/*
 * Writes versions and contexts into the transaction, a few hundred at a time: their documents are made when they are sent, so that ten thousand
 * never lie in memory together.
 */
NODISCARD int sync_versions_put(struct pass *p, struct store_txn *t, const struct version_row *rows,
				size_t count, struct err *err);

#endif
