/*
 * Looking at and fetching from a remote, always in a child process of its own that can be killed: libgit2 has no time limit and parses
 * what a stranger sends. The child asks for the remote's refs first and ends there when nothing moved; otherwise it receives objects into the
 * mirror, checks that everything the new commits need is there, and only then moves the mirror's refs. What comes back over a pipe is a
 * small record, parsed strictly. Killing it at any moment leaves a mirror that the next fetch repairs.
 *
 * The child ends itself at its wall or stall deadline with a message that says where it was; the parent kills it a moment later if it did
 * not. Bytes, objects, refs, memory and processor time are bounded. Redirects, proxies of the environment, prompts, hooks and filters
 * are off. Addresses are checked as they are connected to.
 *
 * The caller in a loop: 1. remote_job_start() 2. watch remote_job_fd() for reading 3. when readable remote_job_poll(); false: go
 * on waiting 4. remote_job_finish(). Many jobs may run at once; two on one mirror do not (the second is ERR_CONFLICT). One-shot
 * callers use remote_run().
 */
#ifndef GITSYNC_REMOTE_H
#define GITSYNC_REMOTE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/crypto.h"
#include "gitsync/url.h"
#include "skill/tree.h"

#define REMOTE_REFS_MAX 64

struct remote_limits {
	int64_t wall_ms; /* 60 s */
	int64_t stall_ms; /* 10 s … */
	int64_t stall_bytes_per_s; /* … below 1 KiB/s */
	uint64_t pack_bytes; /* 256 MiB received */
	uint64_t objects; /* 200,000 in one fetch */
	uint64_t refs; /* 10,000 advertised */
	uint64_t object_bytes; /* 64 MiB: one object, inflated */
	uint64_t memory_bytes; /* 512 MiB of address space beyond what the process had */
	int64_t cpu_s; /* 60 */
};
extern const struct remote_limits remote_limits_default;

/* All are borrowed until the job is finished. None is ever printed. */
struct remote_auth {
	const struct secret *token; /* https: HTTP Basic, as every forge takes it */
	const char *token_user; /* NULL: "x-access-token" */
	const struct secret *ssh_key; /* private key, OpenSSH or PEM (Ed25519 or ECDSA) */
	const char *ssh_key_file; /* or its path */
	const struct secret *ssh_passphrase;
	const char *known_hosts; /* file; without it no ssh connection is made */
	const char *ca_file; /* https: trusted instead of the system's; NULL: the system's */
};

struct remote_starter;

struct remote_opts {
	struct url url;
	struct url_policy policy;
	const char *mirror; /* folder; made when absent. NULL: only list the refs */
	const char *const
		*refs; /* full names, "HEAD", or a prefix ending in a star: "refs/pull/" and '*' */
	size_t ref_count; /* 1 to REMOTE_REFS_MAX */
	struct remote_auth auth;
	const char *proxy; /* "http://host:port"; NULL: none */
	bool check; /* read every object the refs need and heal the mirror when one is missing or damaged */
	struct remote_limits limits; /* members that are 0 take their default */
	struct remote_starter *starter; /* set by remote_starter_open(); NULL: none */
	size_t starter_index;
};

struct remote_ref {
	char name[256];
	struct tree_id id; /* the commit, tags followed; of length 0: the remote has no such ref */
	struct tree_id
		was; /* what the mirror had before; of length 0: nothing, or it was made afresh */
};

struct remote_result {
	struct remote_ref
		*refs; /* in the order asked; a prefix gives its matches in order of name */
	size_t ref_count;
	char head[256]; /* the remote's default branch, "refs/heads/main"; "" when not told */
	uint64_t bytes; /* received */
	uint64_t objects;
	int64_t elapsed_ms;
	bool fetched; /* false: nothing had moved */
	bool healed; /* the mirror was damaged and has been made afresh */
};
void remote_result_release(struct remote_result *r);
/* NULL when the name was not asked for or matched nothing. */
const struct remote_ref *remote_result_find(const struct remote_result *r, const char *name);

struct remote_job;

/* Everything in o is borrowed until the job is finished or freed. Errors: ERR_INVALID, ERR_CONFLICT (mirror busy), ERR_IO. Gives. */
NODISCARD int remote_job_start(const struct remote_opts *o, struct remote_job **ret,
			       struct err *err);
int remote_job_fd(const struct remote_job *j); /* stays j's */
/* Does what is to do without blocking; true once the child has ended. */
bool remote_job_poll(struct remote_job *j);
/*
 * Takes the job (ends it when it still runs) and tells how it went. Errors: ERR_TIMEOUT, ERR_TOO_LARGE, ERR_UNAVAILABLE (no address, connection
 * refused, 5xx, 429), ERR_UNAUTHENTICATED (the server wants or refuses credentials), ERR_DENIED (address not allowed, host key or
 * certificate not trusted, redirect), ERR_NOT_FOUND (no such repository), ERR_UNSUPPORTED (SHA-256), ERR_GIT (the server misbehaved),
 * ERR_IO (the mirror's disk). The text never has a credential in it.
 */
NODISCARD int remote_job_finish(struct remote_job *j, struct remote_result *ret, struct err *err);
void remote_job_free(struct remote_job *j); /* kills; NULL is fine */

/*
 * A process made while this one is small, that starts the children of later jobs: forking a process of a hundred megabytes costs more than fetching a
 * commit, and leaves a fault behind for every page that is written afterwards. The children are still this process's own.
 *
 * Each of list gets its starter; they are borrowed, and must not change, until the starter is closed. One job at a time on each. A starter that
 * dies is done without. Errors: ERR_IO. Gives.
 */
NODISCARD int remote_starter_open(struct remote_opts *const *list, size_t count,
				  struct remote_starter **ret, struct err *err);
void remote_starter_close(struct remote_starter *s); /* no job of it may run; NULL is fine */

/* Start, wait, finish. Blocks: at most the wall limit and a second. */
NODISCARD int remote_run(const struct remote_opts *o, struct remote_result *ret, struct err *err);

/*
 * For URL_LOCAL only: the commit of one full ref name, read in this process, no child (about 0.1 ms): tells whether a job is worth starting.
 * ret has length 0 when the ref does not exist. Errors: ERR_NOT_FOUND (no repository), ERR_UNSUPPORTED, ERR_GIT.
 */
NODISCARD int remote_peek_local(const struct url *u, const char *ref, struct tree_id *ret,
				struct err *err);

#endif
