/* What goes over the wire, member by member, as JSON Schema. Members that are not told here may come with a later version. */
#include "agent/gateway/openapi.h"

/* The members that every object begins with (gw_object_begin()), where its kind is its shape's name. */
/* clang-format off */
#define OBJECT(shape) {shape, "apiVersion", "=" API_VERSION}, {shape, "kind", "=" shape}
/* clang-format on */

/*
 * member: "?" after it: it may be missing. type: "text", "integer", "number", "boolean", "object" (of any members), "any", or the name of a shape; "[X]": a
 * list of them; "{X}": an object with values of them; "~" after it: null, too; "=X": exactly this text.
 */
static const struct row {
	const char *shape, *member, *type;
} rows[] = {
	{"Where", "path", "text"},
	{"Where", "line?", "integer"},
	{"Where", "column?", "integer"},

	{"Problem", "type", "text"},
	{"Problem", "title", "text"},
	{"Problem", "status", "integer"},
	{"Problem", "detail", "text"},
	{"Problem", "code", "text"},
	{"Problem", "remedy?", "text"},
	{"Problem", "where?", "Where"},

	{"Condition", "type", "text"},
	{"Condition", "status", "ConditionStatus"},
	{"Condition", "reason", "text"},
	{"Condition", "message", "text"},
	{"Condition", "blockedBy", "text"},
	{"Condition", "remedy", "text"},
	{"Condition", "lastTransitionTime", "text~"},

	{"ObjectSource", "name?", "text"},
	{"ObjectSource", "revision?", "text"},
	{"ObjectSource", "path?", "text"},
	{"ObjectSource", "line?", "integer"},
	{"ObjectSource", "column?", "integer"},

	{"ObjectMetadata", "domain?", "text"},
	{"ObjectMetadata", "name", "text"},
	{"ObjectMetadata", "uid", "text"},
	{"ObjectMetadata", "generation", "integer"},
	{"ObjectMetadata", "resourceVersion", "text"},
	{"ObjectMetadata", "labels", "{text}"},
	{"ObjectMetadata", "createdAt?", "text~"},
	{"ObjectMetadata", "source?", "ObjectSource"},

	{"ObjectStatus", "phase?", "text"},
	{"ObjectStatus", "observedGeneration?", "integer"},
	{"ObjectStatus", "conditions", "[Condition]"},

	{"ListMetadata", "resourceVersion", "text"},
	{"ListMetadata", "continue", "text"},

	{"Patch", "apiVersion?", "=" API_VERSION},
	{"Patch", "kind?", "text"},
	{"Patch", "metadata?", "PatchMetadata"},
	{"Patch", "spec?", "PatchSpec"},
	{"PatchMetadata", "name?", "text"},
	{"PatchMetadata", "domain?", "text"},
	{"PatchMetadata", "resourceVersion?", "text"},
	{"PatchMetadata", "labels?", "PatchLabels"},
	{"PatchSpec", "suspended?", "boolean"},

	{"WishMetadata", "name", "text"},
	{"WishMetadata", "domain", "text"},
	{"WishMetadata", "createdAt", "text"},
	{"WishSpec", "kind", "text"},
	{"WishSpec", "source", "text"},
	{"WishSpec", "requestedBy", "text"},
	{"WishSpec", "dryRun", "boolean"},
	{"WishSpec", "body", "object"},
	{"WishStatus", "phase", "WishPhase"},
	{"WishStatus", "result?", "object"},
	{"WishStatus", "error?", "Problem"},
	{"WishStatus", "handledAt?", "text"},
	OBJECT("Wish"),
	{"Wish", "metadata", "WishMetadata"},
	{"Wish", "spec", "WishSpec"},
	{"Wish", "status", "WishStatus"},

	{"Health", "status", "text"},
	{"Version", "version", "text"},
	{"Version", "apiVersion", "=" API_VERSION},
	{"Version", "schema", "integer"},
	{"WhoAmI", "name", "text"},
	{"WhoAmI", "id", "text"},
	{"WhoAmI", "role", "Role"},
	{"WhoAmI", "domains", "[text]"},
	{"WhoAmI", "actor", "text"},
	{"WhoAmI", "expiresAt?", "text"},
	{"WhoAmI", "issuer?", "text"},
	{"WhoAmI", "subject?", "text"},
	{"Login", "name", "text"},
	{"Login", "label", "text"},
	OBJECT("LoginList"),
	{"LoginList", "items", "[Login]"},
	{"Session", "csrf", "text"},
	{"Session", "name", "text"},
	{"Session", "role", "Role"},
	{"Session", "domains", "[text]"},
	{"Session", "version", "text"},

	{"Access", "verb", "text"},
	{"Access", "resource", "text"},
	{"Access", "allowed", "boolean"},
	{"Access", "reason", "text"},
	{"Access", "method", "text"},
	{"Access", "path", "text"},
	OBJECT("AccessList"),
	{"AccessList", "name", "text"},
	{"AccessList", "role", "Role"},
	{"AccessList", "domain", "text"},
	{"AccessList", "items", "[Access]"},

	{"NewKeyMetadata", "name", "text"},
	{"NewKeySpec", "id", "text"},
	{"NewKeySpec", "role", "Role"},
	{"NewKeySpec", "domains", "[text]"},
	{"NewKeySpec", "days", "integer"},
	OBJECT("NewKey"),
	{"NewKey", "metadata", "NewKeyMetadata"},
	{"NewKey", "spec", "NewKeySpec"},
	{"NewKey", "key", "text"},
	{"Revoked", "apiVersion", "=" API_VERSION},
	{"Revoked", "kind", "=Status"},
	{"Revoked", "revoked", "text"},

	{"AuditEntry", "position", "text"},
	{"AuditEntry", "revision", "integer"},
	{"AuditEntry", "at", "text"},
	{"AuditEntry", "actor", "text"},
	{"AuditEntry", "op", "Op"},
	{"AuditEntry", "kind", "text"},
	{"AuditEntry", "domain", "text"},
	{"AuditEntry", "name", "text"},
	{"AuditEntry", "object", "object"},
	{"AuditEntry", "hash", "text"},
	OBJECT("AuditList"),
	{"AuditList", "more", "boolean"},
	{"AuditList", "items", "[AuditEntry]"},

	OBJECT("Receipt"),
	{"Receipt", "text", "text"},
	{"Receipt", "signer", "text"},
	{"Receipt", "signature", "text"},
	OBJECT("ReceiptList"),
	{"ReceiptList", "items", "[Receipt]"},
	{"Checkpoint", "revision", "integer"},
	{"Checkpoint", "hash", "text"},
	{"Checkpoint", "receipt", "Receipt"},
	OBJECT("ChainReport"),
	{"ChainReport", "incarnation", "integer"},
	{"ChainReport", "head", "integer"},
	{"ChainReport", "floor", "integer"},
	{"ChainReport", "from", "integer"},
	{"ChainReport", "to", "integer"},
	{"ChainReport", "holds", "boolean"},
	{"ChainReport", "firstBad", "integer"},
	{"ChainReport", "checkpoints", "[Checkpoint]"},
	OBJECT("BytesReport"),
	{"BytesReport", "skills", "integer"},
	{"BytesReport", "files", "integer"},
	{"BytesReport", "bytes", "integer"},
	{"BytesReport", "next", "text"},
	{"BytesReport", "problems", "[any]"},

	{"StatusMetadata", "resourceVersion", "text"},
	{"PlatformStatus", "version", "text"},
	{"PlatformStatus", "host", "text"},
	{"PlatformStatus", "release", "integer"},
	{"PlatformStatus", "leases", "[object]"},
	{"PlatformStatus", "sources", "[object]"},
	{"PlatformStatus", "domains", "[object]"},
	{"PlatformStatus", "skills", "{integer}"},
	{"PlatformStatus", "executions", "{integer}"},
	OBJECT("Status"),
	{"Status", "metadata", "StatusMetadata"},
	{"Status", "status", "PlatformStatus"},

	{"RoutingMetadata", "domain", "text"},
	{"RoutingMetadata", "name", "text"},
	{"RoutingVersion", "content", "text"},
	{"RoutingVersion", "runtime", "text"},
	{"RoutingVersion", "weightMillionths", "integer"},
	{"RoutingVersion", "mode", "text"},
	{"RoutingSpec", "skill", "text"},
	{"RoutingSpec", "kind", "text"},
	{"RoutingSpec", "pattern", "text"},
	{"RoutingSpec", "versions", "[RoutingVersion]"},
	{"RoutingStatus", "params", "{text}"},
	OBJECT("Routing"),
	{"Routing", "metadata", "RoutingMetadata"},
	{"Routing", "spec", "RoutingSpec"},
	{"Routing", "status", "RoutingStatus"},

	{"TopMetadata", "domain?", "text"},
	{"TopMetadata", "name", "text"},
	{"TopStatus", "runs", "integer"},
	{"TopStatus", "succeeded", "integer"},
	{"TopStatus", "failed", "integer"},
	{"TopStatus", "cancelled", "integer"},
	{"TopStatus", "open", "integer"},
	{"TopStatus", "costMicrousd", "integer"},
	{"TopStatus", "p50Ms", "integer~"},
	{"TopStatus", "p95Ms", "integer~"},
	{"TopStatus", "acceptMillionths", "integer~"},
	{"Top", "metadata", "TopMetadata"},
	{"Top", "status", "TopStatus"},
	{"TopListMetadata", "since", "text"},
	{"TopListMetadata", "until", "text"},
	OBJECT("TopList"),
	{"TopList", "metadata", "TopListMetadata"},
	{"TopList", "items", "[Top]"},

	{"Change", "resourceVersion", "text"},
	{"Change", "at", "text"},
	{"Change", "actor", "text"},
	{"Change", "op", "Op"},
	{"Change", "kind", "text"},
	{"Change", "domain", "text"},
	{"Change", "name", "text"},
	{"Change", "object", "object"},
	{"ChangeListMetadata", "resourceVersion", "text"},
	{"ChangeListMetadata", "more", "boolean"},
	OBJECT("ChangeList"),
	{"ChangeList", "metadata", "ChangeListMetadata"},
	{"ChangeList", "items", "[Change]"},

	{"WatchEvent", "type", "WatchType"},
	{"WatchEvent", "resourceVersion", "text"},
	{"WatchEvent", "object", "object"},

	{"Step", "at", "text"},
	{"Step", "kind", "text"},
	{"Step", "data", "object"},
	OBJECT("StepList"),
	{"StepList", "state", "text"},
	{"StepList", "next", "integer"},
	{"StepList", "items", "[Step]"},

	OBJECT("Check"),
	{"Check", "skill", "text"},
	{"Check", "digest", "text"},
	{"Check", "name", "text"},
	{"Check", "tool", "text"},
	{"Check", "version", "text"},
	{"Check", "passed", "integer"},
	{"Check", "failed", "integer"},
	{"Check", "skipped", "integer"},
	{"Check", "costUsd", "number"},
	{"Check", "summary", "text"},
	{"Check", "link", "text"},
	{"Check", "postedBy", "text"},
	OBJECT("CheckList"),
	{"CheckList", "items", "[Check]"},

	{"PageFile", "path", "text"},
	{"PageFile", "size", "integer"},
	OBJECT("SkillPage"),
	{"SkillPage", "content", "text"},
	{"SkillPage", "html", "text"},
	{"SkillPage", "files", "[PageFile]"},

	OBJECT("SkillVersion"),
	{"SkillVersion", "metadata", "object"},
	{"SkillVersion", "spec", "object"},
	{"SkillVersion", "status", "object"},
	{"SkillVersion", "release", "object"},
	OBJECT("SkillHistory"),
	{"SkillHistory", "items", "[SkillVersion]"},

	{"OpenApi", "openapi", "text"},
	{"OpenApi", "info", "object"},
	{"OpenApi", "paths", "object"},
	{"OpenApi", "components", "object"},
	{NULL, NULL, NULL},
};
#undef OBJECT

/* Shapes that are no objects of members, as they stand. */
static const struct {
	const char *shape, *schema;
} plain[] = {
	{"ConditionStatus", "{\"type\":\"string\",\"enum\":[\"True\",\"False\",\"Unknown\"]}"},
	{"WishPhase", "{\"type\":\"string\",\"enum\":[\"pending\",\"taken\",\"done\",\"failed\"]}"},
	{"Role", "{\"type\":\"string\",\"enum\":[\"viewer\",\"operator\",\"approver\",\"ci-bot\","
		 "\"admin\"]}"},
	{"Op", "{\"type\":\"string\",\"enum\":[\"create\",\"update\",\"delete\"]}"},
	{"WatchType", "{\"type\":\"string\",\"enum\":[\"ADDED\",\"MODIFIED\",\"DELETED\","
		      "\"BOOKMARK\",\"ERROR\"]}"},
	{"Nothing", "{\"type\":\"object\",\"maxProperties\":0}"},
	{"PatchLabels", "{\"type\":[\"object\",\"null\"],\"additionalProperties\":{\"type\":["
			"\"string\",\"null\"],\"maxLength\":63},\"maxProperties\":64}"},
};

static void write_type(struct json *j, struct str type);

static void write_of(struct json *j, const char *key, struct str of)
{
	json_key(j, key);
	json_object(j);
	write_type(j, of);
	json_end(j);
}

static void write_plain(struct json *j, const char *type, bool nullable)
{
	if (!nullable) {
		json_strz(j, "type", type);
		return;
	}
	json_array_in(j, "type");
	json_addz(j, type);
	json_addz(j, "null");
	json_end(j);
}

/* The members of the schema object that is open. */
static void write_type(struct json *j, struct str type)
{
	static const char *const names[][2] = {{"text", "string"},
					       {"integer", "integer"},
					       {"number", "number"},
					       {"boolean", "boolean"},
					       {"object", "object"}};
	bool nullable = str_ends(type, STR("~"));
	struct str of = nullable ? str_sub(type, 0, type.len - 1) : type;
	struct str inner = of.len > 2 ? str_sub(of, 1, of.len - 1) : STR_NULL;
	if (str_eqz(of, "any"))
		return;
	if (of.p[0] == '=') {
		json_str(j, "const", str_sub(of, 1, of.len));
		return;
	}
	if (of.p[0] == '[' || of.p[0] == '{') {
		write_plain(j, of.p[0] == '[' ? "array" : "object", nullable);
		write_of(j, of.p[0] == '[' ? "items" : "additionalProperties", inner);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (str_eqz(of, names[i][0])) {
			write_plain(j, names[i][1], nullable);
			return;
		}
	json_key(j, "$ref");
	CLEANUP(buf_release) struct buf ref = BUF_INIT(256);
	buf_addf(&ref, "#/components/schemas/%.*s", STR_ARG(of));
	json_add_str(j, buf_str(&ref));
}

static bool is_optional(const char *member)
{
	return member[strlen(member) - 1] == '?';
}

static void write_members(struct json *j, const struct row *first)
{
	char name[64];
	json_object_in(j, "properties");
	for (const struct row *r = first; r->shape && strcmp(r->shape, first->shape) == 0; r++) {
		snprintf(name, sizeof(name), "%.*s",
			 (int)(strlen(r->member) - is_optional(r->member)), r->member);
		write_of(j, name, str_of(r->type));
	}
	json_end(j);
	json_array_in(j, "required");
	for (const struct row *r = first; r->shape && strcmp(r->shape, first->shape) == 0; r++)
		if (!is_optional(r->member))
			json_addz(j, r->member);
	json_end(j);
}

static void write_object(struct json *j, const struct kind *k, bool list)
{
	char name[64], items[64];
	snprintf(name, sizeof(name), "=%s%s", k->name, list ? "List" : "");
	snprintf(items, sizeof(items), "[%s]", k->name);
	const struct row members[] = {
		{k->name, "apiVersion", "=" API_VERSION},
		{k->name, "kind", name},
		{k->name, "metadata", list ? "ListMetadata" : "ObjectMetadata"},
		{k->name, list ? "items" : "spec", list ? items : "object"},
		{list ? NULL : k->name, "status", "ObjectStatus"},
		{NULL, NULL, NULL}};
	json_object_in(j, name + 1);
	json_strz(j, "type", "object");
	json_strz(j, "description", k->help);
	write_members(j, members);
	json_end(j);
}

void openapi_shapes(struct json *j)
{
	for (size_t i = 0; i < ARRAY_SIZE(plain); i++)
		json_raw(j, plain[i].shape, str_of(plain[i].schema));
	for (const struct row *r = rows; r->shape; r++) {
		if (r > rows && strcmp(r[-1].shape, r->shape) == 0)
			continue;
		json_object_in(j, r->shape);
		json_strz(j, "type", "object");
		write_members(j, r);
		/* What comes in is taken to the letter; what goes out may get members. */
		if (strncmp(r->shape, "Patch", strlen("Patch")) == 0)
			json_bool(j, "additionalProperties", false);
		json_end(j);
	}
	for (const struct kind *k = kinds; k->name; k++) {
		write_object(j, k, false);
		if (k->verbs & VERB_LIST)
			write_object(j, k, true);
	}
}

void openapi_ref(struct json *j, const char *shape)
{
	json_object(j);
	write_type(j, str_of(shape));
	json_end(j);
}

bool openapi_shape_is_known(const char *shape)
{
	for (size_t i = 0; i < ARRAY_SIZE(plain); i++)
		if (strcmp(plain[i].shape, shape) == 0)
			return true;
	for (const struct row *r = rows; r->shape; r++)
		if (strcmp(r->shape, shape) == 0)
			return true;
	for (const struct kind *k = kinds; k->name; k++) {
		size_t n = strlen(k->name);
		if (strncmp(k->name, shape, n) == 0 &&
		    (!shape[n] || strcmp(shape + n, "List") == 0))
			return true;
	}
	return false;
}
