/*
 * How much a caller may ask for: a bucket of requests per key, and a share of what is under way per class, so that programs that
 * hammer leave room for people, and both for health.
 */
#ifndef AGENT_GATEWAY_LIMIT_H
#define AGENT_GATEWAY_LIMIT_H

#include <stddef.h>

#include "base/err.h"

enum gw_class {
	GW_CLASS_HEALTH, /* open routes: never limited here */
	GW_CLASS_PEOPLE,
	GW_CLASS_PROGRAMS, /* keys of role ci-bot */
	GW_CLASSES_
};
const char *gw_class_name(enum gw_class c); /* "health", "people", "programs" */

struct gw_limits_opts {
	int64_t rate, burst; /* requests a second of one key, and at once */
	size_t people, programs; /* requests of the class under way at once */
};

struct gw_limits;
struct gw_limits *gw_limits_new(const struct gw_limits_opts *o);
void gw_limits_free(struct gw_limits *l); /* NULL is fine */
/*
 * One more request of a key. *ret_after_s is set when it is refused: how long to wait. Errors: ERR_QUOTA. What was let in is owed a gw_limits_leave().
 */
NODISCARD int gw_limits_enter(struct gw_limits *l, enum gw_class class, const char *key,
			      int64_t now_ms, int64_t *ret_after_s, struct err *err);
void gw_limits_leave(struct gw_limits *l, enum gw_class class);
struct gw_limits_stats {
	size_t under_way[GW_CLASSES_];
	uint64_t refused[GW_CLASSES_];
};
void gw_limits_stats(const struct gw_limits *l, struct gw_limits_stats *ret);

#endif
