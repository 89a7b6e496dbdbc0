/*
 * Who signed the commits of a source: before a commit is judged, a child looks at it, and where the operator asks for signatures at every commit that is not
 * in the released one's history. What is known of a commit is remembered until the operator's files change; then the newest is looked at again.
 */
#include <sys/epoll.h>

#include "agent/signing.h"
#include "agent/sync_int.h"
#include "base/mem.h"
#include "skill/text.h"
#include "store/signature.h"

struct source_signing {
	struct signing *files;
	char *scratch;
	struct signature_job *job;
	struct loop_source *watch;
	struct arena *arena; /* of the look: commits, facts */
	struct tree_id *commits; /* the newest first */
	size_t commit_count;
	struct tree_id *asked; /* of them, those that the job looks at */
	size_t asked_count;
	bool exempt; /* the newest is in the history that the operator answers for */
	bool due; /* the newest is to be looked at though nothing is to be judged */
	bool unread; /* they could not be found out, and that was said */
	struct tree_id told; /* whose signature the store has from us */
	struct signature told_signature;
	struct str signer, problem, remedy;
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

bool source_signing_is_busy(const struct sync_source *src)
{
	return src->signing && src->signing->job;
}

struct admit_signature source_signing_facts(const struct sync_source *src)
{
	const struct source_signing *g = src->signing;
	if (!g || !is_required(src) || g->exempt)
		return (struct admit_signature){0};
	return (struct admit_signature){true, g->signer, g->problem, g->remedy};
}

/* --- which commits --------------------------------------------------------------------------------------------------- */

static int too_many(const struct sync_source *src, struct err *err)
{
	err_set(err, ERR_TOO_LARGE,
		"more than %d commits came since %s%.12s, and each is to be "
		"looked at",
		SIGNATURE_COMMITS_MAX, src->released.len ? "the released " : "the beginning",
		src->released.len ? src->released.p : "");
	return err_remedy(err, "name a commit that is known to be right as signers.since of the "
			       "source, and start asporad again");
}

/* What lies before the released commit was looked at when it came; what lies before signers.since is the operator's word. */
static int list_required(struct sync_source *src, struct err *err)
{
	struct source_signing *g = src->signing;
	struct tree_id without[2] = {{0}, {0}};
	bool more = false, there = true;
	struct err why = ERR_INIT;
	if (src->decl->signers.since.len && tree_id_parse(src->decl->signers.since, &without[0]) &&
	    mirror_is_ancestor(src->mirror, &src->tip, &without[0], &g->exempt, &why) < 0) {
		*err = why;
		return err_context(err, "signers.since");
	}
	/* A mirror that was made afresh after a rewrite need not have the released one any more: then all are looked at. */
	if (src->released.len && tree_id_parse(src->released, &without[1]) &&
	    mirror_is_ancestor(src->mirror, &without[1], &src->tip, &there, &why) < 0)
		without[1] = (struct tree_id){0};
	int rc = mirror_log_without(src->mirror, &src->tip, without, ARRAY_SIZE(without),
				    SIGNATURE_COMMITS_MAX, g->arena, &g->commits, &g->commit_count,
				    &more, err);
	return rc == 0 && more ? too_many(src, err) : rc;
}

/* The newest is always among them, and first, also when it is the released one: what of it was refused may be judged again. */
static int list_commits(struct sync_source *src, struct err *err)
{
	struct source_signing *g = src->signing;
	arena_free(g->arena);
	g->arena = arena_new((size_t)4 * 1024 * 1024);
	g->signer = g->problem = g->remedy = STR_NULL;
	g->commits = NULL;
	g->commit_count = 0;
	g->exempt = false;
	int rc = is_required(src) ? list_required(src, err) : 0;
	if (rc < 0 || g->commit_count)
		return rc;
	g->commits = arena_array(g->arena, 1, sizeof(*g->commits));
	g->commits[0] = src->tip;
	g->commit_count = 1;
	return 0;
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
	g->asked = arena_array(g->arena, g->commit_count, sizeof(*g->asked));
	g->asked_count = 0;
	for (size_t i = 0; i < g->commit_count; i++)
		if (!signing_find(g->files, &g->commits[i]))
			g->asked[g->asked_count++] = g->commits[i];
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

static void add_commit(struct sync_source *src, const struct tree_id *id, struct buf *out)
{
	struct source_signing *g = src->signing;
	struct err ignored = ERR_INIT;
	struct commit c;
	char hex[65], name[128], email[128];
	buf_addf(out, "commit %.12s", tree_id_hex(id, hex));
	if (mirror_commit(src->mirror, id, 0, g->arena, &c, &ignored) == 0)
		buf_addf(out, " by %s <%s>", text_quote(c.author.name, name, sizeof(name)),
			 text_quote(c.author.email, email, sizeof(email)));
	buf_addz(out, " is ");
}

static const char *remedy_of(enum signature_state s)
{
	switch (s) {
	case SIGNATURE_UNTRUSTED:
		return "if the key is that of somebody who may sign, the operator adds it to the "
		       "source's signers; it is judged again by itself";
	case SIGNATURE_EXPIRED:
		return "if the key was still good, the operator lengthens its time in the source's "
		       "signers; it is judged again by itself";
	default:
		return "sign it (git commit --amend --no-edit -S) and push it with allow_rewrite, "
		       "or the operator looks at it and names it as signers.since of the source";
	}
}

/* "commit 1a2b3c4d5e6f by Ana <ana@example.com> is not signed, and 2 more": of the newest that is not well. */
static void make_facts(struct sync_source *src)
{
	struct source_signing *g = src->signing;
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	size_t wrong = 0;
	const struct signature *newest = signing_find(g->files, &g->commits[0]);
	if (newest->state == SIGNATURE_GOOD)
		g->signer = str_of(arena_printf(g->arena, "%s", newest->signer));
	for (size_t i = 0; i < g->commit_count; i++) {
		const struct signature *s = signing_find(g->files, &g->commits[i]);
		if (s->state == SIGNATURE_GOOD || wrong++)
			continue;
		add_commit(src, &g->commits[i], &text);
		signature_words(s, &text);
		g->remedy = str_of(remedy_of(s->state));
	}
	if (wrong > 1)
		buf_addf(&text, "; of %zu commits that came, %zu more %s not signed well",
			 g->commit_count, wrong - 1, wrong == 2 ? "is" : "are");
	if (wrong)
		g->problem = arena_str(g->arena, buf_str(&text));
}

/* Beside the revision, so that releases and verdicts show it. */
static int tell(struct sync_source *src, struct err *err)
{
	struct source_signing *g = src->signing;
	struct sync *s = src->up;
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	char hex[65];
	const struct signature *newest = signing_find(g->files, &g->commits[0]);
	if (tree_id_equal(&g->told, &g->commits[0]) && signature_equal(&g->told_signature, newest))
		return 0;
	int rc = store_txn_begin(s->ctx->store, STORE_FENCED, s->actor, worker_lease(s->worker), &t,
				 err);
	if (rc == 0)
		rc = store_signature_put(t, str_of(src->name),
					 str_of(tree_id_hex(&g->commits[0], hex)), newest, err);
	if (rc == 0)
		rc = store_txn_commit(t, NULL, err);
	if (rc < 0)
		return rc;
	g->told = g->commits[0];
	g->told_signature = *newest;
	return 0;
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
	return 0;
}

static bool is_known(const struct source_signing *g)
{
	bool known = g->commit_count > 0;
	for (size_t i = 0; i < g->commit_count && known; i++)
		known = signing_find(g->files, &g->commits[i]) != NULL;
	return known;
}

/* A refusal may have rested on who was trusted until now. */
static int conclude(struct sync_source *src, struct err *err)
{
	struct source_signing *g = src->signing;
	make_facts(src);
	g->unread = false;
	if (g->due && is_required(src) && src->has_denials)
		src->tip_is_new = true;
	g->due = false;
	return tell(src, err);
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
	if (rc == 0 && (rc = source_open_mirror(src, &why)) == ERR_NOT_FOUND && !src->tip_is_new) {
		g->due =
			false; /* nothing is to be judged; a fetch makes the mirror when something is */
		return 0;
	}
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
