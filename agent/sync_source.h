/*
 * One source while sync leads it, shared by sync_fetch.c, which looks when it is due, sync_commit.c, which judges the commit that came, and sync_tell.c, which
 * says what came of it.
 */
#ifndef AGENT_SYNC_SOURCE_H
#define AGENT_SYNC_SOURCE_H

#include "admission/admit.h"
#include "agent/config.h"
#include "base/loop.h"
#include "gitsync/backoff.h"
#include "gitsync/mirror.h"
#include "gitsync/remote.h"

struct sync;
struct source_signing;

/* One configured Git repository. */
struct sync_source {
	struct sync *up;
	const struct agent_source *decl;
	char name[NAME_MAX_BYTES + 1];
	char ref[256]; /* "refs/heads/main" */
	struct url url;
	struct url_policy policy;
	struct secret token;
	char *mirror_path, *ssh_key, *known_hosts, *ca_file;
	struct mirror *mirror;
	const char *refs[1];
	struct remote_opts remote;
	struct remote_job *job;
	struct loop_source *job_watch;
	int64_t due_ms; /* monotonic: when to look next */
	struct backoff backoff;

	/* As the store has it. */
	struct str observed, released; /* commits, of the sync's arena of sources */
	struct str refused; /* what was denied of observed: refused_json() */
	int64_t request_token, handled_token;
	bool suspended;

	struct err broken; /* code 0: none; why it cannot be looked at as it is configured */
	struct arena
		*confirm_arena; /* what somebody has confirmed for the next look; NULL: nothing */
	struct admit_confirmation *confirmations;
	size_t confirmation_count;
	struct tree_id tip; /* what the remote had last */
	bool tip_is_new; /* tip has not been judged under what is deployed now */
	struct tree_id held; /* a commit that is not followed until somebody says so */
	bool unwell; /* its conditions speak of a failure or a hold */
	struct tree_id keep; /* released; the mirror is to keep it, once nothing waits for us */
	bool passed; /* one came to its end in this process: the next need not be counted */
	struct tree_id tried; /* counted in the store before its pass, by this process */
	int64_t tried_token;
	bool was_large; /* the last pass read much: its memory is still to be given back */
	bool again; /* judge it once more: what it was judged beside has changed */
	bool waiting; /* a domain is refused that results or people's approvals may lift */
	const char *waits_for; /* and nothing is refused for another reason: pass_waits_for() */
	char checks[64]; /* store_check_state() when that was looked at last; "": never */
	bool frozen; /* something is refused because of the time of day: it is judged with every look */
	bool has_denials; /* so that another release may change the verdict */
	struct snapshot *snapshot; /* of the newest commit judged; its skills are shrunk */
	struct admit_memory *texts; /* what admission has to know of their texts */
	struct source_signing *signing; /* NULL: the operator names nobody who may sign */
};

/* --- sync_fetch.c ---------------------------------------------------------------------------------------------- */

/* Replaces a text of the source; keeps a copy of value. */
void source_set_text(struct str *s, struct str value);
/* Not reached, or nothing that can be judged: said, and tried again later. */
NODISCARD int source_fail(struct sync_source *src, const struct err *why, struct err *err);
/* The same under another reason than FetchFailed. */
NODISCARD int source_fail_as(struct sync_source *src, const char *reason, const struct err *why,
			     struct err *err);
/* True when the commit that the branch has is the one that was judged last. */
bool source_is_judged(const struct sync_source *src, const struct tree_id *tip);
/* What was confirmed holds for one look. */
void source_drop_confirmations(struct sync_source *src);

/* --- sync_commit.c --------------------------------------------------------------------------------------------- */

/* Judges src->tip, or holds it. Errors: those of the store; what is the repository's own fault is said there, and tried again. */
NODISCARD int source_take_tip(struct sync_source *src, struct err *err);
/* src->mirror as it is now. Errors: mirror_open()'s. */
NODISCARD int source_open_mirror(struct sync_source *src, struct err *err);
/*
 * After a release: its disk is waited for once it is told, and before the next fetch could move away from it; and the next one is made ready for, while nobody
 * waits.
 */
NODISCARD int source_settle_down(struct sync_source *src, struct err *err);

/* --- sync_sign.c: who signed the commits -------------------------------------------------------------------------- */

void source_signing_open(struct sync_source *src);
void source_signing_close(struct sync_source *src);
/* Nothing of it is known any more: somebody else may have led meanwhile. */
void source_signing_forget(struct sync_source *src);
/* The signers are others than before, so that the newest commit is to be looked at again. Costs nothing where none are named. */
void source_signing_notice(struct sync_source *src);
/* A look at the newest commit is to come, and tells what there is to tell. */
bool source_signing_is_due(const struct sync_source *src);
bool source_signing_is_busy(const struct sync_source *src);
/*
 * *ret_ready: what has to be known of src->tip and the commits before it is known, and source_signing_facts() says it. Otherwise a child looks, and the role is
 * woken; or it could not be found out, which has been said, and src->tip_is_new is false. Errors: those of the store.
 */
NODISCARD int source_signing_look(struct sync_source *src, bool *ret_ready, struct err *err);
/* For a pass over src->tip; points into src, until the next look. */
struct admit_signature source_signing_facts(const struct sync_source *src);

#endif
