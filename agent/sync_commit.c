/* A commit that came: judged, or held because it does not follow what came before it, or ends who judges it. */
#include <malloc.h>

#include "agent/sync_int.h"
#include "agent/sync_refuse.h"
#include "base/fault.h"
#include "base/mem.h"
#include "gitsync/tree_git.h"
#include "skill/text.h"

/* Skills read in one pass, from which on its memory is worth giving back. */
#define LARGE_PASS 250

static bool has_denials(const struct pass *p)
{
	return !p->admission->allow || p->refused_count > 0;
}

/* What may change without another commit: results and approvals come, times pass. */
static void remember_waits(struct sync_source *src, const struct pass *p)
{
	src->waiting = src->frozen = false;
	src->waits_for = pass_waits_for(p);
	for (size_t i = 0; i < p->admission->domain_count; i++) {
		const struct findings *f = &p->admission->domains[i].verdict.findings;
		for (size_t k = 0; k < f->count; k++) {
			if (f->items[k].severity != SEVERITY_DENY)
				continue;
			src->waiting |= rule_may_be_lifted(f->items[k].rule);
			src->frozen |= strcmp(f->items[k].rule, "AD-FREEZE-001") == 0;
		}
	}
}

static void remember_pass(struct sync_source *src, struct pass *p)
{
	src->passed = true;
	src->tried = (struct tree_id){0};
	source_drop_confirmations(src);
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
	refused_json(&refused, p->admission, pass_author(p));
	source_set_text(&src->refused, buf_str(&refused));
	src->unwell = false;
	src->tip_is_new = false;
	src->handled_token = src->request_token;
	source_set_text(&src->observed, str_of(p->source.revision));
	src->was_large |= src->snapshot->cost.skills_parsed >= LARGE_PASS;
	if (p->release_id)
		source_set_text(&src->released, str_of(p->source.revision));
}

int source_settle_down(struct sync_source *src, struct err *err)
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

static void conclude(struct sync_source *src, struct pass *p)
{
	CLEANUP(buf_release) struct buf words = BUF_INIT(4096);
	pass_summary(p, &words);
	log_event(has_denials(p) ? LOG_WARN_ : LOG_INFO_, "source.reconciled", "source", src->name,
		  "outcome", buf_cstr(&words), NULL);
	if (p->release_id) {
		sync_sources_rejudge(src->up, src->name);
		src->keep = src->tip;
		worker_wake(src->up->worker);
	}
	remember_pass(src, p);
}

static int judge_commit(struct sync_source *src, struct err *err)
{
	struct sync *s = src->up;
	CLEANUP(tree_source_freep) struct tree_source *tree = NULL;
	CLEANUP(arena_freep) struct arena *a = arena_new(1024 * 1024);
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
			 .signature = source_signing_facts(src),
			 .also = sync_tell_pass,
			 .state = src,
			 .quiet = source_is_judged(src, &src->tip) && !src->unwell &&
				  !src->has_denials && src->passed &&
				  src->request_token == src->handled_token};
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
	if (rc == 0)
		conclude(src, &p);
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
		if (before[i].len == 0 || (i && str_eq(before[i], before[0])) ||
		    !tree_id_parse(before[i], &last))
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
	source_drop_confirmations(src);
	return sync_tell_crash_loop(src, err);
}

int source_open_mirror(struct sync_source *src, struct err *err)
{
	int rc = src->mirror ? 0 : mirror_open(src->mirror_path, false, &src->mirror, err);
	if (rc == 0)
		mirror_refresh(src->mirror);
	return rc;
}

int source_take_tip(struct sync_source *src, struct err *err)
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
	rc = source_open_mirror(src, &why);
	if (rc == 0)
		rc = check_history(src, &held, &why);
	if (rc == 0)
		rc = held ? hold(src, err) : judge_commit(src, &why);
	if (rc >= 0 || held || rc == ERR_DATABASE || rc == ERR_UNAVAILABLE || rc == ERR_FENCED ||
	    rc == ERR_CONFLICT) {
		if (rc < 0 && why.code)
			*err = why;
		return rc;
	}
	/* The repository's own fault: said there, tried again at the next look and not before, and nobody else waits for it. */
	src->tip_is_new = false;
	return source_fail(src, &why, err);
}
