/*
 * Which events are meant: --for and --types of `aspora events` and `aspora get events`.
 */
#ifndef CLI_EVENT_FOR_H
#define CLI_EVENT_FOR_H

#include "cli/resource.h"

struct cli_event_for {
	const char *
		about; /* "skill/ecm/order-details", "skill/order-details" in the domain; may be NULL */
	const char *domain; /* of -d: of a name without one; may be NULL */
	const char *types; /* "Warning", "Normal,Warning"; may be NULL */
	const char *fields; /* of --field-selector; may be NULL */
	bool everywhere; /* -A */
};

/* Adds it to the path of a list of events; fields also to one of another kind. Errors: ERR_USAGE. */
NODISCARD int cli_event_query(struct cli_gateway *g, const struct cli_event_for *which,
			      const char **path, struct err *err);

#endif
