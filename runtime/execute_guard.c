/* The guard at an execution's two ends: what the handler is given, and what it answers. */
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

static void hide(const struct run_guard *g, struct buf *text)
{
	struct guard_policy p = g->policy;
	struct guard_findings found;
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)256 << 20);
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	const struct guard_options options = {.no_allow = true};
	for (int c = 0; c < GUARD_CATEGORIES; c++)
		if (p.mode[c] == GUARD_BLOCK)
			p.mode[c] = GUARD_REDACT;
	/* What cannot be looked through is not kept. */
	if (guard_scan(g->rules, &options, buf_str(text), a, &found, NULL) == 0)
		guard_redact(g->vault, &p, buf_str(text), &found, &out);
	buf_reset(text);
	buf_add_str(text, buf_str(&out));
}

void guard_records(struct run_instance *i)
{
	struct run_result *r = i->result;
	if (!i->req->guard || !i->req->guard->rules)
		return;
	hide(i->req->guard, &r->stderr_tail);
	hide(i->req->guard, &r->transcript);
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
