#include "base/crypto.h"

#include <assert.h>
#include <sodium.h>
#include <stdalign.h>

#include "base/mem.h"

_Static_assert(sizeof(crypto_generichash_state) <= sizeof(((struct hasher *)0)->state),
	       "struct hasher is too small for libsodium's state");
_Static_assert(alignof(crypto_generichash_state) <= alignof(struct hasher),
	       "struct hasher is not aligned for libsodium's state");
_Static_assert(DIGEST_SIZE == crypto_generichash_BYTES, "BLAKE2b-256");
_Static_assert(SIGN_PUBLIC_SIZE == crypto_sign_PUBLICKEYBYTES, "Ed25519");
_Static_assert(SIGN_SECRET_SIZE == crypto_sign_SECRETKEYBYTES, "Ed25519");
_Static_assert(SIGN_SIZE == crypto_sign_BYTES, "Ed25519");

int crypto_init(struct err *err)
{
	if (sodium_init() < 0)
		return err_set(err, ERR_INTERNAL,
			       "libsodium could not find a source of randomness");
	return 0;
}

static const unsigned char *bytes_of(struct str s)
{
	return (const unsigned char *)(s.p ? s.p : "");
}

/* --- digests ---------------------------------------------------------------------------------- */

static crypto_generichash_state *state_of(struct hasher *h)
{
	return (crypto_generichash_state *)(void *)h->state;
}

void hasher_init(struct hasher *h)
{
	crypto_generichash_init(state_of(h), NULL, 0, DIGEST_SIZE);
}

void hasher_add(struct hasher *h, const void *data, size_t len)
{
	if (len)
		crypto_generichash_update(state_of(h), data, len);
}

struct digest hasher_end(struct hasher *h)
{
	struct digest d;
	crypto_generichash_final(state_of(h), d.bytes, DIGEST_SIZE);
	return d;
}

struct digest digest_of(struct str data)
{
	struct digest d;
	crypto_generichash(d.bytes, DIGEST_SIZE, bytes_of(data), data.len, NULL, 0);
	return d;
}

struct digest digest_tagged(const char *tag, struct str data)
{
	struct hasher h;
	hasher_init(&h);
	hasher_add(&h, tag, strlen(tag) + 1);
	hasher_add(&h, data.p, data.len);
	return hasher_end(&h);
}

bool digest_equal(const struct digest *a, const struct digest *b)
{
	return memcmp(a->bytes, b->bytes, DIGEST_SIZE) == 0;
}

bool digest_is_zero(const struct digest *d)
{
	return sodium_is_zero(d->bytes, DIGEST_SIZE);
}

char *digest_hex(const struct digest *d, char out[DIGEST_HEX + 1])
{
	return sodium_bin2hex(out, DIGEST_HEX + 1, d->bytes, DIGEST_SIZE);
}

bool digest_parse(struct str hex, struct digest *ret)
{
	for (size_t i = 0; i < hex.len; i++)
		if (hex.p[i] >= 'A' && hex.p[i] <= 'F')
			return false;
	struct digest d;
	if (!hex_parse(hex, d.bytes, DIGEST_SIZE))
		return false;
	*ret = d;
	return true;
}

void crypto_sha256(struct str data, uint8_t out[32])
{
	crypto_hash_sha256(out, bytes_of(data), data.len);
}

/* libsodium's one-call form takes only 32-byte keys; webhook secrets have any length. */
void crypto_hmac_sha256(struct str key, struct str data, uint8_t out[32])
{
	crypto_auth_hmacsha256_state state;
	crypto_auth_hmacsha256_init(&state, bytes_of(key), key.len);
	crypto_auth_hmacsha256_update(&state, bytes_of(data), data.len);
	crypto_auth_hmacsha256_final(&state, out);
	sodium_memzero(&state, sizeof(state));
}

/* --- bytes ------------------------------------------------------------------------------------ */

bool crypto_equal(const void *a, const void *b, size_t len)
{
	return sodium_memcmp(a, b, len) == 0;
}

void crypto_random(void *out, size_t len)
{
	randombytes_buf(out, len);
}

void crypto_wipe(void *p, size_t len)
{
	if (p)
		sodium_memzero(p, len);
}

/* The CRC-32 of gzip and PNG (ISO-HDLC: reflected 0x04C11DB7), four bits at a time. */
uint32_t crypto_crc32(struct str data)
{
	static const uint32_t table[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
		0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	uint32_t crc = 0xffffffff;
	for (size_t i = 0; i < data.len; i++) {
		crc ^= (unsigned char)data.p[i];
		crc = (crc >> 4) ^ table[crc & 15];
		crc = (crc >> 4) ^ table[crc & 15];
	}
	return crc ^ 0xffffffff;
}

/* --- signatures ------------------------------------------------------------------------------- */

void sign_keypair(uint8_t public_key[SIGN_PUBLIC_SIZE], uint8_t secret_key[SIGN_SECRET_SIZE])
{
	crypto_sign_keypair(public_key, secret_key);
}

void sign_make(const uint8_t secret_key[SIGN_SECRET_SIZE], struct str data,
	       uint8_t signature[SIGN_SIZE])
{
	crypto_sign_detached(signature, NULL, bytes_of(data), data.len, secret_key);
}

bool sign_verify(const uint8_t public_key[SIGN_PUBLIC_SIZE], struct str data,
		 const uint8_t signature[SIGN_SIZE])
{
	return crypto_sign_verify_detached(signature, bytes_of(data), data.len, public_key) == 0;
}

/* --- text encodings --------------------------------------------------------------------------- */

void hex_add(struct buf *out, const void *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *p = data;
	for (size_t i = 0; i < len; i++) {
		buf_add_char(out, digits[p[i] >> 4]);
		buf_add_char(out, digits[p[i] & 15]);
	}
}

bool hex_parse(struct str hex, void *out, size_t out_len)
{
	size_t written;
	if (hex.len != 2 * out_len)
		return false;
	return sodium_hex2bin(out, out_len, hex.p, hex.len, NULL, &written, NULL) == 0 &&
	       written == out_len;
}

static void encode(struct buf *out, struct str data, int variant)
{
	size_t len = sodium_base64_encoded_len(data.len, variant);
	char *p = buf_reserve(out, len);
	if (!p)
		return;
	sodium_bin2base64(p, len, bytes_of(data), data.len, variant);
	buf_grew(out, len - 1); /* the length above counts a NUL */
}

/*
 * libsodium 1.0.18 looks characters up as plain char, and takes some bytes above 0x7F for digits where char is signed
 * (codecs.c, b64_char_to_byte).
 */
static bool decode(struct str text, struct buf *out, int variant)
{
	for (size_t i = 0; i < text.len; i++) {
		if ((unsigned char)text.p[i] > 0x7F)
			return false;
	}
	size_t room = text.len / 4 * 3 + text.len % 4 * 3 / 4, len;
	if (!text.len)
		return true;
	char *p = buf_reserve(out, room);
	if (!p || sodium_base642bin((unsigned char *)p, room, text.p, text.len, NULL, &len, NULL,
				    variant) != 0)
		return false;
	buf_grew(out, len);
	return true;
}

void base64_add(struct buf *out, struct str data)
{
	encode(out, data, sodium_base64_VARIANT_ORIGINAL);
}

bool base64_decode(struct str text, struct buf *out)
{
	return text.len % 4 == 0 && decode(text, out, sodium_base64_VARIANT_ORIGINAL);
}

void base64url_add(struct buf *out, const void *data, size_t len)
{
	encode(out, str_make(data, len), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool base64url_decode(struct str text, struct buf *out)
{
	return decode(text, out, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* 248 is the largest multiple of 62 in a byte: what is above would favour the first digits. */
void base62_random(char *out, size_t digits)
{
	static const char alphabet[] =
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	size_t n = 0;
	while (n < digits) {
		unsigned char pool[64];
		randombytes_buf(pool, sizeof(pool));
		for (size_t i = 0; i < sizeof(pool) && n < digits; i++)
			if (pool[i] < 248)
				out[n++] = alphabet[pool[i] % 62];
		sodium_memzero(pool, sizeof(pool));
	}
	out[n] = '\0';
}
