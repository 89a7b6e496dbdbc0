/*
 * A pass: one tree on its way from snapshot to release. sync_pass.c carries it, sync_release.c writes it; Git's commits, uploads, rollbacks and the end of an
 * overlay are all one of these.
 */
#ifndef AGENT_SYNC_PASS_H
#define AGENT_SYNC_PASS_H

#include "admission/admit.h"
#include "store/hold.h"
#include "store/txn.h"

struct sync;

/* One tree on its way to a release. The caller fills the first part. */
struct pass {
	struct sync *s;
	struct tree_source *tree;
	struct source_ref source; /* who says so */
	const char *subpath;
	const char *kind; /* "sync", "apply", "rollback", … */
	const char *actor;
	struct str message, author; /* author: of the commit; empty: the actor */
	const struct snapshot *previous; /* may be NULL */
	/*
	 * With it a skill's text is let go as soon as it has been looked at: a whole repository is judged in the memory of its small parts. NULL: texts
	 * stay until the pass is over.
	 */
	struct admit_memory *texts;
	bool platform_from_tree;
	bool infer_deletes, overlay, dry_run;
	bool lifts_overlay; /* the overlay ends in the same transaction, and does not bar it */
	bool force; /* rollback: admitted though policy says no; the caller has checked who asks */
	const char *const *domains; /* scope; NULL: all */
	/* What comes out of quarantine in the same transaction, which is `also`'s to write: here it holds nothing back. */
	const struct quarantine *freed;
	size_t freed_count;
	const struct admit_confirmation *confirmations;
	size_t confirmation_count;
	struct admit_signature signature; /* of the commits, where the operator asks for it */
	/* First in that transaction, before anything of the pass. May be NULL. */
	int (*before)(struct store_txn *t, struct pass *p, void *state, struct err *err);
	/* Pipelined into the transaction that writes the outcome: source observation, quarantine, wish. May be NULL. */
	int (*also)(struct store_txn *t, struct pass *p, void *state, struct err *err);
	void *state;
	bool rehearsing; /* a dry run, in the transaction that comes to nothing */
	bool quiet; /* `also` has nothing new to say if nothing comes of it: then nothing is written */

	/* What came of it. */
	struct arena *arena;
	struct blob_writer *blobs; /* files that the outcome's transaction brings along */
	struct snapshot *snapshot;
	struct plan *plan;
	struct admission *admission;
	bool under_overlay; /* one of those refused is */
	struct str *refused; /* domains left out by ownership, suspension or overlay, with why */
	size_t refused_count, refused_cap;
	struct str *incomplete; /* domains of which a suspended skill was left out */
	size_t incomplete_count, incomplete_cap;
	size_t held_count;
	size_t old_read,
		contexts_read; /* old skills, and what was in force for them, read from the store */
	int64_t release_id, rev;
	size_t released_domains;
};

NODISCARD int pass_run(struct pass *p, struct err *err);
void pass_release(struct pass *p);
/* "deployed 3 domains, refused 1", for conditions and wishes. */
void pass_summary(const struct pass *p, struct buf *out);
/* When something is refused, and all of it only until others have spoken: the reason of its condition (rule_waits_for()); else NULL. */
const char *pass_waits_for(const struct pass *p);
/* The report that a wish's result carries: {release, revision, plan, admission}. */
void pass_report_json(const struct pass *p, struct buf *out);

/* --- sync_facts.c --- */

/* What the verdict rests on beside the content. Keeps what p confirms; the rest lives in p's arena. */
NODISCARD int pass_facts(struct pass *p, struct admit_facts *ret, struct err *err);
/* Who made the change: the commit's author, or who asked for it. */
struct str pass_author(const struct pass *p);

/* --- sync_release.c --- */

/* Writes verdicts, versions, contexts and the release of what was admitted; p->release_id is 0 when there was nothing to release. */
NODISCARD int pass_write(struct pass *p, struct err *err);
/* Makes what is known of the deployed state what it is after the pass. */
void sync_learn(struct sync *s, const struct pass *p);
/* The snapshot's platform configuration and FIRM.md are those that are released, byte for byte. */
bool sync_platform_is(const struct sync *s, const struct snapshot *snap);

#endif
