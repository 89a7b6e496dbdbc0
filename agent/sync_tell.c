/* What a look at a source is answered with: conditions and events on its row, and the wishes that waited for it. */
#include "agent/sync_int.h"
#include "agent/sync_refuse.h"
#include "base/mem.h"

struct report {
	struct sync_source *src;
	const char *reason, *remedy;
	struct str message;
	bool ready, stalled;
	bool waits; /* for results of others: not ready, and nobody has to do anything */
	struct str revision;
	struct tree_id tree;
	bool released;
	int64_t retry_in_ms;
	struct str refused; /* refused_json() */
	struct str answer; /* to who asked for the look; empty: nothing new */
};

static int observe(struct store_txn *t, const struct report *r, struct err *err)
{
	const struct condition list[] = {
		{.type = "Ready",
		 .status = r->ready   ? COND_TRUE
			   : r->waits ? COND_UNKNOWN
				      : COND_FALSE,
		 .reason = str_of(r->reason),
		 .message = r->message,
		 .remedy = str_of(r->remedy)},
		{.type = "Stalled",
		 .status = r->stalled ? COND_TRUE : COND_FALSE,
		 .reason = str_of(r->reason),
		 .message = r->message,
		 .remedy = str_of(r->remedy)},
		{.type = "Reconciling",
		 .status = COND_TRUE,
		 .reason = str_of(r->reason),
		 .message = r->message,
		 .remedy = str_of(r->remedy)},
	};
	const struct store_observation o = {.source = str_of(r->src->name),
					    .revision = r->revision,
					    .tree = r->tree,
					    .released = r->released,
					    .handled_token = r->src->request_token,
					    .failures = (int)r->src->backoff.failures,
					    .retry_in_ms = r->retry_in_ms,
					    .refused_json = r->refused,
					    .conditions = list,
					    .condition_count = r->waits ? 3 : 2,
					    .have = r->src->up->deployed};
	return store_source_observe(t, &o, err);
}

/* A look that led to no pass: nothing new, not reached, or held. Writes only what differs. */
static int tell(const struct report *r, struct err *err)
{
	struct sync *s = r->src->up;
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	int rc = store_txn_begin(s->ctx->store, STORE_FENCED, s->actor, worker_lease(s->worker), &t,
				 err);
	if (rc == 0)
		rc = observe(t, r, err);
	if (rc == 0 && !r->ready)
		rc = sync_event(t, "Source", STR_NULL, str_of(r->src->name), true, r->reason,
				r->message, "", err);
	if (rc == 0 && r->src->request_token != r->src->handled_token)
		rc = store_wish_settle_sync(
			t, str_of(r->src->name), r->src->request_token,
			r->answer.len ? r->answer : STR("{\"summary\":\"nothing new\"}"), err);
	if (rc == 0)
		rc = store_txn_commit(t, NULL, err);
	if (rc == 0)
		r->src->handled_token = r->src->request_token;
	return rc;
}

/* The commit itself is what stands in the way, not what is in it. */
static void say_signature(const struct admit_signature *s, struct buf *words, struct buf *remedy)
{
	buf_addf(words, "; %.*s", STR_ARG(s->problem));
	buf_add_str(remedy, s->remedy);
}

static const char *denied_as(const struct admit_signature *s)
{
	return s->problem.len ? "SignatureInvalid" : "AdmissionDenied";
}

static bool is_approval(const char *waits_for)
{
	return strcmp(waits_for, WAITS_FOR_APPROVAL) == 0;
}

static void denied_remedy(struct buf *out, const char *waits_for, struct str refused)
{
	if (!waits_for)
		refused_remedy(out, refused);
	else if (is_approval(waits_for))
		refused_approve(out, refused);
	else
		buf_addz(out, "the checks that aspora describe domain names have to be run on "
			      "it: aspora check post");
}

/* A look that found what was judged before: somebody may wait to hear just that, or an earlier failure is over. */
int sync_tell_nothing_new(struct sync_source *src, struct err *err)
{
	bool denied = src->has_denials;
	const char *waits = denied ? src->waits_for : NULL;
	CLEANUP(buf_release) struct buf words = BUF_INIT(BUF_MAX), remedy = BUF_INIT(BUF_MAX);
	buf_addz(&words, waits && is_approval(waits)
				 ? "nothing new; the newest commit waits for approval"
			 : waits  ? "nothing new; the newest commit waits for checks"
			 : denied ? "nothing new; the newest commit stays refused"
				  : "nothing new");
	struct admit_signature signature = source_signing_facts(src);
	if (denied) {
		CLEANUP(buf_release) struct buf names = BUF_INIT(BUF_MAX);
		if (refused_names(&names, src->refused))
			buf_addf(&words, ": %s", buf_cstr(&names));
		if (signature.problem.len && !waits)
			say_signature(&signature, &words, &remedy);
		else
			denied_remedy(&remedy, waits, src->refused);
	}
	const struct report r = {.src = src,
				 .ready = !denied,
				 .stalled = denied && !waits,
				 .waits = waits != NULL,
				 .reason = waits    ? waits
					   : denied ? denied_as(&signature)
						    : "ReconciliationSucceeded",
				 .message = buf_str(&words),
				 .remedy = buf_cstr(&remedy)};
	/* It is judged again in a moment, or who signed it is looked at, and that is what there will be to tell. */
	if (src->again || source_signing_is_due(src) ||
	    (!src->unwell && src->request_token == src->handled_token))
		return 0;
	int rc = tell(&r, err);
	if (rc == 0)
		src->unwell = false;
	return rc;
}

int sync_tell_failure(struct sync_source *src, const char *reason, const struct err *why,
		      int64_t retry_in_ms, struct err *err)
{
	char text[ERR_MSG_MAX + 256];
	bool signatures = strcmp(reason, "SignaturesNotRead") == 0;
	bool human = why->code == ERR_DENIED || why->code == ERR_INVALID ||
		     why->code == ERR_UNSUPPORTED || why->code == ERR_UNAUTHENTICATED ||
		     (signatures && why->code != ERR_TIMEOUT);
	src->unwell = true;
	log_err(LOG_WARN_, signatures ? "source.signatures_unread" : "source.fetch_failed", why,
		"source", src->name, NULL);
	const struct report r = {.src = src,
				 .reason = reason,
				 .message = str_of(err_format(why, text, sizeof(text))),
				 .remedy = why->remedy,
				 .stalled = human,
				 .retry_in_ms = retry_in_ms};
	return tell(&r, err);
}

int sync_tell_pass(struct store_txn *t, struct pass *p, void *state, struct err *err)
{
	struct sync_source *src = state;
	CLEANUP(buf_release) struct buf words = BUF_INIT(4096);
	CLEANUP(buf_release) struct buf report = BUF_INIT(BUF_MAX);
	CLEANUP(buf_release) struct buf refused = BUF_INIT(BUF_MAX), remedy = BUF_INIT(BUF_MAX);
	pass_summary(p, &words);
	bool allowed = p->admission->allow && p->refused_count == 0;
	const char *waits = pass_waits_for(p);
	/* Nothing of it was to be deployed; whoever builds on it should hear of it now. */
	if (p->admission->allow && p->signature.problem.len)
		buf_addf(&words, "; %.*s: what follows it will be refused",
			 STR_ARG(p->signature.problem));
	refused_json(&refused, p->admission, pass_author(p));
	if (!p->admission->allow && !waits && p->signature.problem.len)
		say_signature(&p->signature, &words, &remedy);
	else if (!p->admission->allow)
		denied_remedy(&remedy, waits, buf_str(&refused));
	else if (p->refused_count)
		buf_addz(&remedy,
			 "take it out of this source, or resume, adopt or end what stands in "
			 "the way: aspora resume, adopt, overlay end");
	const struct report r = {.src = src,
				 .ready = allowed,
				 .stalled = !allowed && !waits,
				 .waits = waits != NULL,
				 .reason = allowed		 ? "ReconciliationSucceeded"
					   : waits		 ? waits
					   : p->admission->allow ? "AdmissionDenied"
								 : denied_as(&p->signature),
				 .message = buf_str(&words),
				 .remedy = buf_cstr(&remedy),
				 .refused = buf_str(&refused),
				 .revision = str_of(p->source.revision),
				 .tree = p->tree->root,
				 .released = p->release_id != 0};
	int rc = observe(t, &r, err);
	if (rc == 0 && src->tried.len)
		rc = store_source_try_over(t, str_of(src->name), err);
	if (rc < 0 || src->request_token == src->handled_token)
		return rc;
	pass_report_json(p, &report);
	return store_wish_settle_sync(t, str_of(src->name), src->request_token, buf_str(&report),
				      err);
}

int sync_tell_rewrite(struct sync_source *src, struct err *err)
{
	char tip[65];
	CLEANUP_FREE char *message = mem_printf(
		"%s now points to %.12s, which does not follow %.12s, seen before", src->ref,
		tree_id_hex(&src->tip, tip), src->observed.len ? src->observed.p : src->released.p);
	const struct report r = {.src = src,
				 .reason = "HistoryRewritten",
				 .message = str_of(message),
				 .stalled = true,
				 .remedy = "push a commit that follows it, or set "
					   "allow_rewrite: true for this source"};
	src->unwell = true;
	log_event(LOG_WARN_, "source.held", "source", src->name, "why", message, NULL);
	return tell(&r, err);
}

int sync_tell_crash_loop(struct sync_source *src, struct err *err)
{
	char tip[65];
	CLEANUP(buf_release) struct buf answer = BUF_INIT(4096);
	struct json j;
	CLEANUP_FREE char *message =
		mem_printf("sync ended %d times while judging %.12s; what was released before "
			   "keeps serving",
			   SYNC_ATTEMPTS, tree_id_hex(&src->tip, tip));
	json_init(&j, &answer);
	json_object(&j);
	json_str(&j, "summary", str_of(message));
	json_end(&j);
	const struct report r = {.src = src,
				 .reason = "CrashLoop",
				 .message = str_of(message),
				 .stalled = true,
				 .answer = buf_str(&answer),
				 .remedy = "push a commit without what ends it, or try this one "
					   "again: aspora sync; asporad's log says what ended it "
					   "(role.ended)"};
	src->unwell = true;
	log_event(LOG_ERROR_, "source.given_up", "source", src->name, "why", message, NULL);
	return tell(&r, err);
}
