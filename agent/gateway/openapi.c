/* The routes as an OpenAPI 3.1 document, written from the tables that answer them. */
#include "agent/gateway/openapi.h"
#include "base/mem.h"

#define JSON "application/json"
#define PROBLEM "application/problem+json"

/* --- requests ------------------------------------------------------------------------------------------------------ */

static void parameters(struct json *j, const struct gw_route *r)
{
	json_array_in(j, "parameters");
	for (const char *p = r->pattern; (p = strchr(p, '{')); p++) {
		CLEANUP_FREE char *name = mem_strndup(p + 1, strcspn(p + 1, "}"));
		(void)openapi_parameter(j, name, "path");
	}
	for (size_t i = 0; r->query && r->query[i]; i++)
		(void)openapi_parameter(j, r->query[i], "query");
	openapi_head_parameters(j, r);
	json_end(j);
}

static void request_body(struct json *j, const struct gw_route *r, const struct openapi_answer *a)
{
	if (!r->body_max)
		return;
	json_object_in(j, "requestBody");
	json_bool(j, "required", !a->body_is_optional);
	json_object_in(j, "content");
	json_object_in(j, r->media ? r->media : JSON);
	json_key(j, "schema");
	if (a->body)
		field_schema(j, a->body, false);
	else
		openapi_ref(j, a->takes);
	json_end(j);
	json_end(j);
	json_end(j);
	json_int(j, "x-aspora-body-bytes", (int64_t)r->body_max);
}

/* --- answers --------------------------------------------------------------------------------------------------------- */

static void header(struct json *j, const char *name, const char *help)
{
	json_object_in(j, name);
	json_strz(j, "description", help);
	json_raw(j, "schema", STR("{\"type\":\"string\"}"));
	json_end(j);
}

static void media(struct json *j, const char *type, const char *shape)
{
	json_object_in(j, type);
	if (shape) {
		json_key(j, "schema");
		openapi_ref(j, shape);
	}
	json_end(j);
}

static bool has_key(const struct gw_route *r, const char *key)
{
	for (size_t i = 0; r->query && r->query[i]; i++)
		if (strcmp(r->query[i], key) == 0)
			return true;
	return false;
}

/* A patch of labels is answered with the object, one of spec.suspended with a wish. */
static void either(struct json *j, const char *shape, const char *other)
{
	json_object_in(j, JSON);
	json_object_in(j, "schema");
	json_array_in(j, "oneOf");
	openapi_ref(j, shape);
	openapi_ref(j, other);
	json_end(j);
	json_end(j);
	json_end(j);
}

static void good_content(struct json *j, const struct gw_route *r, const struct openapi_answer *a,
			 int status)
{
	bool patch = a->takes && strcmp(a->takes, "Patch") == 0;
	if (status == 304 || (!a->shape && !a->media))
		return;
	json_object_in(j, "content");
	if (patch && status == 200)
		either(j, a->shape, "Wish");
	else
		media(j, a->media ? a->media : JSON, patch ? "Wish" : a->shape);
	if (has_key(r, "watch")) {
		media(j, "application/x-ndjson", NULL);
		media(j, "text/event-stream", NULL);
	}
	json_end(j);
}

static void good_headers(struct json *j, const struct gw_route *r, int status)
{
	json_object_in(j, "headers");
	header(j, "Aspora-Request", "Names the request, in the log too.");
	if (r->kind && strcmp(r->method, "GET") == 0 && status != 202)
		header(j, "ETag", "For If-None-Match.");
	if (status == 201 || status == 202 || status == 303)
		header(j, "Location", "Where what came of it is to be had.");
	json_end(j);
}

static void good(struct json *j, const struct gw_route *r, const struct openapi_answer *a)
{
	for (size_t i = 0; i < ARRAY_SIZE(a->statuses) && a->statuses[i]; i++) {
		char number[8];
		int status = a->statuses[i];
		snprintf(number, sizeof(number), "%d", status);
		json_object_in(j, number);
		json_strz(j, "description",
			  status == 202	  ? "Recorded; it is carried out later."
			  : status == 303 ? "Go on there."
			  : status == 304 ? "It is what the client has."
					  : r->help);
		good_headers(j, r, status);
		good_content(j, r, a, status);
		json_end(j);
	}
}

enum when {
	ALWAYS,
	KEYED, /* routes that ask who it is */
	CHANGES, /* what changes something */
	PLACED, /* what goes on from a position */
	BODIED,
	JUDGED /* what has a form beyond its syntax */
};

static const struct refusal {
	const char *status;
	enum when when;
	const char *help;
} refusals[] = {
	{"400", ALWAYS, "The request is not understood."},
	{"401", KEYED, "There is no key, or none that is good."},
	{"403", KEYED, "The key may not."},
	{"404", ALWAYS, "There is no such object, or the key does not cover it."},
	{"405", ALWAYS, "The resource does not take this method; Allow says which it takes."},
	{"408", ALWAYS, "The request did not come to its end in time."},
	{"409", CHANGES, "It is not what the caller has read, or it is another's."},
	{"410", PLACED, "The position is no longer kept."},
	{"413", BODIED, "The body is too large."},
	{"414", ALWAYS, "The target is too long."},
	{"415", BODIED, "The body is of another media type."},
	{"422", JUDGED, "What is asked for is well-formed, and not acceptable."},
	{"429", ALWAYS, "Too many requests; Retry-After says when to come back."},
	{"431", ALWAYS, "The head is too large."},
	{"5XX", ALWAYS, "It is the gateway's or the database's fault."},
};

static bool applies(const struct gw_route *r, enum when when)
{
	bool changes = strcmp(r->method, "GET") != 0;
	switch (when) {
	case ALWAYS:
		return true;
	case KEYED:
		return r->roles != 0 || changes;
	case CHANGES:
		return changes;
	case PLACED:
		return changes || has_key(r, "watch") || has_key(r, "continue") ||
		       has_key(r, "at") || has_key(r, "since");
	case BODIED:
		return r->body_max != 0;
	case JUDGED:
		return applies(r, PLACED) || strstr(r->pattern, "{digest}");
	}
	return false;
}

static void bad(struct json *j, const struct gw_route *r, const struct openapi_answer *a)
{
	bool of_wish = openapi_is_wish(a) && strcmp(r->method, "GET") != 0;
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		char ref[64];
		if (!applies(r, refusals[i].when))
			continue;
		snprintf(ref, sizeof(ref), "#/components/responses/%s%s", of_wish ? "Wish" : "Is",
			 refusals[i].status);
		json_object_in(j, refusals[i].status);
		json_strz(j, "$ref", ref);
		json_end(j);
	}
}

/* Every refusal once, and once more as a wish that failed may be answered. */
static void bad_answers(struct json *j)
{
	for (size_t i = 0; i < 2 * ARRAY_SIZE(refusals); i++) {
		const struct refusal *f = &refusals[i / 2];
		char name[16];
		snprintf(name, sizeof(name), "%s%s", i % 2 ? "Wish" : "Is", f->status);
		json_object_in(j, name);
		json_strz(j, "description", f->help);
		json_object_in(j, "content");
		media(j, PROBLEM, "Problem");
		if (i % 2)
			media(j, JSON, "Wish");
		json_end(j);
		json_end(j);
	}
}

/* --- the document ------------------------------------------------------------------------------------------------------ */

static void roles(struct json *j, unsigned set)
{
	json_array_in(j, "x-aspora-roles");
	for (unsigned role = 1; role <= GW_ADMIN; role <<= 1)
		if (set & role)
			json_addz(j, gw_role_name(role));
	json_end(j);
}

/* "get_api_v1_domains_domain_skills_name". */
static void operation_id(struct json *j, const struct gw_route *r)
{
	CLEANUP(buf_release) struct buf id = BUF_INIT(256);
	for (const char *p = r->method; *p; p++)
		buf_add_char(&id, (char)(*p | 0x20));
	for (const char *p = r->pattern; *p; p++) {
		bool plain = (*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9');
		if (plain || (*p != '}' && id.len && buf_cstr(&id)[id.len - 1] != '_'))
			buf_add_char(&id, plain ? *p : '_');
	}
	json_str(j, "operationId", buf_str(&id));
}

static void operation(struct json *j, const struct gw_route *r)
{
	struct openapi_answer a = {0};
	CLEANUP_FREE char *method = mem_strdup(r->method);
	(void)openapi_answer_of(r, &a);
	for (char *p = method; *p; p++)
		*p = (char)(*p | 0x20);
	json_object_in(j, method);
	operation_id(j, r);
	json_strz(j, "summary", r->help);
	if (r->kind) {
		json_array_in(j, "tags");
		json_addz(j, r->kind->name);
		json_end(j);
	}
	parameters(j, r);
	request_body(j, r, &a);
	json_object_in(j, "responses");
	good(j, r, &a);
	bad(j, r, &a);
	json_end(j);
	roles(j, r->roles);
	json_bool(j, "x-aspora-all-domains", r->platform);
	/* What is open says so: the document's default asks for a key. */
	if (r->roles == 0) {
		json_array_in(j, "security");
		json_end(j);
	}
	json_end(j);
}

/* Rows of one pattern may stand apart; each pattern is written once. */
static void paths(struct json *j, const struct gw_route *routes)
{
	json_object_in(j, "paths");
	for (const struct gw_route *r = routes; r->method; r++) {
		bool seen = false;
		for (const struct gw_route *before = routes; before < r && !seen; before++)
			seen = strcmp(before->pattern, r->pattern) == 0;
		if (seen)
			continue;
		json_object_in(j, r->pattern);
		for (const struct gw_route *same = r; same->method; same++)
			if (strcmp(same->pattern, r->pattern) == 0)
				operation(j, same);
		json_end(j);
	}
	json_end(j);
}

static void components(struct json *j)
{
	json_object_in(j, "components");
	json_object_in(j, "securitySchemes");
	json_raw(j, "key", STR("{\"type\":\"http\",\"scheme\":\"bearer\"}"));
	json_end(j);
	json_object_in(j, "responses");
	bad_answers(j);
	json_end(j);
	json_object_in(j, "schemas");
	openapi_shapes(j);
	json_end(j);
	json_end(j);
}

int gw_openapi(struct gw_call *c, struct err *err)
{
	struct json j;
	(void)err;
	gw_call_json(c, 200, &j);
	json_object(&j);
	json_strz(&j, "openapi", "3.1.0");
	json_object_in(&j, "info");
	json_strz(&j, "title", "Aspora");
	json_strz(&j, "version", ASPORA_VERSION);
	json_end(&j);
	json_raw(&j, "security", STR("[{\"key\":[]}]"));
	paths(&j, c->g->routes);
	components(&j);
	json_end(&j);
	buf_add_char(&c->reply->body, '\n');
	return 0;
}
