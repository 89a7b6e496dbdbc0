/* The guard at an execution's two ends: what the handler is given, and what it answers. */
#include <stdio.h>

#include "runtime/execute_int.h"
#include "skill/digest.h"

/* Ids, digests and times are ours; these two come from outside. */
static const char *const given[] = {"input", "trigger", NULL};

static int look(struct run_instance *i, const char *what, struct str json,
		const char *const *members, struct guarded *g, struct err *err)
{
	int rc = runtime_guard(i->req->guard, what, json, members, g, err);
	if (g->said.len)
		step_json(i, "guard", &g->said);
	return rc;
}

int guard_context(struct run_instance *i, struct buf *held, struct str *ret_json, struct err *err)
{
	struct guarded g;
	*ret_json = i->req->context_json;
	if (!i->req->guard)
		return 0;
	guarded_init(&g);
	int rc = look(i, "the input", i->req->context_json, given, &g, err);
	if (rc == 0 && g.json.len) {
		buf_add_str(held, buf_str(&g.json));
		*ret_json = buf_str(held);
	}
	guarded_release(&g);
	return rc;
}

/* --- what is kept -------------------------------------------------------------------------------------------- */

#define SCAN_MEMORY ((size_t)256 << 20)
#define LINE_HELD ((size_t)64 * 1024) /* a longer line is told in parts */
#define CONTEXT                                                                                    \
	((size_t)4 * 1024) /* told before, and looked at again: a key goes over several lines */

/* The findings that begin or end at or after `from`, as spans of what is there. */
static void cut_before(struct guard_findings *f, size_t from)
{
	size_t kept = 0;
	for (size_t k = 0; k < f->count; k++) {
		struct guard_finding g = f->items[k];
		if (g.end <= from)
			continue;
		g.start = MAX(g.start, from) - from;
		g.end -= from;
		f->items[kept++] = g;
	}
	f->count = kept;
}

/* Appends what of text begins at `from`, without what policy redacts or blocks. Errors: the guard gave up; then nothing is appended. */
static int hide(const struct run_guard *g, struct str text, size_t from, struct buf *out,
		struct err *err)
{
	struct guard_policy p = g->policy;
	struct guard_findings found = {0};
	CLEANUP(arena_freep) struct arena *a = arena_new(SCAN_MEMORY);
	const struct guard_options options = {.no_allow = true, .budget_ms = g->budget_ms};
	for (int c = 0; c < GUARD_CATEGORIES; c++)
		if (p.mode[c] == GUARD_BLOCK)
			p.mode[c] = GUARD_REDACT;
	int rc = guard_scan(g->rules, &options, text, a, &found, err);
	if (rc < 0)
		return rc;
	cut_before(&found, from);
	guard_redact(g->vault, &p, str_sub(text, from, text.len), &found, out);
	return 0;
}

/* What cannot be looked through is not kept. */
static void hide_all(const struct run_guard *g, struct buf *text)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	(void)hide(g, buf_str(text), 0, &out, NULL);
	buf_reset(text);
	buf_add_str(text, buf_str(&out));
}

static void say_fault(struct run_instance *i, const char *what, const char *fault)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(BUF_MAX);
	struct json j;
	json_init(&j, &b);
	json_object(&j);
	json_strz(&j, "what", what);
	json_array_in(&j, "findings");
	json_end(&j);
	json_strz(&j, "fault", fault);
	json_end(&j);
	step_json(i, "guard", &b);
}

/* Tells what has come up to `to`, and keeps the end of it. */
static void tell(struct run_instance *i, size_t to)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	struct buf *log = &i->log;
	struct err fault = ERR_INIT;
	if (to <= i->log_told)
		return;
	if (hide(i->req->guard, str_sub(buf_str(log), 0, to), i->log_told, &out, &fault) < 0)
		say_fault(i, "stderr", fault.msg);
	else
		step_text(i, "stderr", "text", buf_str(&out));
	size_t from = to - MIN(to, CONTEXT);
	memmove(log->data, log->data + from, log->len - from);
	log->len -= from;
	log->data[log->len] = '\0';
	i->log_told = to - from;
}

void guard_log(struct run_instance *i, struct str text)
{
	struct buf *log = &i->log;
	buf_add_str(log, text);
	size_t whole = log->len;
	while (whole > i->log_told && log->data[whole - 1] != '\n')
		whole--;
	if (log->len - whole > LINE_HELD)
		whole = log->len;
	tell(i, whole);
}

void guard_log_end(struct run_instance *i)
{
	if (i->log.len)
		tell(i, i->log.len);
}

void guard_failure(struct run_instance *i, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	if (!err || !i->req->guard || !i->req->guard->rules)
		return;
	if (hide(i->req->guard, str_of(err->msg), 0, &out, NULL) < 0)
		buf_addz(&out,
			 "the handler failed, and the guard could not look its words through");
	snprintf(err->msg, sizeof(err->msg), "%s", buf_cstr(&out));
}

void guard_records(struct run_instance *i)
{
	struct run_result *r = i->result;
	if (!i->req->guard || !i->req->guard->rules)
		return;
	hide_all(i->req->guard, &r->stderr_tail);
	hide_all(i->req->guard, &r->transcript);
	r->transcript_digest = digest_tagged("aspora.transcript.v1", buf_str(&r->transcript));
}

int guard_result(struct run_instance *i, struct err *err)
{
	struct run_result *r = i->result;
	struct guarded g;
	if (!i->req->guard)
		return 0;
	guarded_init(&g);
	int rc = look(i, "the answer", buf_str(&r->result_json), NULL, &g, err);
	if (rc < 0 || g.json.len)
		buf_reset(&r->result_json);
	if (rc == 0 && g.json.len)
		buf_add_str(&r->result_json, buf_str(&g.json));
	guarded_release(&g);
	return rc;
}
