/* One commit under git's eyes: a repository with nothing else in it, an environment of our own, programs by their paths. */
#include <stdio.h>

#include "base/child.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "gitsync/git_int.h"
#include "gitsync/signature_int.h"
#include "skill/text.h"

#define ONE_MS ((int64_t)10 * 1000)
#define SAID_MAX ((size_t)64 * 1024)

/* gpg asks nobody: no agent, no key server, no terminal, no trust but that the operator gave the key. */
static const char gpg_conf[] = "batch\nno-tty\nno-autostart\ndisable-dirmngr\ntrust-model always\n"
			       "no-auto-key-retrieve\nno-auto-check-trustdb\nno-greeting\n";

/* --- the bench ------------------------------------------------------------------------------------------------------- */

static int write_in(const char *dir, const char *name, struct str bytes, struct err *err)
{
	CLEANUP_FREE char *path = io_join(dir, name);
	return io_write_file(path, bytes, 0600, err);
}

static int make_folders(struct signature_bench *b, struct err *err)
{
	CLEANUP_FREE char *refs = io_join(b->repo, "refs");
	const char *const list[] = {b->objects, refs, b->home, b->gnupg};
	for (size_t i = 0; i < ARRAY_SIZE(list); i++) {
		int rc = io_mkdirs(list[i], 0700, err);
		if (rc < 0)
			return rc;
	}
	return write_in(b->repo, "HEAD", STR("ref: refs/heads/none\n"), err);
}

/* ssh-keygen takes an empty line for one without a key, and says so of every commit. Its lines keep their numbers. */
static int write_signers(const struct signature_bench *b, struct err *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(2 * SIGNERS_MAX_BYTES);
	struct str rest = b->o->signers.ssh, line;
	while (str_split(&rest, '\n', &line)) {
		buf_add_str(&text, str_trim(line).len ? line : STR("#"));
		buf_add_char(&text, '\n');
	}
	return io_write_file(b->signers, buf_str(&text), 0600, err);
}

int signature_bench_open(struct signature_bench *b, const struct signature_opts *o,
			 int64_t deadline_ms, struct err *err)
{
	*b = (struct signature_bench){.o = o,
				      .deadline_ms = deadline_ms,
				      .repo = io_join(o->scratch, "repo"),
				      .objects = io_join(o->scratch, "repo/objects"),
				      .home = io_join(o->scratch, "home"),
				      .gnupg = io_join(o->scratch, "gnupg"),
				      .signers = io_join(o->scratch, "allowed_signers"),
				      .revoked = io_join(o->scratch, "revoked")};
	int rc = make_folders(b, err);
	if (rc == 0)
		rc = write_signers(b, err);
	if (rc == 0 && o->signers.revoked.len)
		rc = io_write_file(b->revoked, o->signers.revoked, 0600, err);
	if (rc == 0 && (rc = child_find_program("git", &b->git, err)) < 0)
		(void)err_remedy(err, "signatures are looked at with git: install it");
	return rc;
}

void signature_bench_release(struct signature_bench *b)
{
	char *const list[] = {b->repo,	  b->objects, b->home,	     b->gnupg, b->signers,
			      b->revoked, b->git,     b->ssh_keygen, b->gpg};
	for (size_t i = 0; i < ARRAY_SIZE(list); i++)
		free(list[i]);
	memset(b, 0, sizeof(*b));
}

/* --- programs ------------------------------------------------------------------------------------------------------- */

static int run(struct signature_bench *b, const char *const *argv, struct buf *said,
	       struct child_end *end, struct err *err)
{
	CLEANUP_FREE char *home = mem_printf("HOME=%s", b->home);
	CLEANUP_FREE char *xdg = mem_printf("XDG_CONFIG_HOME=%s", b->home);
	CLEANUP_FREE char *tmp = mem_printf("TMPDIR=%s", b->o->scratch);
	CLEANUP_FREE char *gnupg = mem_printf("GNUPGHOME=%s", b->gnupg);
	CLEANUP_FREE char *repo = mem_printf("GIT_DIR=%s", b->repo);
	const char *const env[] = {home,
				   xdg,
				   tmp,
				   gnupg,
				   repo,
				   "PATH=/usr/local/bin:/usr/bin:/bin",
				   "LC_ALL=C",
				   "GIT_CONFIG_NOSYSTEM=1",
				   "GIT_CONFIG_SYSTEM=/dev/null",
				   "GIT_CONFIG_GLOBAL=/dev/null",
				   "GIT_NO_REPLACE_OBJECTS=1",
				   "GIT_TERMINAL_PROMPT=0",
				   NULL};
	int64_t left = b->deadline_ms - clock_mono(&clock_real);
	const struct child_opts o = {.argv = argv, .env = env, .dir = b->home};
	if (left <= 0)
		return err_set(err, ERR_TIMEOUT, "no time was left to look at signatures");
	return child_run(&o, STR_NULL, said, said, MIN(left, ONE_MS), end, err);
}

static int need(char **program, const char *name, const char *package, struct err *err)
{
	int rc = *program ? 0 : child_find_program(name, program, err);
	if (rc < 0)
		(void)err_remedy(err, "signatures of this kind are looked at with it: install %s",
				 package);
	return rc;
}

/* The operator's public keys become a keyring, when the first signature of the kind is met. */
static int make_keyring(struct signature_bench *b, struct err *err)
{
	CLEANUP_FREE char *file = io_join(b->o->scratch, "openpgp");
	CLEANUP(buf_release) struct buf said = BUF_INIT(SAID_MAX);
	struct child_end end;
	int rc = need(&b->gpg, "gpg", "gnupg", err);
	if (rc < 0 || b->has_keyring)
		return rc;
	rc = write_in(b->gnupg, "gpg.conf", str_of(gpg_conf), err);
	if (rc == 0 && b->o->signers.openpgp.len) {
		const char *const argv[] = {b->gpg, "--quiet", "--import", "--", file, NULL};
		rc = io_write_file(file, b->o->signers.openpgp, 0600, err);
		if (rc == 0)
			rc = run(b, argv, &said, &end, err);
		if (rc == 0 && (!end.exited || end.status != 0)) {
			char quote[200];
			err_set(err, ERR_INVALID, "gpg takes no keys from signers.openpgp: %s",
				text_quote(str_trim(buf_str(&said)), quote, sizeof(quote)));
			rc = err_remedy(err, "write it with gpg --export --armor ana@example.com");
		}
	}
	b->has_keyring = rc == 0;
	return rc;
}

static int verify(struct signature_bench *b, const char *hex, bool revoked, struct buf *said,
		  bool *ret_ok, struct err *err)
{
	CLEANUP_FREE char *ssh = mem_printf("gpg.ssh.program=%s",
					    b->ssh_keygen ? b->ssh_keygen : "/nonexistent");
	CLEANUP_FREE char *gpg = mem_printf("gpg.program=%s", b->gpg ? b->gpg : "/nonexistent");
	CLEANUP_FREE char *openpgp = mem_printf("gpg.openpgp.program=%s",
						b->gpg ? b->gpg : "/nonexistent");
	CLEANUP_FREE char *signers = mem_printf("gpg.ssh.allowedSignersFile=%s", b->signers);
	CLEANUP_FREE char *withdrawn = mem_printf("gpg.ssh.revocationFile=%s",
						  revoked ? b->revoked : "");
	const char *const argv[] = {b->git,
				    "-c",
				    ssh,
				    "-c",
				    gpg,
				    "-c",
				    openpgp,
				    "-c",
				    "gpg.x509.program=/nonexistent",
				    "-c",
				    signers,
				    "-c",
				    "gpg.minTrustLevel=undefined",
				    "-c",
				    "core.hooksPath=/dev/null",
				    "-c",
				    revoked ? withdrawn : "core.fsmonitor=false",
				    "verify-commit",
				    "--raw",
				    hex,
				    NULL};
	struct child_end end;
	buf_reset(said);
	int rc = run(b, argv, said, &end, err);
	*ret_ok = rc == 0 && end.exited && end.status == 0;
	return rc;
}

/* --- one commit ----------------------------------------------------------------------------------------------------- */

/* The only object of git's repository. Its id is made anew: bytes that are not what the id says are not that commit. */
static int lay_out(struct signature_bench *b, const struct commit *c, bool *ret_same,
		   struct err *err)
{
	git_odb *odb = NULL;
	git_oid made, want = oid_of(&c->id);
	int rc = git_odb_open(&odb, b->objects);
	if (rc == 0)
		rc = git_odb_write(&made, odb, c->raw.p, c->raw.len, GIT_OBJECT_COMMIT);
	git_odb_free(odb);
	if (rc < 0)
		return git_fail(err, git_code(rc, ERR_IO), "laying out a commit");
	*ret_same = git_oid_equal(&made, &want);
	return 0;
}

/* Which of a revoked key and a wrong signature it was, git does not say: without the list of revoked keys it would hold. */
static int tell_revoked(struct signature_bench *b, const char *hex, struct buf *said,
			struct signature *ret, struct err *err)
{
	struct signature without = {.kind = ret->kind};
	bool ok = false;
	int rc = verify(b, hex, false, said, &ok, err);
	if (rc < 0)
		return rc;
	signature_read(buf_str(said), ok, &without);
	if (without.state != SIGNATURE_GOOD)
		return 0;
	*ret = without;
	ret->state = SIGNATURE_REVOKED;
	return 0;
}

static int ask_git(struct signature_bench *b, const struct commit *c, struct signature *ret,
		   struct err *err)
{
	CLEANUP(buf_release) struct buf said = BUF_INIT(SAID_MAX);
	bool revoked = ret->kind == SIGNATURE_SSH && b->o->signers.revoked.len, ok = false;
	char hex[65];
	tree_id_hex(&c->id, hex);
	int rc = ret->kind == SIGNATURE_SSH
			 ? need(&b->ssh_keygen, "ssh-keygen", "openssh-client", err)
			 : make_keyring(b, err);
	if (rc == 0)
		rc = verify(b, hex, revoked, &said, &ok, err);
	if (rc < 0)
		return rc;
	signature_read(buf_str(&said), ok, ret);
	return revoked && ret->state == SIGNATURE_BAD ? tell_revoked(b, hex, &said, ret, err) : 0;
}

int signature_bench_check(struct signature_bench *b, const struct commit *c, struct signature *ret,
			  struct err *err)
{
	struct err why = ERR_INIT;
	bool same = false;
	ret->kind = signature_kind_of(c->signature);
	(void)signature_ssh_key(c->signature, ret->key);
	if (ret->kind != SIGNATURE_SSH && ret->kind != SIGNATURE_OPENPGP) {
		ret->state = SIGNATURE_UNREAD;
		return 0;
	}
	int rc = lay_out(b, c, &same, err);
	if (rc < 0)
		return rc;
	if (!same) {
		ret->state = SIGNATURE_BAD;
		snprintf(ret->detail, sizeof(ret->detail), "the commit is not what its id says");
		return 0;
	}
	rc = ask_git(b, c, ret, &why);
	if (rc == ERR_TOO_LARGE) {
		ret->state = SIGNATURE_UNREAD;
		snprintf(ret->detail, sizeof(ret->detail), "git said too much of it");
		return 0;
	}
	if (rc < 0 && err)
		*err = why;
	return rc;
}
