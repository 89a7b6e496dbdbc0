/*
 * Sources: when to look and what came; what is said of it is sync_tell.c's. A look begins with the branch's commit (read in this process for a local
 * repository, else by a child that ends there when nothing moved); only a commit that was not judged yet goes on to a pass.
 */
#include <sys/epoll.h>

#include "agent/sync_int.h"
#include "base/mem.h"

static uint64_t random64(void)
{
	uint64_t r;
	crypto_random(&r, sizeof(r));
	return r;
}

void source_set_text(struct str *s, struct str value)
{
	free((char *)(uintptr_t)s->p);
	*s = str_make(mem_strndup(value.len ? value.p : "", value.len), value.len);
}

int source_fail_as(struct sync_source *src, const char *reason, const struct err *why,
		   struct err *err)
{
	backoff_fail(&src->backoff);
	int64_t retry = backoff_delay(&src->backoff, random64());
	src->due_ms = clock_mono(src->up->ctx->clock) + retry;
	return sync_tell_failure(src, reason, why, retry, err);
}

int source_fail(struct sync_source *src, const struct err *why, struct err *err)
{
	return source_fail_as(src, "FetchFailed", why, err);
}

/* --- what is remembered of a source --------------------------------------------------------------------------- */

void source_drop_confirmations(struct sync_source *src)
{
	arena_free(src->confirm_arena);
	src->confirm_arena = NULL;
	src->confirmations = NULL;
	src->confirmation_count = 0;
}

/* Whether results or approvals came, or ended, since they were judged by. */
static int look_for_checks(struct sync_source *src, struct err *err)
{
	char now[sizeof(src->checks)];
	if (!src->waiting || src->suspended)
		return 0;
	int rc = store_check_state(src->up->ctx->store, now, err);
	if (rc < 0 || strcmp(now, src->checks) == 0)
		return rc;
	memcpy(src->checks, now, sizeof(now));
	src->again = true;
	return 0;
}

bool source_is_judged(const struct sync_source *src, const struct tree_id *tip)
{
	char hex[65];
	return src->observed.len && str_eqz(src->observed, tree_id_hex(tip, hex));
}

/* --- looking ------------------------------------------------------------------------------------------------- */

static void schedule(struct sync_source *src)
{
	backoff_ok(&src->backoff);
	src->due_ms = clock_mono(src->up->ctx->clock) +
		      backoff_jitter(src->decl->poll_ms, 10, random64());
}

/* What a look has found: something to judge, something that is held already, or nothing new. */
static int weigh_tip(struct sync_source *src, struct err *err)
{
	bool requested = src->request_token != src->handled_token;
	if (source_is_judged(src, &src->tip)) {
		src->held = (struct tree_id){0};
		src->again |= src->frozen;
		return sync_tell_nothing_new(src, err);
	}
	src->tip_is_new = requested || !tree_id_equal(&src->tip, &src->held);
	return 0;
}

static int job_done(struct sync_source *src, struct err *err)
{
	struct remote_result result = {0};
	struct err why = ERR_INIT;
	loop_remove(src->job_watch);
	src->job_watch = NULL;
	struct remote_job *job = TAKE_PTR(src->job);
	int rc = remote_job_finish(job, &result, &why);
	const struct remote_ref *ref = rc < 0 ? NULL : remote_result_find(&result, src->ref);
	if (rc == 0 && (!ref || ref->id.len == 0))
		rc = err_set(&why, ERR_NOT_FOUND, "%s does not exist at the remote", src->ref);
	if (rc == 0) {
		if (result.healed) {
			mirror_close(src->mirror);
			src->mirror = NULL;
		}
		src->tip = ref->id;
		schedule(src);
	}
	remote_result_release(&result);
	return rc < 0 ? source_fail(src, &why, err) : weigh_tip(src, err);
}

static void job_readable(struct loop *l, int fd, uint32_t events, void *state)
{
	struct sync_source *src = state;
	(void)l;
	(void)fd;
	(void)events;
	if (remote_job_poll(src->job))
		worker_wake(src->up->worker);
}

static int start_look(struct sync_source *src, struct err *err)
{
	struct err why = ERR_INIT;
	struct tree_id tip;
	int rc = 0;
	source_signing_notice(src);
	if (src->url.scheme == URL_LOCAL &&
	    (rc = remote_peek_local(&src->url, src->ref, &tip, &why)) == 0 && tip.len &&
	    source_is_judged(src, &tip)) {
		src->tip = tip;
		src->held = (struct tree_id){0};
		src->again |= src->frozen;
		schedule(src);
		return sync_tell_nothing_new(src, err);
	}
	if (rc == 0 && src->url.scheme == URL_LOCAL && tip.len && tree_id_equal(&tip, &src->held) &&
	    src->request_token == src->handled_token) {
		schedule(src);
		return 0;
	}
	if (rc == 0)
		rc = remote_job_start(&src->remote, &src->job, &why);
	if (rc < 0)
		return source_fail(src, &why, err);
	rc = loop_add_fd(worker_loop(src->up->worker), remote_job_fd(src->job), EPOLLIN,
			 job_readable, src, &src->job_watch, err);
	/* What a first pass needs is made ready while the child fetches. */
	src->was_large |= !src->up->loaded;
	sync_make_guard(src->up);
	return rc == 0 ? sync_prepare(src->up, err) : rc;
}

static int source_tick(struct sync_source *src, struct err *err)
{
	int64_t now = clock_mono(src->up->ctx->clock);
	bool ready = true;
	int rc = 0;
	if (src->broken.code) {
		if (src->due_ms <= now)
			rc = source_fail(src, &src->broken, err);
		if (rc == 0)
			worker_wake_in(src->up->worker, MAX(src->due_ms - now, 1));
		return rc;
	}
	if (src->job && remote_job_poll(src->job))
		rc = job_done(src, err);
	if (rc == 0)
		rc = look_for_checks(src, err);
	bool requested = src->request_token != src->handled_token;
	if (rc == 0 && !src->job && !src->tip_is_new && !source_signing_is_busy(src))
		rc = source_settle_down(src, err);
	if (rc == 0 && !src->job && !src->tip_is_new && !source_signing_is_busy(src) &&
	    !src->suspended && (requested || src->due_ms <= now))
		rc = start_look(src, err);
	if (rc == 0 && src->again && src->tip.len && !src->job) {
		src->again = false;
		src->tip_is_new = true;
	}
	if (rc == 0 && !src->job && (!src->suspended || source_signing_is_busy(src)))
		rc = source_signing_look(src, &ready, err);
	if (rc == 0 && !src->job && src->tip_is_new && ready)
		rc = source_take_tip(src, err);
	if (rc == 0 && !src->job && !src->suspended)
		worker_wake_in(src->up->worker,
			       MAX(src->due_ms - clock_mono(src->up->ctx->clock), 1));
	return rc;
}

/* After a restart the verdict's words are all that is left of it. */
static void recall(struct sync_source *src, struct str conditions)
{
	static const char *const waits[] = {WAITS_FOR_CHECKS, WAITS_FOR_APPROVAL};
	if (str_find(conditions, STR("AdmissionDenied"), 0) >= 0 ||
	    str_find(conditions, STR("SignatureInvalid"), 0) >= 0)
		src->has_denials = src->frozen = src->waiting = true;
	for (size_t i = 0; i < ARRAY_SIZE(waits); i++) {
		if (str_find(conditions, str_of(waits[i]), 0) < 0)
			continue;
		src->has_denials = src->waiting = true;
		src->waits_for = waits[i];
	}
	/* What stood in the way may have been lifted in the moment before whoever was to look again died. */
	if (str_find(conditions, STR("; left alone "), 0) >= 0 ||
	    str_find(conditions, STR("; held "), 0) >= 0)
		src->again = true;
}

static int read_rows(struct sync *s, struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 * 1024 * 1024);
	struct store_source *list = NULL;
	size_t count = 0;
	int rc = store_source_list(s->ctx->store, a, &list, &count, err);
	for (size_t i = 0; rc == 0 && i < count; i++)
		for (size_t k = 0; k < s->source_count; k++) {
			struct sync_source *src = &s->sources[k];
			if (!str_eqz(list[i].name, src->name))
				continue;
			source_set_text(&src->observed, list[i].observed_revision);
			source_set_text(&src->released, list[i].released_revision);
			source_set_text(&src->refused, list[i].refused_json);
			src->request_token = list[i].request_token;
			src->handled_token = list[i].handled_token;
			src->suspended = list[i].suspended;
			if (!src->snapshot)
				recall(src, list[i].conditions_json);
			if (str_find(list[i].conditions_json, STR("FetchFailed"), 0) >= 0 ||
			    str_find(list[i].conditions_json, STR("HistoryRewritten"), 0) >= 0 ||
			    str_find(list[i].conditions_json, STR("SignaturesNotRead"), 0) >= 0 ||
			    str_find(list[i].conditions_json, STR("CrashLoop"), 0) >= 0)
				src->unwell = true;
		}
	s->sources_read = rc == 0;
	return rc;
}

int sync_sources_tick(struct sync *s, bool requests_open, struct err *err)
{
	int rc = !s->sources_read || requests_open ? read_rows(s, err) : 0;
	for (size_t i = 0; rc == 0 && i < s->source_count; i++)
		rc = source_tick(&s->sources[i], err);
	return rc;
}

void sync_source_confirm(struct sync_source *src, const struct doc_node *body, struct str by)
{
	const struct doc_node *list = doc_find(body, "confirm");
	if (!list || list->type != DOC_LIST || list->list.count == 0)
		return;
	source_drop_confirmations(src);
	src->confirm_arena = arena_new(1024 * 1024);
	src->confirmations = arena_array(src->confirm_arena, list->list.count,
					 sizeof(*src->confirmations));
	for (size_t i = 0; i < list->list.count; i++) {
		struct str kind = STR("deletion"), domain = list->list.items[i]->text;
		if (str_find_byte(domain, ':', 0) >= 0)
			(void)str_split(&domain, ':', &kind);
		src->confirmations[src->confirmation_count++] = (struct admit_confirmation){
			.kind = arena_str(src->confirm_arena, kind),
			.domain = str_eqz(domain, "*") ? STR_NULL
						       : arena_str(src->confirm_arena, domain),
			.by = arena_str(src->confirm_arena, by),
			.reason = arena_str(src->confirm_arena, doc_text(body, "reason")),
			.up_to_millionths = 1000000};
	}
	sync_source_again(src);
}

void sync_source_again(struct sync_source *src)
{
	src->again = true;
	if (src->tip.len == 0)
		src->due_ms = 0;
}

void sync_sources_rejudge(struct sync *s, const char *except)
{
	for (size_t i = 0; i < s->source_count; i++)
		if (s->sources[i].has_denials && strcmp(s->sources[i].name, except) != 0)
			sync_source_again(&s->sources[i]);
}

struct sync_source *sync_source_named(struct sync *s, struct str name)
{
	for (size_t i = 0; i < s->source_count; i++)
		if (str_eqz(name, s->sources[i].name))
			return &s->sources[i];
	return NULL;
}

bool sync_sources_settled(const struct sync *s)
{
	for (size_t i = 0; i < s->source_count; i++) {
		const struct sync_source *src = &s->sources[i];
		/* What is suspended is not looked at, and comes to nothing by itself. */
		bool waits = !src->suspended &&
			     (src->tip_is_new || src->again || src->keep.len || src->due_ms == 0);
		if (src->job || source_signing_is_busy(src) || waits)
			return false;
	}
	return true;
}
