/*
 * What the files of the sync role share. sync.c is its loop; sync_fetch.c looks at sources and fetches; sync_sign.c finds out who signed it; sync_commit.c judges what came; sync_tell.c says what came of it; sync_pass.c carries one tree from snapshot to
 * release; sync_release.c writes it; sync_wish.c carries out what the gateway recorded; sync_compose.c makes a tree of what the store holds.
 *
 * While the lease is held nobody else writes what is deployed, so what was read once (deployed state, surfaces, owners, platform) stays
 * true until we change it or lose the lease.
 */
#ifndef AGENT_SYNC_INT_H
#define AGENT_SYNC_INT_H

#include "admission/admit.h"
#include "agent/sync_pass.h"
#include "agent/sync_source.h"
#include "agent/worker.h"
#include "store/approval.h"
#include "store/blob.h"
#include "store/hold.h"
#include "store/inbox.h"
#include "store/release.h"
#include "store/source.h"

#define ACTOR_MAX 160

/* So many processes may end over one thing before it is left alone. */
#define SYNC_ATTEMPTS 3

/* What keeps skills and domains from changing, as of a revision of the store. */
struct sync_holds {
	struct arena *arena;
	int64_t rev; /* 0: not known */
	struct suspension *suspended;
	size_t suspended_count;
	struct quarantine *quarantined;
	size_t quarantined_count;
};

struct sync {
	struct role_ctx *ctx;
	struct admit_guard
		*guard; /* what was found in files, of all sources; made at the first pass */
	size_t guard_kept; /* how many files it knew when it was swept last */
	struct worker *worker;
	struct store_signer signer;
	uint8_t secret_key[SIGN_SECRET_SIZE];
	char actor[ACTOR_MAX];
	struct sync_source *sources;
	size_t source_count;
	struct remote_starter *starter; /* NULL: jobs fork by themselves */

	/* Known while the lease is held. */
	bool loaded;
	bool sources_read; /* their rows, so that an idle tick need not */
	struct arena *known;
	struct deployed *deployed;
	struct surfaces *surfaces;
	struct domain_owner *owners;
	size_t owner_count;
	struct overlay *overlays;
	size_t overlay_count;
	struct config_doc *platform; /* as released; NULL: none yet */
	struct digest platform_file, firm; /* of their bytes */
	struct str firm_text;
	struct store_tick last; /* what the last tick was told */
	int64_t rev; /* of the store, when this tick began; our own releases move it on */
	struct sync_holds holds;
	char taken[64]; /* the wish that this process took last, and lived */
	bool idle; /* the last tick found nothing to do */
	int64_t checkpoint_rev, checkpoint_ms; /* the last revision signed, and when (monotonic) */
};

/* --- sync.c: the role in parts, for those who drive it themselves (the benchmark) --- */

NODISCARD int sync_open(struct sync *s, struct role_ctx *ctx, struct err *err);
void sync_close(struct sync *s);
NODISCARD int sync_tick(struct worker *w, void *state, bool *ret_more, struct err *err);
extern const struct worker_opts sync_worker_opts; /* without its state */

/* --- sync_state.c ------------------------------------------------------------------------------------------ */

NODISCARD int sync_load(struct sync *s, struct err *err);
/* All of it, ahead of the next pass, while nobody waits. */
NODISCARD int sync_prepare(struct sync *s, struct err *err);
/* What deployed domains expose, for a pass that has something to judge. */
NODISCARD int sync_load_surfaces(struct sync *s, struct err *err);
/* Suspensions and quarantines; asked for only when the store has moved since. */
NODISCARD int sync_load_holds(struct sync *s, struct err *err);
void sync_forget_holds(struct sync *s);
void sync_forget(struct sync *s);
struct str sync_owner(const struct sync *s, struct str domain); /* empty: nobody's */
const struct overlay *sync_overlay(const struct sync *s, struct str domain);
NODISCARD int sync_signing_key(struct sync *s, struct err *err);
/* Event with the source's revision, inside a transaction. */
NODISCARD int sync_event(struct store_txn *t, const char *kind, struct str domain, struct str name,
			 bool warning, const char *reason, struct str message, const char *revision,
			 struct err *err);

/* --- sync_fetch.c ------------------------------------------------------------------------------------------ */

NODISCARD int sync_sources_open(struct sync *s, struct err *err);
void sync_sources_close(struct sync *s);
/* Loads the guard's rules, once. */
void sync_make_guard(struct sync *s);
/* Forgets what was found in files that no source has any more, when they have become many. */
void sync_sweep_guard(struct sync *s);
NODISCARD int sync_sources_declare(struct sync *s, struct err *err);
/* Reads requests and suspensions; starts looking at what is due; judges what has come in. */
NODISCARD int sync_sources_tick(struct sync *s, bool requests_open, struct err *err);
/* Something was released: verdicts that were no may be yes now. */
void sync_sources_rejudge(struct sync *s, const char *except);
/* Takes from a sync wish what its author confirms ("confirm": domains, or "*"; for other than deletions "growth:DOMAIN", "freeze:DOMAIN"), for the next look. */
void sync_source_confirm(struct sync_source *src, const struct doc_node *body, struct str by);
/* Judges the source's newest commit again, soon. */
void sync_source_again(struct sync_source *src);
struct sync_source *sync_source_named(struct sync *s, struct str name); /* NULL when absent */
bool sync_sources_settled(const struct sync *s);

/* --- sync_tell.c ------------------------------------------------------------------------------------------- */

/* The commit was judged before: somebody may wait to hear just that, or an earlier failure is over. Writes only what differs. */
NODISCARD int sync_tell_nothing_new(struct sync_source *src, struct err *err);
NODISCARD int sync_tell_failure(struct sync_source *src, const char *reason, const struct err *why,
				int64_t retry_in_ms, struct err *err);
/* tip does not follow what came before it and is held. */
NODISCARD int sync_tell_rewrite(struct sync_source *src, struct err *err);
/* Before tip is judged; *ret_held: it has been tried often enough (sync_attempt.c). */
NODISCARD int sync_source_attempt(struct sync_source *src, bool *ret_held, struct err *err);
/* SYNC_ATTEMPTS processes ended while they judged tip: it is held until there is another, or somebody asks. */
NODISCARD int sync_tell_crash_loop(struct sync_source *src, struct err *err);
/* A pass_also_fn whose state is the source: what the pass came to, in the pass's own transaction. */
NODISCARD int sync_tell_pass(struct store_txn *t, struct pass *p, void *state, struct err *err);

/* --- sync_wish.c ------------------------------------------------------------------------------------------- */

NODISCARD int sync_wishes_tick(struct sync *s, struct err *err);
NODISCARD int sync_expiries_tick(struct sync *s, struct err *err);
/*
 * The revision at which to find what lies below the overlay over a domain, when its owner will not bring that back: an apply set does not look
 * again, and a source's newest content may be in quarantine. 0: its owner will.
 */
NODISCARD int sync_overlay_below(struct sync *s, struct str domain, int64_t *ret_base,
				 struct err *err);
/*
 * Makes a domain what it was at revision base, below its overlays. The caller fills kind, actor, message and `also`, which ends the
 * overlay. Errors: sync_compose()'s, the store's.
 */
NODISCARD int sync_restore(struct sync *s, struct pass *p, struct str domain, int64_t base,
			   struct err *err);

/* --- sync_old.c -------------------------------------------------------------------------------------------- */

/* Where plan and admission get old skills from; keeps p. */
struct plan_old sync_old(struct pass *p);

#endif
