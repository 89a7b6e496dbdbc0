/* The inside of looking at signatures: what runs in the child, and how it reads what programs say. */
#ifndef GITSYNC_SIGNATURE_INT_H
#define GITSYNC_SIGNATURE_INT_H

#include "gitsync/commit.h"
#include "gitsync/signature_check.h"

/* --- signature_read.c: no program is run, nothing is trusted --------------------------------------------------------- */

/* What git will take the value of a gpgsig header for. */
enum signature_kind signature_kind_of(struct str value);
/* The fingerprint of the key that an SSH signature names, "SHA256:…"; false when it is no such signature. */
bool signature_ssh_key(struct str value, char ret[SIGNATURE_KEY_MAX]);
/*
 * What `git verify-commit --raw` said of a signature of that kind, and whether it ended with 0. ret->kind and ret->key are the caller's
 * and stay where nothing better is said.
 */
void signature_read(struct str said, bool ok, struct signature *ret);

/* --- signature_git.c: in the child ----------------------------------------------------------------------------------- */

struct signature_bench {
	const struct signature_opts *o;
	int64_t deadline_ms; /* monotonic */
	char *repo, *objects, *home, *gnupg, *signers, *revoked; /* below o->scratch */
	char *git, *ssh_keygen, *gpg; /* NULL: not looked for yet */
	bool has_keyring;
};
/* The folders and files that the programs see, and nothing else. Errors: ERR_IO, ERR_NOT_FOUND (git). */
NODISCARD int signature_bench_open(struct signature_bench *b, const struct signature_opts *o,
				   int64_t deadline_ms, struct err *err);
void signature_bench_release(struct signature_bench *b);
/*
 * Has git look at one commit, which has a signature. What the commit is to blame for is in *ret; errors are the machine's: ERR_NOT_FOUND (a
 * program), ERR_INVALID (the operator's keys), ERR_TIMEOUT, ERR_IO.
 */
NODISCARD int signature_bench_check(struct signature_bench *b, const struct commit *c,
				    struct signature *ret, struct err *err);

/* --- signature_record.c: what goes back to the parent ----------------------------------------------------------------- */

void signature_record_add(struct buf *out, size_t index, const struct signature *s);
void signature_record_end(struct buf *out, int code, const struct err *err);
/*
 * Strict, but for a record that stops short: what is whole of it is taken. ret has `count` members; *ret_ended tells whether the end was there, and
 * *ret_code and *ret_child what it said. Errors: ERR_GIT when it is no record.
 */
NODISCARD int signature_record_read(struct str in, struct signature *ret, size_t count,
				    bool *ret_ended, int *ret_code, struct err *ret_child,
				    struct err *err);

#endif
