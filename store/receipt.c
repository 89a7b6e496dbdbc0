#include "store/receipt.h"

#include "base/clock.h"
#include "store/change.h"
#include "store/receipt_int.h"

static void hex_line(struct buf *out, const char *name, const struct digest *d)
{
	char hex[DIGEST_HEX + 1];
	buf_addf(out, "%s %s\n", name, digest_hex(d, hex));
}

/* No field can end its line early and begin another: what could is written as '?'. */
static void add_field(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];
		buf_add_char(out, c < 0x20 || c == 0x7f ? '?' : (char)c);
	}
}

void store_receipt_verdict(struct buf *out, const struct verdict *v, struct str findings_json,
			   struct str source, struct str revision, int64_t at_ms)
{
	struct digest findings = digest_of(findings_json);
	char at[32];
	buf_addz(out, "aspora.verdict.v1\ndomain ");
	add_field(out, v->key.domain);
	buf_addf(out, "\nverdict %s\n", v->allow ? "allow" : "deny");
	hex_line(out, "candidate", &v->key.candidate);
	hex_line(out, "policy", &v->key.policy);
	hex_line(out, "surface", &v->key.surface);
	buf_addf(out, "rules %u\n", v->rules_version);
	hex_line(out, "findings", &findings);
	buf_addz(out, "source ");
	add_field(out, source);
	buf_add_char(out, ' ');
	add_field(out, revision);
	buf_addf(out, "\nat %s\n", clock_format(at_ms, at));
}

void store_receipt_checkpoint(struct buf *out, const struct store_head *head, int64_t at_ms)
{
	char at[32];
	buf_addf(out, "aspora.checkpoint.v1\nincarnation %lld\nrevision %lld\n",
		 (long long)head->at.incarnation, (long long)head->at.rev);
	hex_line(out, "hash", &head->hash);
	buf_addf(out, "at %s\n", clock_format(at_ms, at));
}

const char *receipt_op(enum change_op op)
{
	return op == CHANGE_CREATE ? "create" : op == CHANGE_DELETE ? "delete" : "update";
}

static void release_domain_line(struct buf *out, const struct release_domain *d)
{
	char candidate[DIGEST_HEX + 1], policy[DIGEST_HEX + 1], surface[DIGEST_HEX + 1];
	buf_addf(out, "domain %s ", receipt_op(d->op));
	add_field(out, d->name);
	buf_add_char(out, ' ');
	add_field(out, str_of(d->source.name));
	buf_add_char(out, ' ');
	add_field(out, str_of(d->source.revision));
	if (d->op != CHANGE_DELETE)
		buf_addf(out, " %s %s %s", digest_hex(&d->candidate, candidate),
			 digest_hex(&d->policy, policy), digest_hex(&d->surface, surface));
	buf_add_char(out, '\n');
}

void receipt_release(struct buf *out, const struct release *r, int64_t id,
		     const struct digest *previous, const char *actor, int64_t at_ms)
{
	char at[32], hex[DIGEST_HEX + 1];
	buf_addf(out, "aspora.release.v1\nrelease %lld\n", (long long)id);
	hex_line(out, "previous", previous);
	buf_addf(out, "at %s\nactor ", clock_format(at_ms, at));
	add_field(out, str_of(actor));
	buf_addz(out, "\nsource ");
	add_field(out, str_of(r->source.name));
	buf_add_char(out, ' ');
	add_field(out, str_of(r->source.revision));
	buf_add_char(out, '\n');
	for (size_t i = 0; i < r->domain_count; i++)
		release_domain_line(out, &r->domains[i]);
	if (!r->platform)
		return;
	buf_addz(out, "platform ");
	add_field(out, str_of(r->platform->source.name));
	buf_add_char(out, ' ');
	add_field(out, str_of(r->platform->source.revision));
	buf_addf(out, " %s\n", digest_hex(&r->platform->digest, hex));
}

struct digest receipt_release_hash(struct str text)
{
	return digest_tagged("aspora.release.v1", text);
}

void store_receipt_json(struct json *j, struct str text, const uint8_t signer[SIGN_PUBLIC_SIZE],
			const uint8_t signature[SIGN_SIZE])
{
	json_object(j);
	store_receipt_members(j, text, signer, signature);
	json_end(j);
}

void store_receipt_members(struct json *j, struct str text, const uint8_t signer[SIGN_PUBLIC_SIZE],
			   const uint8_t signature[SIGN_SIZE])
{
	CLEANUP(buf_release) struct buf key = BUF_INIT(256);
	CLEANUP(buf_release) struct buf sign = BUF_INIT(256);
	base64_add(&key, str_make((const char *)signer, SIGN_PUBLIC_SIZE));
	base64_add(&sign, str_make((const char *)signature, SIGN_SIZE));
	json_strz(j, "apiVersion", "aspora/v1");
	json_strz(j, "kind", "Receipt");
	json_str(j, "text", text);
	json_str(j, "signer", buf_str(&key));
	json_str(j, "signature", buf_str(&sign));
}
