#include <sys/stat.h>
#include <sys/wait.h>

#include "base/crypto.h"
#include "base/io.h"
#include "base/mem.h"
#include "tests/unit/support.h"

static char *hex_of(const void *p, size_t len, char *out)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(BUF_MAX);
	hex_add(&b, p, len);
	memcpy(out, buf_cstr(&b), b.len + 1);
	return out;
}

/* Vectors made with Python's hashlib.blake2b(digest_size=32). */
START_TEST(digests_are_blake2b_256)
{
	char hex[DIGEST_HEX + 1];
	struct digest d = digest_of(STR(""));
	ck_assert_str_eq(digest_hex(&d, hex),
			 "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
	d = digest_of(STR("abc"));
	ck_assert_str_eq(digest_hex(&d, hex),
			 "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
	d = digest_of(STR_NULL);
	ck_assert(!digest_is_zero(&d));
	memset(&d, 0, sizeof(d));
	ck_assert(digest_is_zero(&d));
}
END_TEST

START_TEST(a_digest_in_pieces_is_the_same)
{
	struct hasher h;
	hasher_init(&h);
	hasher_add(&h, "a", 1);
	hasher_add(&h, NULL, 0);
	hasher_add(&h, "bc", 2);
	struct digest pieces = hasher_end(&h), whole = digest_of(STR("abc"));
	ck_assert(digest_equal(&pieces, &whole));
}
END_TEST

START_TEST(a_tag_keeps_kinds_apart)
{
	struct digest plain = digest_of(STR("abc")), a = digest_tagged("a", STR("bc"));
	struct digest ab = digest_tagged("ab", STR("c")), by_hand = digest_of(STR("a\0bc"));
	ck_assert(!digest_equal(&plain, &a));
	ck_assert(!digest_equal(&a, &ab));
	ck_assert(digest_equal(&a, &by_hand));
}
END_TEST

START_TEST(a_digest_parses_only_as_it_is_written)
{
	char hex[DIGEST_HEX + 1];
	struct digest d = digest_of(STR("x")), back = {{0}}, kept = {{7}};
	digest_hex(&d, hex);
	ck_assert(digest_parse(str_of(hex), &back));
	ck_assert(digest_equal(&d, &back));
	back = kept;
	ck_assert(!digest_parse(str_make(hex, 63), &back));
	CLEANUP_FREE char *longer = mem_printf("%s0", hex);
	ck_assert(!digest_parse(str_of(longer), &back));
	hex[5] = 'g';
	ck_assert(!digest_parse(str_of(hex), &back));
	hex[5] = 'A';
	ck_assert(!digest_parse(str_of(hex), &back));
	ck_assert(digest_equal(&back, &kept));
}
END_TEST

START_TEST(sha256_and_hmac_match_their_standards)
{
	uint8_t out[32];
	char hex[65];
	crypto_sha256(STR("abc"), out); /* FIPS 180-2 */
	ck_assert_str_eq(hex_of(out, 32, hex),
			 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	/* RFC 4231, cases 2 and 6 (a key longer than a block). */
	crypto_hmac_sha256(STR("Jefe"), STR("what do ya want for nothing?"), out);
	ck_assert_str_eq(hex_of(out, 32, hex),
			 "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	char key[131];
	memset(key, 0xaa, sizeof(key));
	crypto_hmac_sha256(str_make(key, sizeof(key)),
			   STR("Test Using Larger Than Block-Size Key - Hash Key First"), out);
	ck_assert_str_eq(hex_of(out, 32, hex),
			 "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
	crypto_hmac_sha256(STR(""), STR(""), out);
	ck_assert_str_eq(hex_of(out, 32, hex),
			 "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}
END_TEST

START_TEST(crc32_is_that_of_gzip)
{
	ck_assert_uint_eq(crypto_crc32(STR("")), 0);
	ck_assert_uint_eq(crypto_crc32(STR("123456789")), 0xcbf43926);
	ck_assert_uint_eq(crypto_crc32(STR("\0\xff")), 0x6cdbfd72);
}
END_TEST

/*
 * RFC 8032 section 7.1, test 2: the seed and public key follow one another in libsodium's
 * secret key.
 */
START_TEST(signatures_are_ed25519)
{
	uint8_t secret[64], public_key[32], signature[64], want[64];
	ck_assert(hex_parse(STR("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
				"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"),
			    secret, 64));
	memcpy(public_key, secret + 32, 32);
	sign_make(secret, STR("\x72"), signature);
	ck_assert(hex_parse(STR("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
				"085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
			    want, 64));
	ck_assert_mem_eq(signature, want, 64);
	ck_assert(sign_verify(public_key, STR("\x72"), signature));
	ck_assert(!sign_verify(public_key, STR("\x73"), signature));
	signature[10] ^= 1;
	ck_assert(!sign_verify(public_key, STR("\x72"), signature));
}
END_TEST

START_TEST(a_new_key_pair_signs_even_nothing)
{
	uint8_t secret[64], public_key[32], other[32], signature[64];
	sign_keypair(public_key, secret);
	sign_make(secret, STR_NULL, signature);
	ck_assert(sign_verify(public_key, STR(""), signature));
	sign_keypair(other, secret);
	ck_assert(!sign_verify(other, STR(""), signature));
}
END_TEST

START_TEST(hex_parses_exactly)
{
	uint8_t out[2] = {9, 9};
	ck_assert(hex_parse(STR("aBc0"), out, 2));
	ck_assert_uint_eq(out[0], 0xab);
	ck_assert_uint_eq(out[1], 0xc0);
	static const char *const bad[] = {"",	   "ab",   "abc",  "abc00",
					  "ab c0", "abcg", "0xab", "ab:c"};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_msg(!hex_parse(str_of(bad[i]), out, 2), "%s", bad[i]);
}
END_TEST

START_TEST(base64_writes_and_reads_rfc_4648)
{
	static const char *const rows[][2] = {
		{"", ""},
		{"f", "Zg=="},
		{"fo", "Zm8="},
		{"foo", "Zm9v"},
		{"foob", "Zm9vYg=="},
		{"fooba", "Zm9vYmE="},
		{"foobar", "Zm9vYmFy"},
		{"\xfb\xff", "+/8="},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(buf_release) struct buf out = BUF_INIT(64), back = BUF_INIT(64);
		base64_add(&out, str_of(rows[i][0]));
		ck_assert_str_eq(buf_cstr(&out), rows[i][1]);
		ck_assert(base64_decode(buf_str(&out), &back));
		assert_str(buf_str(&back), rows[i][0]);
	}
}
END_TEST

START_TEST(base64_is_strict)
{
	static const char *const bad[] = {"Z",	  "Zg",	  "Zg=",  "Zg==\n", " Zg=", "Zg==Zg==",
					  "Zh==", "Zm9=", "Z===", "====",   "-_8=", "Zm9v "};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		CLEANUP(buf_release) struct buf out = BUF_INIT(64);
		ck_assert_msg(!base64_decode(str_of(bad[i]), &out), "%s", bad[i]);
		ck_assert_uint_eq(out.len, 0);
	}
	CLEANUP(buf_release) struct buf small = BUF_INIT(2);
	ck_assert(!base64_decode(STR("Zm9v"), &small));
}
END_TEST

/* Of all 256 bytes those of the alphabet and no other, in the first place and in the last. */
static size_t digits_taken(bool (*decode)(struct str, struct buf *), const char *form)
{
	size_t taken = 0;
	for (unsigned place = 0; place < 4; place += 3) {
		for (unsigned c = 0; c < 256; c++) {
			char text[5];
			CLEANUP(buf_release) struct buf out = BUF_INIT(64);
			memcpy(text, form, sizeof(text));
			text[place] = (char)c;
			taken += decode(str_make(text, 4), &out);
		}
	}
	return taken;
}

START_TEST(sixty_four_characters_are_digits)
{
	ck_assert_uint_eq(digits_taken(base64url_decode, "AAAA"), 128);
	ck_assert_uint_eq(digits_taken(base64_decode, "AAAA"), 129); /* "AAA=" too */
}
END_TEST

START_TEST(base64url_writes_and_reads_without_padding)
{
	static const char *const rows[][2] = {
		{"", ""},	    {"f", "Zg"},	 {"fo", "Zm8"},		{"foo", "Zm9v"},
		{"foob", "Zm9vYg"}, {"\xfb\xff", "-_8"}, {"foobar", "Zm9vYmFy"}};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(buf_release) struct buf out = BUF_INIT(64), back = BUF_INIT(64);
		base64url_add(&out, rows[i][0], strlen(rows[i][0]));
		ck_assert_str_eq(buf_cstr(&out), rows[i][1]);
		ck_assert(base64url_decode(buf_str(&out), &back));
		assert_str(buf_str(&back), rows[i][0]);
	}
}
END_TEST

START_TEST(base64url_is_strict)
{
	static const char *const bad[] = {"Z",	   "Zg==", "Zm8=", "Zh",    "Zm9",   "+/8",
					  "Zm9vZ", "Zg\n", " Zg",  "Zm 9v", "Zm9v=", "-_9"};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		CLEANUP(buf_release) struct buf out = BUF_INIT(64);
		ck_assert_msg(!base64url_decode(str_of(bad[i]), &out), "%s", bad[i]);
		ck_assert_uint_eq(out.len, 0);
	}
	CLEANUP(buf_release) struct buf room = BUF_INIT(2);
	ck_assert(!base64url_decode(STR("Zg\0"), &room));
	ck_assert(!base64url_decode(STR("Zm9v"), &room));
	CLEANUP(buf_release) struct buf exact = BUF_INIT(2);
	ck_assert(base64url_decode(STR("Zm8"), &exact));
	assert_str(buf_str(&exact), "fo");
}
END_TEST

/* A bias of "byte modulo 62" would give the first 8 digits 25 % more: far outside the bounds. */
START_TEST(base62_has_no_bias)
{
	enum { DRAWS = 620000 };
	char *text = mem_alloc(DRAWS + 1);
	unsigned counts[256] = {0};
	base62_random(text, DRAWS);
	ck_assert_uint_eq(strlen(text), DRAWS);
	for (size_t i = 0; i < DRAWS; i++)
		counts[(unsigned char)text[i]]++;
	unsigned kinds = 0;
	for (size_t i = 0; i < 256; i++) {
		if (!counts[i])
			continue;
		kinds++;
		ck_assert_msg(counts[i] > 9200 && counts[i] < 10800, "%c came %u times", (char)i,
			      counts[i]);
	}
	ck_assert_uint_eq(kinds, 62);
	free(text);
	char none[1] = {'x'};
	base62_random(none, 0);
	ck_assert_int_eq(none[0], '\0');
}
END_TEST

START_TEST(random_bytes_differ_also_after_fork)
{
	uint8_t a[32], b[32];
	int fds[2];
	crypto_random(a, sizeof(a));
	assert_ok(io_pipe(fds, &support_err));
	pid_t pid = fork();
	if (pid == 0) {
		crypto_random(a, sizeof(a));
		_exit(io_write_all(fds[1], str_make((char *)a, sizeof(a)), NULL) < 0);
	}
	crypto_random(a, sizeof(a));
	ck_assert_int_eq(read(fds[0], b, sizeof(b)), sizeof(b));
	ck_assert(!crypto_equal(a, b, sizeof(a)));
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	close(fds[0]);
	close(fds[1]);
	crypto_wipe(a, sizeof(a));
	memset(b, 0, sizeof(b));
	ck_assert(crypto_equal(a, b, sizeof(a)));
	crypto_wipe(NULL, 0);
}
END_TEST

START_TEST(a_secret_is_compared_and_lent)
{
	CLEANUP(secret_release) struct secret s = SECRET_INIT;
	ck_assert(!secret_is_set(&s));
	ck_assert(!secret_equal(&s, STR("")));
	secret_set(&s, STR("hunter2"));
	ck_assert(secret_is_set(&s));
	ck_assert(secret_equal(&s, STR("hunter2")));
	ck_assert(!secret_equal(&s, STR("hunter3")));
	ck_assert(!secret_equal(&s, STR("hunter")));
	ck_assert(!secret_equal(&s, STR("hunter22")));
	assert_str(secret_lend(&s), "hunter2");
	ck_assert_int_eq(secret_lend(&s).p[7], '\0');
	/* From itself: the old bytes are read before they are wiped. */
	secret_set(&s, str_sub(secret_lend(&s), 0, 6));
	assert_str(secret_lend(&s), "hunter");
	secret_set(&s, STR(""));
	ck_assert(secret_is_set(&s));
	ck_assert(secret_equal(&s, STR("")));
	secret_release(&s);
	ck_assert(!secret_is_set(&s));
}
END_TEST

START_TEST(a_secret_comes_from_the_environment)
{
	CLEANUP(secret_release) struct secret s = SECRET_INIT;
	setenv("ASPORA_TEST_SECRET", "s3cret\n", 1);
	assert_ok(secret_resolve(&s, STR("env:ASPORA_TEST_SECRET"), &support_err));
	assert_str(secret_lend(&s), "s3cret\n");
	setenv("ASPORA_TEST_SECRET", "", 1);
	assert_err(secret_resolve(&s, STR("env:ASPORA_TEST_SECRET"), &support_err), ERR_NOT_FOUND,
		   "ASPORA_TEST_SECRET is empty");
	unsetenv("ASPORA_TEST_SECRET");
	assert_err(secret_resolve(&s, STR("env:ASPORA_TEST_SECRET"), &support_err), ERR_NOT_FOUND,
		   "ASPORA_TEST_SECRET is not set");
	assert_err(secret_resolve(&s, STR("env:"), &support_err), ERR_INVALID,
		   "no environment variable");
	assert_err(secret_resolve(&s, STR("env:A=B"), &support_err), ERR_INVALID,
		   "no environment variable");
	/* A failure leaves the old one. */
	assert_str(secret_lend(&s), "s3cret\n");
}
END_TEST

static void write_secret(const char *path, struct str data)
{
	assert_ok(io_write_file(path, data, 0600, &support_err));
}

START_TEST(a_secret_comes_from_a_file)
{
	CLEANUP(secret_release) struct secret s = SECRET_INIT;
	CLEANUP_FREE char *path = mem_printf("%s/key", support_dir());
	CLEANUP_FREE char *ref = mem_printf("file:%s", path);
	static const char *const rows[][2] = {
		{"abc", "abc"},	      {"abc\n", "abc"},	  {"abc\r\n", "abc"},
		{"abc\n\n", "abc\n"}, {" a b ", " a b "},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		write_secret(path, str_of(rows[i][0]));
		assert_ok(secret_resolve(&s, str_of(ref), &support_err));
		assert_str(secret_lend(&s), rows[i][1]);
	}
	CLEANUP(buf_release) struct buf big = BUF_INIT(BUF_MAX);
	buf_add_repeat(&big, 'x', 65536);
	write_secret(path, buf_str(&big));
	assert_ok(secret_resolve(&s, str_of(ref), &support_err));
	ck_assert_uint_eq(secret_lend(&s).len, 65536);
	buf_add_char(&big, 'x');
	write_secret(path, buf_str(&big));
	assert_err(secret_resolve(&s, str_of(ref), &support_err), ERR_TOO_LARGE,
		   "over 65536 bytes");
	write_secret(path, STR("\n"));
	assert_err(secret_resolve(&s, str_of(ref), &support_err), ERR_NOT_FOUND, "is empty");
	ck_assert_int_eq(unlink(path), 0);
	assert_err(secret_resolve(&s, str_of(ref), &support_err), ERR_NOT_FOUND, path);
	assert_err(secret_resolve(&s, STR("file:relative"), &support_err), ERR_INVALID,
		   "absolute path");
	assert_err(secret_resolve(&s, STR("file:/"), &support_err), ERR_IO, "reading");
}
END_TEST

START_TEST(a_secret_written_out_is_refused_and_not_repeated)
{
	CLEANUP(secret_release) struct secret s = SECRET_INIT;
	assert_err(secret_resolve(&s, STR("hunter2"), &support_err), ERR_INVALID,
		   "must be a reference");
	char line[2048];
	err_format(&support_err, line, sizeof(line));
	ck_assert_ptr_null(strstr(line, "hunter2"));
	ck_assert_ptr_nonnull(strstr(line, "env:NAME"));
}
END_TEST

static const struct support_case cases[] = {CASE(digests_are_blake2b_256),
					    CASE(a_digest_in_pieces_is_the_same),
					    CASE(a_tag_keeps_kinds_apart),
					    CASE(a_digest_parses_only_as_it_is_written),
					    CASE(sha256_and_hmac_match_their_standards),
					    CASE(crc32_is_that_of_gzip),
					    CASE(signatures_are_ed25519),
					    CASE(a_new_key_pair_signs_even_nothing),
					    CASE(hex_parses_exactly),
					    CASE(base64_writes_and_reads_rfc_4648),
					    CASE(base64_is_strict),
					    CASE(sixty_four_characters_are_digits),
					    CASE(base64url_writes_and_reads_without_padding),
					    CASE(base64url_is_strict),
					    CASE(base62_has_no_bias),
					    CASE(random_bytes_differ_also_after_fork),
					    CASE(a_secret_is_compared_and_lent),
					    CASE(a_secret_comes_from_the_environment),
					    CASE(a_secret_comes_from_a_file),
					    CASE(a_secret_written_out_is_refused_and_not_repeated),
					    {0}};

int main(void)
{
	return support_main("base/crypto", cases);
}
