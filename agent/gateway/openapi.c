/* The routes as an OpenAPI 3.1 document, written from the one table that answers them. */
#include "agent/gateway/gateway.h"
#include "base/mem.h"

static void parameter(struct json *j, const char *name, const char *in, bool required)
{
	json_object(j);
	json_strz(j, "name", name);
	json_strz(j, "in", in);
	json_bool(j, "required", required);
	json_object_in(j, "schema");
	json_strz(j, "type", "string");
	json_end(j);
	json_end(j);
}

static void parameters(struct json *j, const struct gw_route *r)
{
	json_array_in(j, "parameters");
	for (const char *p = r->pattern; (p = strchr(p, '{')); p++) {
		CLEANUP_FREE char *name = mem_strndup(p + 1, strcspn(p + 1, "}"));
		parameter(j, name, "path", true);
	}
	for (size_t i = 0; r->query && r->query[i]; i++)
		parameter(j, r->query[i], "query", false);
	json_end(j);
}

static void content(struct json *j, const char *type)
{
	json_object_in(j, "content");
	json_object_in(j, type);
	json_object_in(j, "schema");
	json_strz(j, "type", "object");
	json_end(j);
	json_end(j);
	json_end(j);
}

static void roles(struct json *j, unsigned set)
{
	json_array_in(j, "x-aspora-roles");
	for (unsigned role = 1; role <= GW_ADMIN; role <<= 1)
		if (set & role)
			json_addz(j, gw_role_name(role));
	json_end(j);
}

static void operation(struct json *j, const struct gw_route *r)
{
	CLEANUP_FREE char *method = mem_strdup(r->method);
	for (char *p = method; *p; p++)
		*p = (char)(*p | 0x20);
	json_object_in(j, method);
	json_strz(j, "summary", r->help);
	if (r->kind) {
		json_array_in(j, "tags");
		json_addz(j, r->kind->name);
		json_end(j);
	}
	parameters(j, r);
	if (r->body_max) {
		json_object_in(j, "requestBody");
		json_bool(j, "required", true);
		content(j, "application/json");
		json_end(j);
		json_int(j, "x-aspora-body-bytes", (int64_t)r->body_max);
	}
	json_object_in(j, "responses");
	json_object_in(j, "default");
	json_strz(j, "description", "Refused, with a problem document (RFC 9457).");
	content(j, "application/problem+json");
	json_end(j);
	json_object_in(j, "2XX");
	json_strz(j, "description", r->help);
	json_end(j);
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
	json_array_in(&j, "security");
	json_object(&j);
	json_array_in(&j, "key");
	json_end(&j);
	json_end(&j);
	json_end(&j);
	paths(&j, c->g->routes);
	json_object_in(&j, "components");
	json_object_in(&j, "securitySchemes");
	json_object_in(&j, "key");
	json_strz(&j, "type", "http");
	json_strz(&j, "scheme", "bearer");
	json_end(&j);
	json_end(&j);
	json_end(&j);
	json_end(&j);
	buf_add_char(&c->reply->body, '\n');
	return 0;
}
