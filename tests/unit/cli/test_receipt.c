/* Receipts verified without who made them: signatures, whose they are, and the chain of releases. */
#include "cli/receipt.h"
#include "base/json.h"
#include "tests/unit/support.h"

static uint8_t public_key[SIGN_PUBLIC_SIZE], secret_key[SIGN_SECRET_SIZE];
static struct arena *arena;
static struct cli_receipts r;

static void set_up(void)
{
	arena = arena_new(1 << 20);
	sign_keypair(public_key, secret_key);
	r = (struct cli_receipts){0};
}

/* A receipt as a gateway writes it; flip: a bit of the text is changed after it was signed. */
static const struct doc_node *receipt(const char *text, bool flip)
{
	CLEANUP(buf_release)
	struct buf key = BUF_INIT(256), sign = BUF_INIT(256), out = BUF_INIT(8192);
	char *told = arena_strdup(arena, text);
	uint8_t signature[SIGN_SIZE];
	const struct doc_node *n = NULL;
	struct json j;
	sign_make(secret_key, str_of(text), signature);
	told[strlen(told) - 2] ^= flip;
	base64_add(&key, str_make((const char *)public_key, sizeof(public_key)));
	base64_add(&sign, str_make((const char *)signature, sizeof(signature)));
	json_init(&j, &out);
	json_object(&j);
	json_strz(&j, "text", told);
	json_str(&j, "signer", buf_str(&key));
	json_str(&j, "signature", buf_str(&sign));
	json_end(&j);
	assert_ok(doc_parse_json(arena, arena_str(arena, buf_str(&out)), &doc_limits_json, "r", &n,
				 &support_err));
	return n;
}

static const char *release_text(int64_t number, const struct digest *previous)
{
	char hex[DIGEST_HEX + 1];
	return arena_printf(arena, "aspora.release.v1\nrelease %lld\nprevious %s\nat now\n",
			    (long long)number, digest_hex(previous, hex));
}

static int check(const char *text, bool flip)
{
	return cli_receipts_check(&r, receipt(text, flip), "r.jsonl:1", &support_err);
}

START_TEST(good_ones_of_each_kind_are_counted)
{
	static const struct digest zero;
	set_up();
	assert_ok(check(release_text(1, &zero), false));
	assert_ok(check("aspora.verdict.v1\ndomain ecm\n", false));
	assert_ok(check("aspora.checkpoint.v1\nrevision 4\n", false));
	ck_assert_uint_eq(r.releases, 1);
	ck_assert_uint_eq(r.verdicts, 1);
	ck_assert_uint_eq(r.checkpoints, 1);
}
END_TEST

START_TEST(a_text_changed_by_one_bit_is_tampered_with)
{
	set_up();
	assert_err(check("aspora.verdict.v1\ndomain ecm\n", true), ERR_TAMPERED,
		   "r.jsonl:1: the signature does not hold");
}
END_TEST

START_TEST(only_the_pinned_key_counts)
{
	CLEANUP(buf_release) struct buf hex = BUF_INIT(256);
	set_up();
	uint8_t other[SIGN_PUBLIC_SIZE], unused[SIGN_SECRET_SIZE];
	sign_keypair(other, unused);
	hex_add(&hex, other, sizeof(other));
	assert_ok(cli_receipts_pin(&r, buf_cstr(&hex), &support_err));
	assert_err(check("aspora.verdict.v1\ndomain ecm\n", false), ERR_TAMPERED,
		   "another key signed it");
	buf_reset(&hex);
	hex_add(&hex, public_key, sizeof(public_key));
	assert_ok(cli_receipts_pin(&r, buf_cstr(&hex), &support_err));
	assert_ok(check("aspora.verdict.v1\ndomain ecm\n", false));
}
END_TEST

START_TEST(what_is_no_key_cannot_be_pinned)
{
	set_up();
	assert_err(cli_receipts_pin(&r, "/dev/null", &support_err), ERR_INVALID,
		   "/dev/null does not hold a public key");
	ck_assert_int_eq(cli_receipts_pin(&r, "/no/such/file", &support_err), ERR_NOT_FOUND);
	char not_hex[2 * SIGN_PUBLIC_SIZE + 1];
	memset(not_hex, 'x', sizeof(not_hex) - 1);
	not_hex[sizeof(not_hex) - 1] = '\0';
	assert_err(cli_receipts_pin(&r, not_hex, &support_err), ERR_INVALID, "public key");
}
END_TEST

START_TEST(releases_follow_one_another)
{
	static const struct digest zero;
	set_up();
	const char *first = release_text(1, &zero);
	struct digest hash = digest_tagged("aspora.release.v1", str_of(first));
	assert_ok(check(first, false));
	assert_ok(check(release_text(2, &hash), false));
	assert_err(check(release_text(3, &hash), false), ERR_TAMPERED,
		   "does not follow the release before it");
	hash = r.hash;
	assert_err(check(release_text(4, &hash), false), ERR_TAMPERED,
		   "a release before it is missing");
	assert_ok(check(release_text(3, &hash), false));
	ck_assert_int_eq(r.release, 3);
}
END_TEST

START_TEST(the_first_release_follows_nothing)
{
	struct digest other = digest_of(STR("x"));
	set_up();
	assert_err(check(release_text(1, &other), false), ERR_TAMPERED, "does not follow");
	/* In the middle of a chain that is not known from its beginning there is nothing to hold it against. */
	assert_ok(check(release_text(7, &other), false));
}
END_TEST

START_TEST(what_is_no_receipt_is_said_to_be_none)
{
	const struct doc_node *n = NULL;
	set_up();
	assert_err(check("something else\n", false), ERR_INVALID, "no receipt that is known");
	assert_err(check("aspora.release.v1\nrelease x\n", false), ERR_INVALID, "names no release");
	assert_ok(doc_parse_json(arena,
				 STR("{\"text\":\"aspora.verdict.v1\\n\",\"signer\":\"YQ==\"}"),
				 &doc_limits_json, "r", &n, &support_err));
	assert_err(cli_receipts_check(&r, n, "f:2", &support_err), ERR_INVALID,
		   "f:2 is no receipt: signer or signature is missing");
}
END_TEST

START_TEST(a_line_is_found_by_its_whole_name)
{
	struct str text = STR("release 12\nreleased no\nprevious ab cd\nempty\n");
	assert_str(cli_receipt_line(text, "release"), "12");
	assert_str(cli_receipt_line(text, "previous"), "ab cd");
	ck_assert_ptr_null(cli_receipt_line(text, "empty").p);
	ck_assert_ptr_null(cli_receipt_line(text, "rel").p);
}
END_TEST

START_TEST(a_release_names_a_domain_with_its_candidate)
{
	const struct str text = STR("aspora.release.v1\nrelease 12\n"
				    "domain update ecm main r1 c1 p1 s1\n"
				    "domain delete old main r1\n"
				    "platform main r1 c1\n");
	ck_assert(cli_receipt_names(text, "ecm", STR("c1")));
	ck_assert(!cli_receipt_names(text, "ecm", STR("c2")));
	ck_assert(!cli_receipt_names(text, "ec", STR("c1")));
	ck_assert(!cli_receipt_names(text, "old", STR("")));
	ck_assert(!cli_receipt_names(text, "main", STR("c1")));
	ck_assert(!cli_receipt_names(STR_NULL, "ecm", STR("c1")));
}
END_TEST

static const struct support_case cases[] = {CASE(good_ones_of_each_kind_are_counted),
					    CASE(a_text_changed_by_one_bit_is_tampered_with),
					    CASE(only_the_pinned_key_counts),
					    CASE(what_is_no_key_cannot_be_pinned),
					    CASE(releases_follow_one_another),
					    CASE(the_first_release_follows_nothing),
					    CASE(what_is_no_receipt_is_said_to_be_none),
					    CASE(a_line_is_found_by_its_whole_name),
					    CASE(a_release_names_a_domain_with_its_candidate),
					    {0}};

int main(void)
{
	return support_main("cli/receipt", cases);
}
