/* The parameters of requests, by name: what they are, and what a person would write. */
#include "agent/gateway/openapi.h"

#define TEXT "{\"type\":\"string\"}"
#define NOT_OURS "The issuer's own; not looked at."

static const struct parameter {
	const char *name;
	const char *schema; /* JSON */
	const char *help;
} parameters[] = {
	{"domain", "{\"type\":\"string\",\"maxLength\":64}", "Of this domain."},
	{"name", "{\"type\":\"string\",\"minLength\":1,\"maxLength\":255}",
	 "The name of an object."},
	{"digest", "{\"type\":\"string\",\"minLength\":1,\"maxLength\":64}",
	 "64 hex digits: of checks a skill's content, of approvals a domain's candidate."},
	{"limit", "{\"type\":\"integer\",\"minimum\":1,\"maximum\":1000}", "At most so many."},
	{"continue", TEXT, "metadata.continue of the page before."},
	{"labelSelector", TEXT, "team=billing, tier!=gold, env in (prod,stage)"},
	{"fieldSelector", TEXT, "status.phase=Ready"},
	{"watch", "{\"type\":\"string\",\"enum\":[\"1\",\"true\",\"0\",\"false\"]}",
	 "Goes on as a stream of what changes."},
	{"resourceVersion",
	 "{\"type\":\"string\",\"pattern\":\"^i[0-9]{1,9}\\\\.[0-9]{1,9}(-[0-9a-f]{8})?$\"}",
	 "Of a watch: after this. Of a change: only while the object has it."},
	{"wait", "{\"type\":\"string\",\"pattern\":\"^[0-9]{1,3}(ms|s)$\"}",
	 "Answers when it is over, or after this long, at most 10m."},
	{"dryRun", "{\"type\":\"string\",\"enum\":[\"All\"]}",
	 "Carries everything out in a transaction that comes to nothing."},
	{"reason", TEXT, "Why, for whoever reads the history."},
	{"skill", TEXT, "Of this skill."},
	{"kind", TEXT, "Of this kind."},
	{"verdict", "{\"type\":\"string\",\"enum\":[\"allow\",\"deny\"]}", "With this verdict."},
	{"state", TEXT, "In this state; of a login: what the browser was sent away with."},
	{"by", "{\"type\":\"string\",\"enum\":[\"skills\",\"domains\"]}",
	 "By what it is added up."},
	{"code", TEXT, "What the issuer gives for a token."},
	{"iss", TEXT, "The issuer that answers."},
	{"session_state", TEXT, NOT_OURS},
	{"scope", TEXT, NOT_OURS},
	{"authuser", TEXT, NOT_OURS},
	{"hd", TEXT, NOT_OURS},
	{"prompt", TEXT, NOT_OURS},
	{"error", TEXT, "Why the issuer refuses, in one word."},
	{"error_description", TEXT, "Why the issuer refuses."},
	{"error_uri", TEXT, "Where the issuer says more; not looked at."},
	{"text", TEXT, "What somebody writes: \"order status 17\"."},
	{"alert", TEXT, "The name of an alert, to which skills listen."},
	{"session", TEXT, "Of this session."},
	{"mode", TEXT, "In this mode."},
	{"requestedBy", TEXT, "Asked for by this one: \"key:ana\"."},
	{"at", TEXT, "As it was at this revision, commit or time."},
	{"of", TEXT, "In this domain."},
	{"actor", TEXT, "Done by this one: \"key:ana\"."},
	{"since", TEXT, "After this: a time, a duration ago, a position."},
	{"before", TEXT, "Before this position, which a list gave."},
	{"from", "{\"type\":\"integer\",\"minimum\":1}", "From this revision on."},
	{"after", TEXT, "After this one, the last that was seen."},
};

static void put(struct json *j, const char *name, const char *in, const char *schema,
		const char *help)
{
	json_object(j);
	json_strz(j, "name", name);
	json_strz(j, "in", in);
	json_bool(j, "required", strcmp(in, "path") == 0);
	json_strz(j, "description", help);
	json_raw(j, "schema", str_of(schema));
	json_end(j);
}

bool openapi_parameter(struct json *j, const char *name, const char *in)
{
	for (size_t i = 0; i < ARRAY_SIZE(parameters); i++) {
		const struct parameter *p = &parameters[i];
		if (strcmp(p->name, name) != 0)
			continue;
		/* An empty segment is no segment. */
		bool bare = strcmp(in, "path") == 0 && !strstr(p->schema, "minLength");
		put(j, name, in,
		    bare ? "{\"type\":\"string\",\"minLength\":1,\"maxLength\":64}" : p->schema,
		    p->help);
		return true;
	}
	return false;
}

static bool has_key(const struct gw_route *r, const char *key)
{
	for (size_t i = 0; r->query && r->query[i]; i++)
		if (strcmp(r->query[i], key) == 0)
			return true;
	return false;
}

/* No wish, and made once all the same. */
static bool is_approval(const struct gw_route *r)
{
	return r->run == gw_approval_create;
}

void openapi_head_parameters(struct json *j, const struct gw_route *r)
{
	bool reads = strcmp(r->method, "GET") == 0;
	if (reads && r->kind)
		put(j, "If-None-Match", "header", TEXT,
		    "An ETag that an answer gave: 304 while it is so.");
	if (has_key(r, "watch"))
		put(j, "Last-Event-ID", "header", TEXT,
		    "Of a browser that comes back to a stream.");
	if (!reads &&
	    ((has_key(r, "wait") && has_key(r, "dryRun")) || has_key(r, "resourceVersion")))
		put(j, "If-Match", "header",
		    "{\"type\":\"string\",\"pattern\":\"^(\\\\*|\\\"i[0-9]{1,9}\\\\.[0-9]{1,9}"
		    "\\\")$\"}",
		    "The resourceVersion that was read, in quotes: 409 when it has another.");
	if (!reads && (has_key(r, "wait") || is_approval(r)))
		put(j, "Idempotency-Key", "header",
		    "{\"type\":\"string\",\"minLength\":1,\"maxLength\":128}",
		    "Whoever asks again with the same key gets what came of the first.");
}
