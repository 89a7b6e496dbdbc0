#include "skill/signature.h"

#include <assert.h>
#include <string.h>

static const char *const states[SIGNATURE_STATES] = {
	[SIGNATURE_UNCHECKED] = "unchecked",
	[SIGNATURE_GOOD] = "good",
	[SIGNATURE_NONE] = "unsigned",
	[SIGNATURE_UNTRUSTED] = "untrusted",
	[SIGNATURE_BAD] = "bad",
	[SIGNATURE_EXPIRED] = "expired",
	[SIGNATURE_REVOKED] = "revoked",
	[SIGNATURE_UNREAD] = "unread",
};
static const char *const kinds[SIGNATURE_KINDS] = {
	[SIGNATURE_NO_KIND] = "",
	[SIGNATURE_SSH] = "ssh",
	[SIGNATURE_OPENPGP] = "openpgp",
	[SIGNATURE_X509] = "x509",
};

const char *signature_state_name(enum signature_state s)
{
	assert(s < SIGNATURE_STATES);
	return states[s];
}

const char *signature_kind_name(enum signature_kind k)
{
	assert(k < SIGNATURE_KINDS);
	return kinds[k];
}

bool signature_state_find(struct str name, enum signature_state *ret)
{
	for (unsigned i = 0; i < SIGNATURE_STATES; i++)
		if (str_eqz(name, states[i])) {
			*ret = (enum signature_state)i;
			return true;
		}
	return false;
}

bool signature_kind_find(struct str name, enum signature_kind *ret)
{
	for (unsigned i = 0; i < SIGNATURE_KINDS; i++)
		if (str_eqz(name, kinds[i])) {
			*ret = (enum signature_kind)i;
			return true;
		}
	return false;
}

/* " by ana@example.com (ssh SHA256:…)", as far as it is known. */
static void add_whose(const struct signature *s, struct buf *out)
{
	if (s->signer[0])
		buf_addf(out, "%s %s", s->state == SIGNATURE_GOOD ? " by" : ", that of", s->signer);
	if (s->kind == SIGNATURE_NO_KIND)
		return;
	buf_addf(out, " (%s%s%s)", kinds[s->kind], s->key[0] ? " " : "", s->key);
}

void signature_words(const struct signature *s, struct buf *out)
{
	static const char *const words[SIGNATURE_STATES] = {
		[SIGNATURE_UNCHECKED] = "not looked at",
		[SIGNATURE_GOOD] = "signed",
		[SIGNATURE_NONE] = "not signed",
		[SIGNATURE_UNTRUSTED] = "signed with a key that nobody trusts",
		[SIGNATURE_BAD] = "signed, but the signature does not hold",
		[SIGNATURE_EXPIRED] = "signed with a key that was not valid then",
		[SIGNATURE_REVOKED] = "signed with a key that was revoked",
		[SIGNATURE_UNREAD] = "signed in a way that cannot be read",
	};
	buf_addz(out, words[s->state]);
	if (s->state == SIGNATURE_UNCHECKED || s->state == SIGNATURE_NONE)
		return;
	add_whose(s, out);
	if (s->detail[0])
		buf_addf(out, ": %s", s->detail);
}

bool signature_equal(const struct signature *a, const struct signature *b)
{
	return a->state == b->state && a->kind == b->kind && strcmp(a->signer, b->signer) == 0 &&
	       strcmp(a->key, b->key) == 0 && strcmp(a->detail, b->detail) == 0;
}
