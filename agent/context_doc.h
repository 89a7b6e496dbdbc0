/*
 * The context document: what a context digest stands for, as stored (store/release.h, store_context_put). It binds an execution to
 * what the cascade and the firm's and domain's knowledge said when it ran:
 *
 *	{"config":{…the effective configuration…},"firm":"<blob>","domain":[{"path","digest"}…]}
 */
#ifndef AGENT_CONTEXT_DOC_H
#define AGENT_CONTEXT_DOC_H

#include "skill/snapshot.h"

void context_doc_write(struct buf *out, const struct snapshot *snap, const struct domain *d,
		       const struct domain_skill *ds);
/* The effective configuration back; everything lives in a. Errors: ERR_INVALID (written by a newer build). */
NODISCARD int context_doc_config(struct arena *a, struct str document, struct config *ret,
				 struct err *err);

#endif
