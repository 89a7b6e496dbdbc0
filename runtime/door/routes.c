/* What the door offers. */
#include <stdarg.h>
#include <stdio.h>

#include "base/doc.h"
#include "runtime/door/door_int.h"
#include "runtime/init/protocol.h"

#define SMALL_BODY ((size_t)64 * 1024)

void door_problem(struct door_reply *a, int status, const char *code, const char *fmt, ...)
{
	CLEANUP(buf_release) struct buf detail = BUF_INIT(1024);
	va_list ap;
	va_start(ap, fmt);
	buf_vaddf(&detail, fmt, ap);
	va_end(ap);
	struct json j;
	a->status = status;
	a->type = "application/problem+json";
	json_init(&j, &a->body);
	json_object(&j);
	CLEANUP(buf_release) struct buf type = BUF_INIT(256);
	buf_addf(&type, "urn:aspora:error:%s", code);
	json_str(&j, "type", buf_str(&type));
	json_strz(&j, "title", code);
	json_int(&j, "status", status);
	json_str(&j, "detail", buf_str(&detail));
	json_strz(&j, "code", code);
	/* Where the SDKs of both model dialects look for words. */
	json_object_in(&j, "error");
	json_strz(&j, "type", code);
	json_strz(&j, "code", code);
	json_str(&j, "message", buf_str(&detail));
	json_end(&j);
	json_end(&j);
}

static void accepted(struct door_reply *a)
{
	a->status = 202;
	a->type = "application/json";
	buf_addz(&a->body, "{\"status\":\"OK\"}");
}

/* --- the invocation API, in the manner of AWS Lambda's --- */

void door_invocation_reply(struct door *d, struct door_reply *a)
{
	const struct door_invocation *i = &d->invocation;
	int64_t left = i->timeout_ms - (clock_mono(d->opts.clock) - d->began_ms);
	a->status = 200;
	a->type = "application/json";
	buf_addf(&a->fields, "Lambda-Runtime-Aws-Request-Id: %s\r\n", d->id);
	buf_addf(&a->fields, "Lambda-Runtime-Deadline-Ms: %lld\r\n",
		 (long long)i->deadline_wall_ms);
	buf_addf(&a->fields, "Lambda-Runtime-Invoked-Function-Arn: arn:aspora:skill\r\n");
	buf_addf(&a->fields, "Aspora-Timeout-Ms: %lld\r\n", (long long)MAX(left, 1));
	buf_addf(&a->fields, "Aspora-Output-Limit: %zu\r\n", d->opts.output_max);
	buf_addf(&a->fields, "Aspora-Log-Limit: %zu\r\n", d->opts.log_max);
	buf_add_str(&a->body, i->context_json);
}

static void run_next(struct door *d, const struct door_request *q, struct door_reply *a)
{
	(void)q;
	if (d->phase == DOOR_STARTING)
		d->phase = DOOR_WAITING;
	if (d->phase == DOOR_WAITING)
		a->later = true;
	else if (d->phase == DOOR_RUNNING)
		door_invocation_reply(
			d, a); /* a runtime of the handler's own asks for what is going on */
	else
		door_problem(a, 410, "gone", "there are no more invocations");
}

/* The invocation that a response or an error names must be the one that runs. */
static bool is_current(struct door *d, const struct door_request *q, struct door_reply *a)
{
	if (d->phase != DOOR_RUNNING) {
		door_problem(a, 409, "conflict", "no invocation is open");
		return false;
	}
	if (!str_eqz(q->id, d->id)) {
		door_problem(a, 404, "not-found", "the open invocation is %s", d->id);
		return false;
	}
	return true;
}

static void run_response(struct door *d, const struct door_request *q, struct door_reply *a)
{
	if (!is_current(d, q, a))
		return;
	buf_add_str(&d->response, q->body);
	d->phase = DOOR_ANSWERED;
	accepted(a);
}

static int small_int(const struct doc_node *n, const char *key)
{
	int64_t v = doc_int(n, key, -1);
	return v < 0 || v > 255 ? -1 : (int)v;
}

/* Any body is taken: a runtime of the handler's own may send none. */
static void read_fault(struct door *d, struct str body)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1024 * 1024);
	const struct doc_node *n = NULL;
	snprintf(d->fault.type, sizeof(d->fault.type), "%s", FAULT_EXIT);
	if (doc_parse_json(a, body, &doc_limits_json, "error", &n, NULL) < 0) {
		buf_addz(&d->fault.message, "the handler reported an error that is not JSON");
		return;
	}
	struct str type = doc_text(n, "errorType"), message = doc_text(n, "errorMessage");
	if (str_starts(type, STR("Aspora.")))
		snprintf(d->fault.type, sizeof(d->fault.type), "%.*s", STR_ARG(type));
	else if (type.len)
		buf_addf(&d->fault.message, "%.*s: ", (int)MIN(type.len, 200), type.p);
	buf_add_str(&d->fault.message, message);
	d->fault.exit_status = small_int(n, "exitStatus");
	d->fault.signal = small_int(n, "signal");
}

static void run_error(struct door *d, const struct door_request *q, struct door_reply *a)
{
	if (!is_current(d, q, a))
		return;
	read_fault(d, q->body);
	d->phase = DOOR_FAILED;
	accepted(a);
}

/* Before any invocation only: afterwards it could only come from the handler, which has `error` for that. */
static bool is_starting(struct door *d, struct door_reply *a)
{
	if (d->phase == DOOR_STARTING)
		return true;
	door_problem(a, 409, "conflict", "the sandbox has started already");
	return false;
}

static void run_init_error(struct door *d, const struct door_request *q, struct door_reply *a)
{
	if (!is_starting(d, a))
		return;
	read_fault(d, q->body);
	d->phase = DOOR_FAILED;
	accepted(a);
}

static void run_ready(struct door *d, const struct door_request *q, struct door_reply *a)
{
	(void)q;
	if (!is_starting(d, a))
		return;
	d->phase = DOOR_READY;
	accepted(a);
}

static void run_logs(struct door *d, const struct door_request *q, struct door_reply *a)
{
	size_t room = d->opts.log_max;
	struct str text = q->body;
	/* aspora-init counts too; a handler that speaks to the door itself is held here. */
	if (text.len > room)
		text = str_sub(text, text.len - room, text.len);
	if (d->log.len + text.len > room) {
		size_t keep = room - text.len;
		memmove(d->log.data, d->log.data + d->log.len - keep, keep);
		d->log.len = keep;
	}
	buf_add_str(&d->log, text);
	if (d->opts.on_log)
		d->opts.on_log(d->opts.state, text);
	accepted(a);
}

/* --- models and tools --- */

static void run_model(struct door *d, const struct door_request *q, struct door_reply *a)
{
	(void)d;
	door_problem(a, 501, "model-not-configured",
		     "%.*s: no model provider is configured on this installation",
		     STR_ARG(q->path));
}

static void run_mcp(struct door *d, const struct door_request *q, struct door_reply *a)
{
	(void)d;
	door_problem(a, 501, "unsupported",
		     "the MCP server \"%.*s\" cannot be reached: this version of Aspora connects "
		     "no MCP servers",
		     STR_ARG(q->id));
}

const struct door_route door_routes[] = {
	{"GET", "/2018-06-01/runtime/invocation/next", SMALL_BODY, true, run_next},
	{"POST", "/2018-06-01/runtime/invocation/{}/response", 0, true, run_response},
	{"POST", "/2018-06-01/runtime/invocation/{}/error", SMALL_BODY, true, run_error},
	{"POST", "/2018-06-01/runtime/init/error", SMALL_BODY, true, run_init_error},
	{"POST", "/aspora/v1/ready", SMALL_BODY, true, run_ready},
	{"POST", "/aspora/v1/logs", SMALL_BODY, true, run_logs},
	{"POST", "/v1/messages", DOOR_BODY_MAX, false, run_model},
	{"POST", "/v1/messages/count_tokens", DOOR_BODY_MAX, false, run_model},
	{"POST", "/v1/chat/completions", DOOR_BODY_MAX, false, run_model},
	{"POST", "/v1/responses", DOOR_BODY_MAX, false, run_model},
	{"GET", "/v1/models", SMALL_BODY, false, run_model},
	{"GET", "/mcp/{}", SMALL_BODY, false, run_mcp},
	{"POST", "/mcp/{}", DOOR_BODY_MAX, false, run_mcp},
	{"DELETE", "/mcp/{}", SMALL_BODY, false, run_mcp},
	{NULL, NULL, 0, false, NULL},
};

/* --- finding a route --- */

static bool matches(const char *pattern, struct str path, struct str *ret_id)
{
	const char *hole = strstr(pattern, "{}");
	*ret_id = STR_NULL;
	if (!hole)
		return str_eqz(path, pattern);
	struct str before = str_make(pattern, (size_t)(hole - pattern)), after = str_of(hole + 2);
	if (path.len <= before.len + after.len || !str_starts(path, before) ||
	    !str_ends(path, after))
		return false;
	*ret_id = str_sub(path, before.len, path.len - after.len);
	return str_find_byte(*ret_id, '/', 0) < 0;
}

const struct door_route *door_route_find(struct str method, struct str path, struct str *ret_id,
					 int *ret_status)
{
	*ret_status = 404;
	for (const struct door_route *r = door_routes; r->method; r++) {
		if (!matches(r->pattern, path, ret_id))
			continue;
		if (str_eqz(method, r->method))
			return r;
		*ret_status = 405;
	}
	return NULL;
}

const char *door_route_text(size_t i, char out[128])
{
	for (size_t k = 0; k <= i; k++)
		if (!door_routes[k].method)
			return NULL;
	snprintf(out, 128, "%s %s", door_routes[i].method, door_routes[i].pattern);
	return out;
}
