#include <stdio.h>

#include "base/mem.h"
#include "gitsync/fetch_int.h"

/*
 * libgit2 tells most failures of a server in words only. The words that matter are looked for here, in one table; what is
 * not in it is told as it is.
 */
static const struct saying {
	const char *part; /* of libgit2's text */
	int code;
	const char *text; /* instead of libgit2's; NULL: as it is */
	const char *remedy;
} sayings[] = {
	{"repository not exported", ERR_NOT_FOUND,
	 "the server has no such repository, or does not show it", NULL},
	{"does not appear to be a git repository", ERR_NOT_FOUND,
	 "the server has no such repository", NULL},
	{"error parsing REF pkt-line", ERR_GIT, "the server's list of refs cannot be read",
	 "if the repository uses SHA-256 object ids: those are not supported"},
	{"authenticat", ERR_UNAUTHENTICATED, NULL, NULL},
	{"out of memory", ERR_TOO_LARGE,
	 "what the server sends needs more memory than a fetch may have", NULL},
};

static int lack_of_memory(const git_error *e)
{
	return e && e->klass == GIT_ERROR_NOMEMORY;
}

int fetch_explain(struct fetch *f, int rc, struct err *err)
{
	const git_error *e = git_error_last();
	if (f->why.code) {
		*err = f->why;
		return err->code;
	}
	if (git_said_sha256())
		return git_refuse_sha256(err, "the remote repository");
	const char *said = lack_of_memory(e) ? "out of memory" : e && e->message ? e->message : "";
	if (strstr(said, "too many objects"))
		return err_set(err, ERR_TOO_LARGE, "the server sends more than %llu objects",
			       (unsigned long long)f->limits.objects);
	for (size_t i = 0; i < ARRAY_SIZE(sayings); i++) {
		const struct saying *s = &sayings[i];
		if (!strcasestr(said, s->part))
			continue;
		if (!s->text)
			(void)git_fail(err, s->code, "the server refused");
		else if (s->code == ERR_UNAVAILABLE || s->code == ERR_GIT)
			(void)git_fail(err, s->code, "%s", s->text);
		else
			(void)err_set(err, s->code, "%s", s->text);
		return s->remedy ? err_remedy(err, "%s", s->remedy) : s->code;
	}
	return git_fail(err, git_code(rc == GIT_ENOTFOUND ? -1 : rc, ERR_GIT),
			"the server or the connection failed");
}

/* The key from memory, so that it may come from wherever the secret does; or from its file. */
int fetch_ssh_key(struct fetch *f, git_credential **out, const char *user)
{
	const struct remote_auth *a = &f->o->auth;
	if (!a->ssh_key_file && !(a->ssh_key && secret_is_set(a->ssh_key))) {
		err_set(&f->why, ERR_UNAUTHENTICATED, "the server asks for a key");
		err_remedy(&f->why,
			   "name the private key for this source in asporad.conf: ssh_key: "
			   "/etc/aspora/id_ed25519");
		return GIT_EUSER;
	}
	if (f->asked_key++) {
		err_set(&f->why, ERR_UNAUTHENTICATED,
			"the server does not accept the key for user %s", user);
		err_remedy(
			&f->why,
			"add its public half to the repository's deploy keys; it must be Ed25519 "
			"or ECDSA, not RSA");
		return GIT_EUSER;
	}
	CLEANUP_FREE char *pass = NULL;
	if (a->ssh_passphrase && secret_is_set(a->ssh_passphrase)) {
		struct str p = secret_lend(a->ssh_passphrase);
		pass = mem_strndup(p.p, p.len);
	}
	int rc;
	if (a->ssh_key_file) {
		rc = git_credential_ssh_key_new(out, user, NULL, a->ssh_key_file, pass);
	} else {
		struct str k = secret_lend(a->ssh_key);
		CLEANUP_FREE char *key = mem_strndup(k.p, k.len);
		rc = git_credential_ssh_key_memory_new(out, user, NULL, key, pass);
		crypto_wipe(key, k.len);
	}
	if (pass)
		crypto_wipe(pass, strlen(pass));
	return rc;
}
