/*
 * What was said a moment ago, by who may hear it: for an answer that many ask for again and again (the status that every dashboard shows), and that
 * may be half a second old. A wake-up of the store and every change made through this gateway let go of it, so that whoever has changed
 * something sees it.
 */
#ifndef AGENT_GATEWAY_SAID_H
#define AGENT_GATEWAY_SAID_H

#include "base/buf.h"

#define GW_SAID_MS 500
#define GW_SAID_MAX 16 /* scopes; the one that was said longest ago makes room */
#define GW_SAID_BYTES ((size_t)1024 * 1024) /* of one text; a longer one is not kept */

struct gw_said;

struct gw_said *gw_said_new(void); /* gives */
void gw_said_free(struct gw_said *s); /* NULL is fine */
void gw_said_forget(struct gw_said *s);
/* Of a scope, which is a list of domains; "" when there is none. Good until the next call that changes something. */
struct str gw_said_find(const struct gw_said *s, const char *scope, int64_t now_ms);
/* How often it was let go of: to be asked before the store is. */
uint64_t gw_said_mark(const struct gw_said *s);
/* Copies. at_ms and mark: as they were before the store was asked; what has been let go of since then is not kept. */
void gw_said_put(struct gw_said *s, const char *scope, int64_t at_ms, uint64_t mark,
		 struct str text);

#endif
