/*
 * Who signed the commits of a source: before a commit is judged, a child looks at it, and where the operator asks for signatures at every commit that is not
 * in the released one's history. What is known of a commit is remembered until the operator's files change; then the newest is looked at again.
 */
#include <sys/epoll.h>

#include "agent/signing.h"
#include "agent/sync_int.h"
#include "base/mem.h"
#include "gitsync/signature_range.h"
#include "store/signature.h"

struct source_signing {
	struct signing *files;
	char *scratch;
	struct signature_job *job;
	struct loop_source *watch;
	struct arena *arena; /* of the look: commits, facts */
	struct signature_range range;
	struct signature_facts facts;
	struct tree_id *asked; /* of them, those that the job looks at */
	size_t asked_count;
	bool due; /* the newest is to be looked at though nothing is to be judged */
	bool unread; /* they could not be found out, and that was said */
	struct tree_id told; /* whose signature the store has from us */
	struct signature told_signature;
};

static bool is_required(const struct sync_source *src)
{
	return src->decl->signatures == AGENT_SIGNATURES_REQUIRED;
}

void source_signing_open(struct sync_source *src)
{
	if (!agent_signers_named(&src->decl->signers))
		return;
	struct source_signing *g = mem_zalloc(sizeof(*g));
	g->files = signing_new(&src->decl->signers);
	g->scratch = mem_printf("%s.signing", src->mirror_path);
	src->signing = g;
}

static void end_job(struct source_signing *g)
{
	loop_remove(g->watch);
	signature_job_free(g->job);
	g->watch = NULL;
	g->job = NULL;
}

void source_signing_close(struct sync_source *src)
{
	struct source_signing *g = src->signing;
	if (!g)
		return;
	end_job(g);
	signing_free(g->files);
	arena_free(g->arena);
	free(g->scratch);
	free(g);
	src->signing = NULL;
}

void source_signing_forget(struct sync_source *src)
{
	struct source_signing *g = src->signing;
	if (!g)
		return;
	end_job(g);
	signing_forget(g->files);
	g->told = (struct tree_id){0};
}

void source_signing_notice(struct sync_source *src)
{
	if (src->signing && signing_is_stale(src->signing->files))
		src->signing->due = true;
}

bool source_signing_is_due(const struct sync_source *src)
{
	return src->signing && src->signing->due;
}

bool source_signing_is_busy(const struct sync_source *src)
{
	return src->signing && src->signing->job;
}

struct admit_signature source_signing_facts(const struct sync_source *src)
{
	const struct source_signing *g = src->signing;
	if (!g || !is_required(src) || g->range.exempt)
		return (struct admit_signature){0};
	return (struct admit_signature){true, g->facts.signer, g->facts.problem, g->facts.remedy};
}

/* --- which commits --------------------------------------------------------------------------------------------------- */

/* Where nothing is required the newest alone is asked for. */
static int list_commits(struct sync_source *src, struct err *err)
{
	struct source_signing *g = src->signing;
	struct tree_id released = {0}, since = {0};
	arena_free(g->arena);
	g->arena = arena_new((size_t)4 * 1024 * 1024);
	g->facts = (struct signature_facts){0};
	g->range = (struct signature_range){&src->tip, 1, false};
	if (!is_required(src))
		return 0;
	if (src->released.len)
		(void)!tree_id_parse(src->released, &released);
	if (src->decl->signers.since.len)
		(void)!tree_id_parse(src->decl->signers.since, &since);
	return signature_range(src->mirror, &src->tip, &released, &since, g->arena, &g->range, err);
}

/* --- the child -------------------------------------------------------------------------------------------------------- */

static void job_readable(struct loop *l, int fd, uint32_t events, void *state)
{
	struct sync_source *src = state;
	(void)l;
	(void)fd;
	(void)events;
	if (signature_job_poll(src->signing->job))
		worker_wake(src->up->worker);
}

/* Asks for those that are not known yet; no job is begun when all are. */
static int start_job(struct sync_source *src, struct err *err)
{
	struct source_signing *g = src->signing;
	g->asked = arena_array(g->arena, g->range.count, sizeof(*g->asked));
	g->asked_count = 0;
	for (size_t i = 0; i < g->range.count; i++)
		if (!signing_find(g->files, &g->range.commits[i]))
			g->asked[g->asked_count++] = g->range.commits[i];
	if (g->asked_count == 0)
		return 0;
	const struct signature_opts o = {.repo = src->mirror_path,
					 .ids = g->asked,
					 .count = g->asked_count,
					 .signers = signing_signers(g->files),
					 .scratch = g->scratch,
					 .wall_ms = src->decl->fetch_timeout_ms};
	int rc = signature_job_start(&o, &g->job, err);
	if (rc == 0)
		rc = loop_add_fd(worker_loop(src->up->worker), signature_job_fd(g->job), EPOLLIN,
				 job_readable, src, &g->watch, err);
	if (rc < 0)
		end_job(g);
	return rc;
}

/* What was found out before time was up is kept: the next look goes on from there, at once. */
static int finish_job(struct sync_source *src, struct err *err)
{
	struct source_signing *g = src->signing;
	struct err why = ERR_INIT;
	size_t learnt = 0;
	loop_remove(g->watch);
	g->watch = NULL;
	CLEANUP_FREE struct signature *found = mem_array(g->asked_count, sizeof(*found));
	int rc = signature_job_finish(TAKE_PTR(g->job), found, &why);
	for (size_t i = 0; i < g->asked_count; i++) {
		learnt += found[i].state != SIGNATURE_UNCHECKED;
		signing_learn(g->files, &g->asked[i], &found[i]);
	}
	if (rc == 0 || (rc == ERR_TIMEOUT && learnt))
		return 0;
	*err = why;
	return rc;
}

/* --- what it comes to --------------------------------------------------------------------------------------------------- */

static void make_facts(struct sync_source *src)
{
	struct source_signing *g = src->signing;
	const struct signature **known = arena_array(g->arena, g->range.count, sizeof(*known));
	for (size_t i = 0; i < g->range.count; i++)
		known[i] = signing_find(g->files, &g->range.commits[i]);
	signature_facts(src->mirror, &g->range, known, g->arena, &g->facts);
}

/* Beside the revision, so that releases and verdicts show it. */
static int tell(struct sync_source *src, struct err *err)
{
	struct source_signing *g = src->signing;
	struct sync *s = src->up;
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	char hex[65];
	const struct signature *newest = signing_find(g->files, &g->range.commits[0]);
	if (tree_id_equal(&g->told, &g->range.commits[0]) &&
	    signature_equal(&g->told_signature, newest))
		return 0;
	int rc = store_txn_begin(s->ctx->store, STORE_FENCED, s->actor, worker_lease(s->worker), &t,
				 err);
	if (rc == 0)
		rc = store_signature_put(t, str_of(src->name),
					 str_of(tree_id_hex(&g->range.commits[0], hex)), newest,
					 err);
	if (rc == 0)
		rc = store_txn_commit(t, NULL, err);
	if (rc < 0)
		return rc;
	g->told = g->range.commits[0];
	g->told_signature = *newest;
	return 0;
}

/* What waited for this look and needs no pass is told now: that there is nothing new, or that an earlier trouble is over. */
static int settle(struct sync_source *src, struct err *err)
{
	src->signing->due = false;
	return src->tip_is_new ? 0 : sync_tell_nothing_new(src, err);
}

/* Required and not to be had: nothing goes on, and what serves serves. Shown: it goes on, and says so. */
static int cannot(struct sync_source *src, const struct err *why, bool *ret_ready, struct err *err)
{
	struct source_signing *g = src->signing;
	g->due = false;
	signing_forget(g->files); /* so that the next look at the source tries again */
	if (is_required(src)) {
		src->tip_is_new = false;
		g->unread = true;
		return source_fail_as(src, "SignaturesNotRead", why, err);
	}
	*ret_ready = true;
	if (!g->unread)
		log_err(LOG_WARN_, "source.signatures_unread", why, "source", src->name, NULL);
	g->unread = true;
	return settle(src, err);
}

static bool is_known(const struct source_signing *g)
{
	bool known = g->range.count > 0;
	for (size_t i = 0; i < g->range.count && known; i++)
		known = signing_find(g->files, &g->range.commits[i]) != NULL;
	return known;
}

/* A refusal may have rested on who was trusted until now. */
static int conclude(struct sync_source *src, struct err *err)
{
	struct source_signing *g = src->signing;
	make_facts(src);
	int rc = tell(src, err);
	if (rc < 0)
		return rc;
	g->unread = false;
	src->tip_is_new |= g->due && is_required(src) && src->has_denials;
	return settle(src, err);
}

int source_signing_look(struct sync_source *src, bool *ret_ready, struct err *err)
{
	struct source_signing *g = src->signing;
	struct err why = ERR_INIT;
	int rc = 0;
	if (!g || src->tip.len == 0 || !(src->tip_is_new || g->due))
		return 0;
	*ret_ready = false;
	if (g->job && !signature_job_poll(g->job))
		return 0;
	if (g->job)
		rc = finish_job(src, &why);
	if (rc == 0)
		rc = signing_read(g->files, &why);
	/* Nothing is to be judged; a fetch makes the mirror when something is. */
	if (rc == 0 && (rc = source_open_mirror(src, &why)) == ERR_NOT_FOUND && !src->tip_is_new)
		return settle(src, err);
	if (rc == 0)
		rc = list_commits(src, &why);
	if (rc == 0 && !is_known(g))
		rc = start_job(src, &why);
	if (rc < 0)
		return cannot(src, &why, ret_ready, err);
	if (g->job)
		return 0;
	*ret_ready = true;
	return conclude(src, err);
}
