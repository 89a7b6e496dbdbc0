/*
 * Sources: when to look and what came; what is said of it is sync_tell.c's. A look begins with the branch's commit (read in this process for a local
 * repository, else by a child that ends there when nothing moved); only a commit that was not judged yet goes on to a pass.
 */
#include <malloc.h>
#include <sys/epoll.h>

#include "agent/sync_int.h"
#include "agent/sync_refuse.h"
#include "base/fault.h"
#include "base/io.h"
#include "base/mem.h"
#include "gitsync/tree_git.h"
#include "skill/text.h"

/* Skills read in one pass, from which on its memory is worth giving back. */
#define LARGE_PASS 250

static uint64_t random64(void)
{
	uint64_t r;
	crypto_random(&r, sizeof(r));
	return r;
}

static void set_text(struct str *s, struct str value)
{
	free((char *)(uintptr_t)s->p);
	*s = str_make(mem_strndup(value.len ? value.p : "", value.len), value.len);
}

/* Not reached, or nothing that can be judged: said, and tried again later. */
static int fail(struct sync_source *src, const struct err *why, struct err *err)
{
	backoff_fail(&src->backoff);
	int64_t retry = backoff_delay(&src->backoff, random64());
	src->due_ms = clock_mono(src->up->ctx->clock) + retry;
	return sync_tell_failure(src, why, retry, err);
}

/* --- judging a commit ------------------------------------------------------------------------------------------- */

static bool has_denials(const struct pass *p)
{
	return !p->admission->allow || p->refused_count > 0;
}

/* What was confirmed holds for one look. */
static void drop_confirmations(struct sync_source *src)
{
	arena_free(src->confirm_arena);
	src->confirm_arena = NULL;
	src->confirmations = NULL;
	src->confirmation_count = 0;
}

static bool denies(const struct verdict *v, const char *rule)
{
	for (size_t i = 0; i < v->findings.count; i++)
		if (v->findings.items[i].severity == SEVERITY_DENY &&
		    strcmp(v->findings.items[i].rule, rule) == 0)
			return true;
	return false;
}

/* What may change by itself: results come, times pass. */
static void remember_waits(struct sync_source *src, const struct pass *p)
{
	src->waiting = src->frozen = false;
	src->only_waiting = pass_only_waits(p);
	for (size_t i = 0; i < p->admission->domain_count; i++) {
		const struct admission_domain *d = &p->admission->domains[i];
		if (d->verdict.allow)
			continue;
		src->waiting |= denies(&d->verdict, RULE_WAITING);
		src->frozen |= denies(&d->verdict, "AD-FREEZE-001");
	}
}

/* Whether results came since they were judged by. */
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

static void remember_pass(struct sync_source *src, struct pass *p)
{
	src->passed = true;
	src->tried = (struct tree_id){0};
	drop_confirmations(src);
	snapshot_unref(src->snapshot);
	src->snapshot = p->snapshot;
	p->snapshot = NULL;
	/* Looking at every skill to forget a few is not worth it after each push. */
	if (admit_memory_count(src->texts) > src->snapshot->skill_count * 5 / 4 + 64)
		admit_memory_sweep(src->texts, src->snapshot);
	sync_sweep_guard(src->up);
	src->has_denials = has_denials(p);
	remember_waits(src, p);
	CLEANUP(buf_release) struct buf refused = BUF_INIT(BUF_MAX);
	refused_json(&refused, p->admission);
	set_text(&src->refused, buf_str(&refused));
	src->unwell = false;
	src->tip_is_new = false;
	src->handled_token = src->request_token;
	set_text(&src->observed, str_of(p->source.revision));
	src->was_large |= src->snapshot->cost.skills_parsed >= LARGE_PASS;
	if (p->release_id)
		set_text(&src->released, str_of(p->source.revision));
}

/* True when the commit that the branch has is the one that was judged last. */
static bool is_judged(const struct sync_source *src, const struct tree_id *tip)
{
	char hex[65];
	return src->observed.len && str_eqz(src->observed, tree_id_hex(tip, hex));
}

/*
 * After a release: its disk is waited for once it is told, and before the next fetch could move away from it; and the next one is made ready for, while nobody
 * waits.
 */
static int settle_down(struct sync_source *src, struct err *err)
{
	bool released = src->keep.len > 0;
	struct err ignored = ERR_INIT;
	if (src->keep.len && src->mirror)
		(void)!mirror_keep(src->mirror, "released", &src->keep, &ignored);
	/* What a large pass needed is given back, its mapped pack too: the process lives on with half of it. */
	if (src->was_large) {
		mirror_close(src->mirror);
		src->mirror = NULL;
	}
	int rc = released || src->was_large ? sync_prepare(src->up, err) : 0;
	if (src->was_large)
		malloc_trim(0);
	src->keep.len = 0;
	src->was_large = false;
	return rc;
}

/* "words <email>" from the bytes of a commit, which need be no text at all; the database takes nothing else. */
static struct str readable(struct arena *a, struct str words, struct str email)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	text_escape(&text, words, 0);
	if (email.len) {
		buf_addz(&text, " <");
		text_escape(&text, email, 0);
		buf_add_char(&text, '>');
	}
	return arena_str(a, buf_str(&text));
}

static int judge_commit(struct sync_source *src, struct err *err)
{
	struct sync *s = src->up;
	CLEANUP(tree_source_freep) struct tree_source *tree = NULL;
	CLEANUP(arena_freep) struct arena *a = arena_new(1024 * 1024);
	CLEANUP(buf_release) struct buf words = BUF_INIT(4096);
	CLEANUP_FREE char *subpath = src->decl->path.len
					     ? mem_strndup(src->decl->path.p, src->decl->path.len)
					     : NULL;
	struct commit commit;
	if (!src->texts)
		src->texts = admit_memory_new();
	struct pass p = {.s = s,
			 .subpath = subpath,
			 .kind = "sync",
			 .actor = s->actor,
			 .previous = src->snapshot,
			 .texts = src->texts,
			 .platform_from_tree = src->decl->platform,
			 .infer_deletes = true,
			 .confirmations = src->confirmations,
			 .confirmation_count = src->confirmation_count,
			 .also = sync_tell_pass,
			 .state = src,
			 .quiet = is_judged(src, &src->tip) && !src->unwell && !src->has_denials &&
				  src->passed && src->request_token == src->handled_token};
	int rc = mirror_commit(src->mirror, &src->tip, clock_wall(s->ctx->clock), a, &commit, err);
	if (rc == 0)
		rc = tree_git_open(src->mirror, &src->tip, &tree, err);
	if (rc < 0)
		return rc;
	p.tree = tree;
	p.message = readable(a, commit.subject, STR_NULL);
	p.author = readable(a, commit.author.name, commit.author.email);
	snprintf(p.source.name, sizeof(p.source.name), "%s", src->name);
	tree_id_hex(&src->tip, p.source.revision);
	log_reconcile_id(p.source.revision);
	rc = pass_run(&p, err);
	if (rc == 0) {
		pass_summary(&p, &words);
		log_event(has_denials(&p) ? LOG_WARN_ : LOG_INFO_, "source.reconciled", "source",
			  src->name, "outcome", buf_cstr(&words), NULL);
		if (p.release_id) {
			sync_sources_rejudge(s, src->name);
			src->keep = src->tip;
			worker_wake(s->worker);
		}
		remember_pass(src, &p);
	}
	log_reconcile_id(NULL);
	pass_release(&p);
	return rc;
}

/* A branch that was rewritten is held: what runs keeps running until a person says that this is meant. */
static int check_history(struct sync_source *src, bool *ret_held, struct err *err)
{
	/* What was seen last, too: a commit that was refused has been looked at, and reviewed, all the same. */
	const struct str before[] = {src->released, src->observed};
	*ret_held = false;
	for (size_t i = 0; !src->decl->allow_rewrite && !*ret_held && i < ARRAY_SIZE(before); i++) {
		struct tree_id last;
		bool descends = true;
		if (before[i].len == 0 || !tree_id_parse(before[i], &last))
			continue;
		int rc = mirror_is_ancestor(src->mirror, &last, &src->tip, &descends, err);
		if (rc == ERR_NOT_FOUND)
			descends = false;
		else if (rc < 0)
			return rc;
		*ret_held = !descends;
	}
	return 0;
}

static int hold(struct sync_source *src, struct err *err)
{
	src->tip_is_new = false;
	src->held = src->tip;
	return sync_tell_rewrite(src, err);
}

static int hold_crasher(struct sync_source *src, struct err *err)
{
	src->tip_is_new = src->again = false;
	src->held = src->tip;
	src->tried = (struct tree_id){0};
	drop_confirmations(src);
	return sync_tell_crash_loop(src, err);
}

static int take_tip(struct sync_source *src, struct err *err)
{
	struct err why = ERR_INIT;
	bool held = false;
	if (src->suspended)
		return 0;
	/* Reading what is deployed leaves as much behind as a large pass. */
	src->was_large |= !src->up->loaded;
	int rc = sync_load(src->up, err);
	if (rc == 0)
		rc = sync_source_attempt(src, &held, err);
	if (rc == 0 && held)
		return hold_crasher(src, err);
	if (rc < 0)
		return rc;
	if (FAULT("source.judge"))
		return err_set(err, ERR_UNAVAILABLE, "injected fault");
	rc = src->mirror ? 0 : mirror_open(src->mirror_path, false, &src->mirror, &why);
	if (rc == 0) {
		mirror_refresh(src->mirror);
		rc = check_history(src, &held, &why);
	}
	if (rc == 0)
		rc = held ? hold(src, err) : judge_commit(src, &why);
	if (rc >= 0 || held || rc == ERR_DATABASE || rc == ERR_UNAVAILABLE || rc == ERR_FENCED ||
	    rc == ERR_CONFLICT) {
		if (rc < 0 && why.code)
			*err = why;
		return rc;
	}
	/* The repository's own fault: said there, tried again later, and nobody else waits for it. */
	return fail(src, &why, err);
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
	if (is_judged(src, &src->tip)) {
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
	return rc < 0 ? fail(src, &why, err) : weigh_tip(src, err);
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
	if (src->url.scheme == URL_LOCAL &&
	    (rc = remote_peek_local(&src->url, src->ref, &tip, &why)) == 0 && tip.len &&
	    is_judged(src, &tip)) {
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
		return fail(src, &why, err);
	return loop_add_fd(worker_loop(src->up->worker), remote_job_fd(src->job), EPOLLIN,
			   job_readable, src, &src->job_watch, err);
}

static int source_tick(struct sync_source *src, struct err *err)
{
	int64_t now = clock_mono(src->up->ctx->clock);
	int rc = 0;
	if (src->broken.code) {
		if (src->due_ms <= now)
			rc = fail(src, &src->broken, err);
		if (rc == 0)
			worker_wake_in(src->up->worker, MAX(src->due_ms - now, 1));
		return rc;
	}
	if (src->job && remote_job_poll(src->job))
		rc = job_done(src, err);
	if (rc == 0)
		rc = look_for_checks(src, err);
	bool requested = src->request_token != src->handled_token;
	if (rc == 0 && !src->job && !src->tip_is_new)
		rc = settle_down(src, err);
	if (rc == 0 && !src->job && !src->tip_is_new && !src->suspended &&
	    (requested || src->due_ms <= now))
		rc = start_look(src, err);
	if (rc == 0 && src->again && src->tip.len && !src->job) {
		src->again = false;
		src->tip_is_new = true;
	}
	if (rc == 0 && !src->job && src->tip_is_new)
		rc = take_tip(src, err);
	if (rc == 0 && !src->job && !src->suspended)
		worker_wake_in(src->up->worker,
			       MAX(src->due_ms - clock_mono(src->up->ctx->clock), 1));
	return rc;
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
			set_text(&src->observed, list[i].observed_revision);
			set_text(&src->released, list[i].released_revision);
			set_text(&src->refused, list[i].refused_json);
			src->request_token = list[i].request_token;
			src->handled_token = list[i].handled_token;
			src->suspended = list[i].suspended;
			/* After a restart the verdict's words are all that is left of it. */
			if (!src->snapshot &&
			    str_find(list[i].conditions_json, STR("AdmissionDenied"), 0) >= 0)
				src->has_denials = src->frozen = true;
			if (!src->snapshot &&
			    str_find(list[i].conditions_json, STR("WaitingForChecks"), 0) >= 0)
				src->has_denials = src->waiting = src->only_waiting = true;
			/* What stood in the way may have been lifted in the moment before whoever was to look again died. */
			if (!src->snapshot &&
			    (str_find(list[i].conditions_json, STR("; left alone "), 0) >= 0 ||
			     str_find(list[i].conditions_json, STR("; held "), 0) >= 0))
				src->again = true;
			if (str_find(list[i].conditions_json, STR("FetchFailed"), 0) >= 0 ||
			    str_find(list[i].conditions_json, STR("HistoryRewritten"), 0) >= 0 ||
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
	drop_confirmations(src);
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
	for (size_t i = 0; i < s->source_count; i++)
		if (s->sources[i].job || s->sources[i].tip_is_new || s->sources[i].again ||
		    s->sources[i].keep.len || s->sources[i].due_ms == 0)
			return false;
	return true;
}
