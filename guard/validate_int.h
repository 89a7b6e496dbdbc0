/*
 * What the validators share: digits of a match, words around it, entropy, placeholders. A validator is pure: it looks at one match in its
 * text and says whether it can be what the pattern means; a check digit is computed, a range is looked up, words before
 * it ("order", "tracking") speak against it.
 */
#ifndef GUARD_VALIDATE_INT_H
#define GUARD_VALIDATE_INT_H

#include "guard/guard_int.h"

#define VALIDATE_DIGITS_MAX 64

/* ---- words and shapes around a match: validate_context.c ---- */

/*
 * The digits of s without what stands between them, NUL-terminated. Returns how many; SIZE_MAX when there are more than
 * VALIDATE_DIGITS_MAX.
 */
size_t validate_digits(struct str s, char out[VALIDATE_DIGITS_MAX + 1]);
/* Digits and letters, letters in upper case; else as above. */
size_t validate_alnum(struct str s, char out[VALIDATE_DIGITS_MAX + 1]);
bool validate_all_same(const char *digits);
/*
 * Whether one of words (lower case, NULL at the end) stands at most `before` bytes before start or `after` bytes after
 * end, as a word: it does not begin inside another one ("border" is no "order", "cardNumber" has "number"), and one of at
 * most four letters does not go on in small letters either.
 */
bool validate_near(struct str text, size_t start, size_t end, size_t before, size_t after,
		   const char *const *words);
/* The same in a piece of text. */
bool validate_has_word(struct str s, const char *const *words); /* words: static */
/* One of them, at this place. */
bool validate_word_at(struct str s, size_t at, const char *word);
/*
 * The head of the column that start stands in, when its line is one of a table (CSV, TSV, Markdown): the same cell of
 * the first line of the block. STR_NULL when there is none. Points into text.
 */
struct str validate_column(struct str text, size_t start);
/* Another text is looked at from now on: what is remembered of the last one's tables does not hold for it. */
void validate_forget(void);
/* Words that say that a number is an id of a thing: an order, a parcel, a build. */
extern const char *const validate_id_words[];

/* ---- values that nobody keeps secret: validate_placeholder.c ---- */

/* "changeme", "your-key-here", "xxxx", "${VAR}", "<token>", "{{ key }}", "abcdefgh", "…". */
bool validate_is_placeholder(struct str value);
/* A reference to where the value is: "env:NAME", "secret:NAME", "vault://…", "os.environ[…]", "file:/…". */
bool validate_is_reference(struct str value);
/* Bits per byte (Shannon 1948), 0 for the empty text. */
double validate_entropy(struct str s);
/* Whether the bytes look chosen at random in their alphabet (hex, base64, …), for their length. */
bool validate_is_random(struct str s);

/* ---- check digits: validate_checksum.c ---- */

bool validate_luhn(const char *digits, size_t n); /* ISO/IEC 7812-1 annex B */
bool validate_verhoeff(const char *digits, size_t n); /* J. Verhoeff 1969 */
/* The sum of digit times weight. */
unsigned validate_weigh(const char *digits, const unsigned char *weights, size_t n);
/* The remainder of an alphanumeric number, letters as 10 … 35, by 97 (ISO/IEC 7064). */
unsigned validate_mod97(const char *alnum, size_t n, unsigned start);
/* Decodes base64 or base64url, padded or not. SIZE_MAX when it is neither or out is too small. */
size_t validate_base64(struct str s, unsigned char *out, size_t size);

/* ---- the validators, by file ---- */

#define VALIDATOR(name) bool name(struct str text, size_t start, size_t end, unsigned *confidence)

/* validate_money.c */
VALIDATOR(validate_card);
VALIDATOR(validate_iban);
VALIDATOR(validate_aba);
VALIDATOR(validate_ifsc);
VALIDATOR(validate_sort_code);
VALIDATOR(validate_bank_account);
VALIDATOR(validate_upi);
VALIDATOR(validate_vat);
VALIDATOR(validate_bitcoin);
/* validate_asia.c */
VALIDATOR(validate_aadhaar);
VALIDATOR(validate_pan);
VALIDATOR(validate_emirates_id);
VALIDATOR(validate_nric);
VALIDATOR(validate_tfn);
VALIDATOR(validate_medicare);
/* validate_person.c */
VALIDATOR(validate_ssn);
VALIDATOR(validate_sin);
VALIDATOR(validate_nhs);
VALIDATOR(validate_nino);
VALIDATOR(validate_steuer_id);
VALIDATOR(validate_dni);
VALIDATOR(validate_nir);
VALIDATOR(validate_cpf);
VALIDATOR(validate_cnpj);
VALIDATOR(validate_passport);
VALIDATOR(validate_licence);
VALIDATOR(validate_imei);
/* validate_net.c */
VALIDATOR(validate_ipv4);
VALIDATOR(validate_ipv6);
VALIDATOR(validate_mac);
VALIDATOR(validate_email);
/* validate_date.c */
VALIDATOR(validate_birth_date);
/* validate_phone.c */
VALIDATOR(validate_phone_e164);
VALIDATOR(validate_phone_national);
VALIDATOR(validate_phone_nanp);
/* validate_token.c */
VALIDATOR(validate_github);
VALIDATOR(validate_npm);
VALIDATOR(validate_pypi);
VALIDATOR(validate_jwt);
VALIDATOR(validate_telegram);
VALIDATOR(validate_discord);
VALIDATOR(validate_aws_secret);
VALIDATOR(validate_token);
/* validate_key.c */
VALIDATOR(validate_pem);
VALIDATOR(validate_service_account);
VALIDATOR(validate_azure_key);
VALIDATOR(validate_base64_32);
VALIDATOR(validate_database_url);
VALIDATOR(validate_random);
/* validate_assign.c */
VALIDATOR(validate_assignment);
VALIDATOR(validate_password);
VALIDATOR(validate_key);

#endif
