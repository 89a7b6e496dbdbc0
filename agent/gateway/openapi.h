/*
 * The OpenAPI document, in three tables beside that of the routes: what each route takes and answers (openapi_answer.c), how its parameters look
 * (openapi_parameter.c), and the shapes of what goes over the wire (openapi_shape.c). openapi.c writes the document. A test drives every route by it.
 */
#ifndef AGENT_GATEWAY_OPENAPI_H
#define AGENT_GATEWAY_OPENAPI_H

#include "agent/gateway/gateway.h"

/* --- openapi_answer.c --- */

struct openapi_answer {
	const char *method, *pattern;
	const struct field *body; /* of a JSON request; NULL: none, or as `takes` says */
	const char *takes; /* shape of the request; NULL: none */
	const char *shape; /* of a good answer; NULL: it has no JSON */
	const char *media; /* of a good answer; NULL: application/json */
	int statuses[3]; /* of good answers; 0 ends */
	bool body_is_optional;
};

/* False for a route that nobody has described, which a unit test refuses. */
bool openapi_answer_of(const struct gw_route *r, struct openapi_answer *ret);
/* A wish that failed is answered as a wish, with the status of its own problem. */
bool openapi_is_wish(const struct openapi_answer *a);

/* --- openapi_parameter.c --- */

/* A parameter of the query or the path, as an element of "parameters"; false when nobody has described it. */
bool openapi_parameter(struct json *j, const char *name, const char *in);
/* Those of the head that the route listens to. */
void openapi_head_parameters(struct json *j, const struct gw_route *r);

/* --- openapi_shape.c --- */

/* The members of components.schemas: every shape, and those of each kind, its list. */
void openapi_shapes(struct json *j);
/* {"$ref": …} as an element. */
void openapi_ref(struct json *j, const char *shape);
bool openapi_shape_is_known(const char *shape);

#endif
