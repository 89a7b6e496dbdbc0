/*
 * Who signed which commits. Cryptography is git's, ssh-keygen's and gpg's, run without a shell in a child process that ends at its
 * deadline. Git sees a repository made for this, with nothing in it but the one commit: no configuration, object, replacement or hook of the
 * repository being judged reaches it. Who may sign is what the caller gives, as bytes.
 *
 * The caller in a loop: 1. signature_job_start() 2. watch signature_job_fd() for reading 3. when readable signature_job_poll(); false: go on
 * waiting 4. signature_job_finish(). One-shot callers use signature_run().
 */
#ifndef GITSYNC_SIGNATURE_CHECK_H
#define GITSYNC_SIGNATURE_CHECK_H

#include "base/err.h"
#include "skill/signature.h"
#include "skill/tree.h"

/* So many commits are looked at in one job. */
#define SIGNATURE_COMMITS_MAX 1000
#define SIGNERS_MAX_BYTES ((size_t)1024 * 1024)

/* The operator's, as bytes of files. Empty: none of that kind. */
struct signers {
	struct str ssh; /* OpenSSH's allowed_signers */
	struct str
		revoked; /* OpenSSH keys that are withdrawn, one a line, or a revocation list (KRL) */
	struct str openpgp; /* public keys, as gpg --export has them */
};

/* All is borrowed until the job is finished. */
struct signature_opts {
	const char *repo; /* a mirror, or a clone of a person */
	bool clone;
	const struct tree_id *ids;
	size_t count; /* 1 to SIGNATURE_COMMITS_MAX */
	struct signers signers;
	const char *scratch; /* a folder that is made, used and removed; what is there goes */
	int64_t wall_ms; /* > 0: for all of it */
};

struct signature_job;

/* Errors: ERR_IO. Gives. */
NODISCARD int signature_job_start(const struct signature_opts *o, struct signature_job **ret,
				  struct err *err);
int signature_job_fd(const struct signature_job *j); /* stays j's */
/* Does what is to do without blocking; true once the child has ended. */
bool signature_job_poll(struct signature_job *j);
/*
 * Takes the job, ends it when it still runs. ret has o->count members, in their order; after an error too, those that were looked at are set, and
 * the others SIGNATURE_UNCHECKED. Errors: ERR_TIMEOUT, ERR_NOT_FOUND (a program, the repository), ERR_INVALID (no keys in the operator's
 * file), ERR_GIT, ERR_IO.
 */
NODISCARD int signature_job_finish(struct signature_job *j, struct signature *ret, struct err *err);
void signature_job_free(struct signature_job *j); /* kills; NULL is fine */

/* Start, wait, finish. Blocks: at most wall_ms and a moment. */
NODISCARD int signature_run(const struct signature_opts *o, struct signature *ret, struct err *err);

#endif
