/*
 * Child processes: argument vectors, never a shell. A child gets only the descriptors it is given, a clean
 * signal state, its own process group when asked, limits, and dies with its parent process. Children are watched
 * by pidfd, so that no number is ever reused under us.
 * (git run-command.h, systemd exec-util.)
 */
#ifndef BASE_CHILD_H
#define BASE_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

struct child_fd {
	int fd; /* of ours; stays ours */
	int target; /* its number in the child */
};

struct child_limit {
	int resource; /* RLIMIT_* */
	rlim_t value;
};

struct child_opts {
	/* NULL-terminated. program (NULL: argv[0]) is looked up in our PATH when it has no '/'. */
	const char *const *argv;
	const char *program;
	const char *const *env; /* NULL-terminated "NAME=value"; NULL: our own environment */
	const char *dir; /* NULL: ours */
	const struct child_fd *fds;
	size_t fd_count; /* targets 0, 1, 2 not named are /dev/null, /dev/null, our stderr */
	const struct child_limit *limits;
	size_t limit_count;
	uid_t uid; /* with gid, when drop_user: setgroups(0), setgid, setuid */
	gid_t gid;
	bool drop_user;
	bool new_session; /* setsid(): kill reaches the whole group */
	bool outlive_parent; /* default: SIGKILL when the parent process ends (PR_SET_PDEATHSIG) */
	/* In the child, async-signal-safe work only; non-zero ends it with 127. */
	int (*before_exec)(void *state);
	void *state;
};

struct child {
	pid_t pid; /* 0: none */
	int pidfd; /* readable when it has ended */
	bool group; /* it leads its own session */
};
/* clang-format off */
#define CHILD_INIT {0, -1, false}
/* clang-format on */

struct child_end {
	bool exited; /* else by signal */
	int status; /* exit status, or signal number */
	struct rusage usage;
};

/* The path of the program `name` in our PATH; gives. A name with '/' is one already. Errors: ERR_NOT_FOUND. */
NODISCARD int child_find_program(const char *name, char **ret_path, struct err *err);
/* Errors: ERR_NOT_FOUND when the program is missing, ERR_IO. An exec failure is reported here, not as status 127. */
NODISCARD int child_start(struct child *c, const struct child_opts *o, struct err *err);
/* Forks without exec: the child runs fn(state) and ends with its result; everything but `keep` (sorted, may be
 * empty) and 0, 1, 2 is closed. Never returns in the child. */
NODISCARD int child_fork(struct child *c, int (*fn)(void *state), void *state, const int *keep,
			 size_t keep_count, struct err *err);
/*
 * For a small process that starts children for its parent: as child_fork(), but the new process is the parent's child, who watches and reaps it after
 * child_adopt(). Both die with that parent.
 */
NODISCARD int child_fork_sibling(pid_t *ret, int (*fn)(void *state), void *state, const int *keep,
				 size_t keep_count, struct err *err);
/* Takes a child of ours that nobody has waited for. Errors: ERR_IO; then it is killed. */
NODISCARD int child_adopt(struct child *c, pid_t pid, struct err *err);
void child_kill(const struct child *c, int signal); /* the group when it leads one */
/* Waits at most timeout_ms (-1: for ever). Returns 0 with *ret, or ERR_TIMEOUT. After 0 the child is forgotten. */
NODISCARD int child_wait(struct child *c, int64_t timeout_ms, struct child_end *ret,
			 struct err *err);
/*
 * Kills with SIGTERM, after grace_ms with SIGKILL, and waits; a group goes whole. Safe on a forgotten one.
 */
void child_stop(struct child *c, int64_t grace_ms);
void child_release(struct child *c); /* kills, reaps; for CLEANUP */

/*
 * Runs to the end with `input` on stdin (STR_NULL: /dev/null) and collects stdout and stderr within their
 * limits (NULL: as child_start() has them) and timeout_ms (-1: none). Always in a session of its own, and
 * what the program leaves running in it is killed. Blocks.
 * Errors: ERR_TIMEOUT (killed), ERR_TOO_LARGE (killed), as child_start. A non-zero status is not an error here.
 */
NODISCARD int child_run(const struct child_opts *o, struct str input, struct buf *out,
			struct buf *errout, int64_t timeout_ms, struct child_end *ret,
			struct err *err);

/* "exit status 3", "killed by SIGKILL"; out at least 64 bytes. Returns out. */
char *child_end_text(const struct child_end *e, char *out, size_t out_size);

#endif
