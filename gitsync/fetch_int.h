/*
 * The inside of a fetch: what runs in the child process. Straight-line code that may be killed at any instruction; it is the only writer
 * of the mirror while it holds the lock that its parent opened for it.
 *
 *	fetch_child → fetch_network | fetch_local → (objects are in the mirror) → fetch_verify → fetch_publish → fetch_tidy
 */
#ifndef GITSYNC_FETCH_INT_H
#define GITSYNC_FETCH_INT_H

#include <stdatomic.h>

#include "base/child.h"
#include "base/map.h"
#include "gitsync/git_int.h"
#include "gitsync/remote.h"

/* Where a fetch is; the parent says it when time is up. Order and texts: fetch_phase_text(). */
enum fetch_phase {
	FETCH_STARTING,
	FETCH_RESOLVING,
	FETCH_CONNECTING,
	FETCH_GREETING,
	FETCH_LISTING,
	FETCH_WAITING,
	FETCH_RECEIVING,
	FETCH_INDEXING,
	FETCH_COPYING,
	FETCH_CHECKING,
	FETCH_WRITING,
	FETCH_PHASES,
};
const char *fetch_phase_text(unsigned phase);
/* Whether silence in this phase is the remote's fault. */
bool fetch_phase_is_network(unsigned phase);

/* One page shared with the parent, which only reads it. */
struct fetch_page {
	_Atomic uint32_t phase;
	_Atomic uint64_t bytes; /* from the network */
	_Atomic uint64_t steps; /* signs of life without bytes of their own (ssh) */
	_Atomic uint64_t objects;
};

/* A ref that was asked for, as the remote shows it. */
struct fetch_want {
	char asked[256]; /* the caller's name for it */
	char ref[256]; /* the remote's and the mirror's name: for "HEAD" the branch it stands for */
	bool found;
	bool moved;
	git_oid shown; /* the object the remote's ref names: a commit or a tag */
	bool had;
	git_oid held; /* the object the mirror's ref names */
};

struct fetch {
	const struct remote_opts *o;
	struct remote_limits limits;
	struct fetch_page *page;
	int result_fd;
	int lock_fd;
	struct mirror *m; /* NULL: only list */
	struct fetch_want *wants;
	size_t want_count, want_cap;
	char head[256];
	uint64_t bytes, objects;
	bool fetched, healed;
	bool damaged; /* the failure is the mirror's own */
	struct err
		why; /* born inside a callback of libgit2; more exact than what libgit2 will say */
	unsigned asked_key; /* how often a key was wanted */
	char address[64]; /* what the host resolved to, for ssh */
};

void fetch_at(struct fetch *f, enum fetch_phase phase);

/* Given limits, with defaults for what is 0. */
struct remote_limits fetch_limits(const struct remote_limits *given);

/*
 * The page and the child of a job, by the starter that its options name. Errors: ERR_UNAVAILABLE when the starter is gone, and then for ever: the job
 * forks by itself.
 */
struct fetch_page *starter_page(struct remote_starter *s, size_t index);
NODISCARD int starter_fork(struct remote_starter *s, size_t index, int result_fd, int lock_fd,
			   struct child *ret, struct err *err);

/* Entry of the child: never returns to its caller's stack. state is a struct fetch. */
int fetch_child(void *state);

/* Bring the objects of every ref that has moved into the mirror. */
int fetch_network(struct fetch *f, struct err *err);
int fetch_local(struct fetch *f, struct err *err);

/*
 * Opens (or makes) the mirror and runs bring on it. When the mirror proves damaged, runs bring once more on a fresh one, takes over
 * what is kept (refs/aspora/) from the old as far as it can be read, and puts the fresh one in its place.
 */
int fetch_healing(struct fetch *f, int (*bring)(struct fetch *f, struct err *err), struct err *err);

/* One ref of the remote: takes it when it was asked for. Errors: ERR_TOO_LARGE. */
int fetch_see(struct fetch *f, const char *name, const git_oid *id, struct err *err);
/* After the last: sets what was not found, and what has moved. */
int fetch_compare(struct fetch *f, struct err *err);

/*
 * Everything that the commit at tip needs is in the mirror: its history back to what the mirror's refs already hold, and its tree. deep
 * reads every object instead of trusting the index, and takes nothing for granted. Errors: ERR_GIT naming what is missing, ERR_TOO_LARGE.
 */
int fetch_verify(struct fetch *f, const git_oid *tip, bool deep, struct err *err);
/* Moves the mirror's refs to what was found. */
int fetch_publish(struct fetch *f, struct err *err);
/* Joins many small packs into one. A failure leaves the packs as they were. */
void fetch_tidy(struct mirror *m);
/* Removes what killed fetches have left behind: lock files of refs, half-written packs. */
void fetch_unlock(const char *mirror);

/*
 * Copies what `tip` needs and `to` lacks from one repository to the other, as one pack. prune: an object that `to` has is taken to
 * be there with all it leads to. *objects is added to. Errors: ERR_TOO_LARGE, ERR_GIT, ERR_IO.
 */
int fetch_copy(struct mirror *from, struct mirror *to, const git_oid *tip, bool prune,
	       const struct remote_limits *limits, uint64_t *objects, struct err *err);
/* Copies whole packs that `to` does not have by name; what they lack, fetch_copy() brings. *objects, *bytes are added to. */
int fetch_copy_packs(struct mirror *from, struct mirror *to, const struct remote_limits *limits,
		     uint64_t *objects, uint64_t *bytes, struct err *err);

/* Puts libgit2's failure of a connection into our words; f->why goes first. Returns the code. */
int fetch_explain(struct fetch *f, int rc, struct err *err);
/* A libgit2 credential of the ssh key; GIT_EUSER with f->why set when there is none, or it was refused. */
int fetch_ssh_key(struct fetch *f, git_credential **out, const char *user);

/* libgit2's transport for http and https; state is the struct fetch. */
int fetch_http_transport(git_transport **out, git_remote *owner, void *state);

/* Registers the socket maker of git:// that checks addresses and counts bytes; f is kept for the life of the process. */
int fetch_stream_register(struct fetch *f, struct err *err);
/* Resolves the host of f and picks an address that is allowed; text into f->address. */
int fetch_resolve(struct fetch *f, struct err *err);

/* Judges a host key against the known_hosts file. Errors: ERR_DENIED. */
int fetch_hostkey_check(const char *file, const char *host, uint16_t port, struct str key,
			struct err *err);

/* A set of object ids. */
struct oid_set {
	struct map map;
	struct arena *arena;
};
void oid_set_init(struct oid_set *s);
void oid_set_release(struct oid_set *s);
bool oid_set_add(struct oid_set *s, const git_oid *o); /* false: was there already */

/* The record that goes back to the parent. */
void record_write(const struct fetch *f, int code, const struct err *err, struct buf *out);
/* Strict. Errors: ERR_GIT when it is no record; else 0 with *ret_code the child's own result. */
int record_read(struct str in, uint64_t refs_max, struct remote_result *ret, int *ret_code,
		struct err *ret_child, struct err *err);

#endif
