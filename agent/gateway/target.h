/*
 * The target of a request: a path in segments and a query in pairs, decoded once, strictly. What two readers could take for two things is refused,
 * not repaired: encoded slashes, backslashes, NUL and other control bytes, "." and ".." in any spelling, empty segments, bytes that are
 * no UTF-8, a query key twice.
 */
#ifndef AGENT_GATEWAY_TARGET_H
#define AGENT_GATEWAY_TARGET_H

#include "base/arena.h"

#define GW_SEGMENTS_MAX 12
#define GW_QUERY_MAX 24

struct gw_pair {
	struct str key, value;
};

struct gw_target {
	struct str segments[GW_SEGMENTS_MAX]; /* of "/api/v1/skills": "api", "v1", "skills" */
	size_t segment_count; /* 0: "/" */
	struct gw_pair query[GW_QUERY_MAX];
	size_t query_count;
};

/* Strings live in a. Errors: ERR_USAGE, ERR_TOO_LARGE. */
NODISCARD int gw_target_parse(struct arena *a, struct str path, struct str query,
			      struct gw_target *ret, struct err *err);
/* STR_NULL when absent. */
struct str gw_query(const struct gw_target *t, const char *key);

#endif
