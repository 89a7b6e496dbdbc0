#include "agent/config_signers.h"

#include <stddef.h>

const char *const agent_signature_words[] = {"shown", "required", NULL};

#define G(member) offsetof(struct agent_signers, member)
const struct field agent_signer_fields[] = {
	{"ssh", FIELD_STRING, G(ssh), 0, 0, 0, NULL, NULL, 0, NULL, "/etc/aspora/allowed_signers",
	 "Who may sign with an SSH key, in OpenSSH's allowed_signers form: a principal and a "
	 "public key a line."},
	{"revoked", FIELD_STRING, G(revoked), 0, 0, 0, NULL, NULL, 0, NULL,
	 "/etc/aspora/revoked_keys",
	 "SSH keys that are withdrawn: public keys, one a line, or a list that ssh-keygen -k "
	 "made."},
	{"openpgp", FIELD_STRING, G(openpgp), 0, 0, 0, NULL, NULL, 0, NULL,
	 "/etc/aspora/signers.asc",
	 "Public keys of who may sign with OpenPGP, as gpg --export --armor writes them."},
	{"since", FIELD_STRING, G(since), 0, 0, 0, NULL, NULL, 0, NULL,
	 "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d",
	 "Id of a commit; it and all before it are taken as they are, where a repository began to "
	 "sign later."},
	FIELD_END};
#undef G

bool agent_signers_named(const struct agent_signers *s)
{
	return s->ssh.len || s->openpgp.len;
}

static int check_path(struct str value, const char *key, const struct doc_node *node,
		      const char *path, struct err *err)
{
	if (value.len == 0 || value.p[0] == '/')
		return 0;
	return doc_err(err, ERR_INVALID, path, node,
		       "signers.%s must be an absolute path, such as /etc/aspora/%s", key,
		       strcmp(key, "ssh") == 0	     ? "allowed_signers"
		       : strcmp(key, "revoked") == 0 ? "revoked_keys"
						     : "signers.asc");
}

static int check_since(struct str since, const struct doc_node *node, const char *path,
		       struct err *err)
{
	bool fine = since.len == 0 || since.len == 40;
	for (size_t i = 0; i < since.len && fine; i++)
		fine = (since.p[i] >= '0' && since.p[i] <= '9') ||
		       (since.p[i] >= 'a' && since.p[i] <= 'f');
	if (fine)
		return 0;
	doc_err(err, ERR_INVALID, path, node, "signers.since is not the id of a commit");
	return err_remedy(err, "write all 40 digits, in quotes, as git rev-parse shows them");
}

int agent_signers_check(const struct agent_signers *s, int signatures, const struct doc_node *node,
			const char *path, struct err *err)
{
	const struct doc_node *at = node ? doc_find(node, "signers") : NULL;
	int rc = check_path(s->ssh, "ssh", at, path, err);
	if (rc == 0)
		rc = check_path(s->revoked, "revoked", at, path, err);
	if (rc == 0)
		rc = check_path(s->openpgp, "openpgp", at, path, err);
	if (rc == 0)
		rc = check_since(s->since, at, path, err);
	if (rc < 0)
		return rc;
	if (s->revoked.len && !s->ssh.len)
		return doc_err(err, ERR_INVALID, path, at,
			       "signers.revoked is about keys of signers.ssh, which is missing");
	if (signatures != AGENT_SIGNATURES_REQUIRED || agent_signers_named(s))
		return 0;
	doc_err(err, ERR_INVALID, path, node ? doc_find(node, "signatures") : NULL,
		"signatures are required, and nobody is named who could sign");
	return err_remedy(err, "add signers: {ssh: /etc/aspora/allowed_signers}, or leave "
			       "signatures out");
}
