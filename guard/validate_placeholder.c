/* Whether a value was chosen at random and kept, or stands for one. */
#include "guard/validate_int.h"

#include <ctype.h>
#include <math.h>

/* Parts that only what stands for a secret has; long enough that chance does not make them. */
static const char *const standing_for[] = {"example",
					   "changeme",
					   "change-me",
					   "change_me",
					   "placeholder",
					   "your-",
					   "your_",
					   "yourkey",
					   "yourtoken",
					   "yoursecret",
					   "yourpassword",
					   "yourapi",
					   "insert-",
					   "insert_",
					   "replace-",
					   "replace_",
					   "replaceme",
					   "replacewith",
					   "redacted",
					   "dummy",
					   "sample",
					   "fakekey",
					   "fake-",
					   "fake_",
					   "notreal",
					   "not-real",
					   "not_a_real",
					   "not-a-real",
					   "xxxx",
					   "****",
					   "....",
					   "todo",
					   "fixme",
					   "<your",
					   "my-secret-key",
					   "my_secret_key",
					   "mysecret",
					   "mypassword",
					   "supersecret",
					   "super-secret",
					   "super_secret",
					   "topsecret",
					   "0123456789abcdef0123456789abcdef",
					   "123e4567-e89b",
					   "550e8400-e29b",
					   "00000000-0000",
					   "11111111-1111",
					   "deadbeefdeadbeef",
					   "foobar",
					   "lorem",
					   "goes-here",
					   "goes_here",
					   "goeshere",
					   "key-here",
					   "token-here",
					   "key_here",
					   "token_here",
					   "keyhere",
					   "tokenhere",
					   "-here",
					   "_here",
					   "tbd",
					   "n/a",
					   "hunter2",
					   "letmein",
					   "correcthorse",
					   "correct-horse",
					   NULL};
/* Whole values that nobody keeps. */
static const char *const common[] = {
	"password",   "passwd",	   "pass",	  "pwd",	  "secret",
	"token",      "key",	   "apikey",	  "api_key",	  "api-key",
	"none",	      "null",	   "nil",	  "undefined",	  "true",
	"false",      "string",	   "str",	  "required",	  "optional",
	"test",	      "testing",   "test123",	  "test1234",	  "admin",
	"root",	      "user",	   "username",	  "postgres",	  "mysql",
	"guest",      "default",   "value",	  "empty",	  "hidden",
	"unset",      "password1", "password123", "passw0rd",	  "p@ssw0rd",
	"p@ssword",   "qwerty",	   "123456",	  "12345678",	  "123456789",
	"1234567890", "abc123",	   "secret123",	  "access_token", "accesstoken",
	"bearer",     "basic",	   "redis",	  "rabbitmq",	  "mongo",
	"dev",	      "local",	   "pw",	  "pass123",	  "admin123",
	NULL};

/* The first two bytes of a part, letters (and whatever else that bit falls on) lowered. */
static unsigned pair_of(const char *p)
{
	return ((uint8_t)p[0] | 0x20u) << 8 | (uint8_t)p[1] | 0x20u;
}

static bool has_part_at(struct str rest)
{
	for (const char *const *part = standing_for; *part; part++) {
		struct str word = str_of(*part);
		if (rest.len >= word.len && str_eq_nocase(str_sub(rest, 0, word.len), word))
			return true;
	}
	return false;
}

/* Few places of a value begin like any of the parts. */
static bool stands_for_another(struct str value)
{
	static uint64_t pairs[1024];
	static bool ready;
	for (const char *const *part = standing_for; !ready && *part; part++)
		pairs[pair_of(*part) >> 6] |= (uint64_t)1 << (pair_of(*part) & 63);
	ready = true;
	for (size_t i = 0; i + 2 < value.len; i++) {
		unsigned pair = pair_of(value.p + i);
		if (pairs[pair >> 6] >> (pair & 63) & 1 &&
		    has_part_at(str_sub(value, i, value.len)))
			return true;
	}
	return false;
}

/* At least half of it runs on by one ("abcdefgh", "12345678"), or repeats one byte. */
static bool is_monotone(struct str v)
{
	size_t steps = 0, same = 0;
	for (size_t i = 1; i < v.len; i++) {
		steps += v.p[i] == v.p[i - 1] + 1;
		same += v.p[i] == v.p[i - 1];
	}
	return v.len > 3 && ((steps + 1) * 2 > v.len || (same + 1) * 2 > v.len);
}

/* "<token>", "${VAR}", "{{ key }}", "%(name)s", "[KEY]", "$VAR", "%VAR%", "#{x}". */
static bool is_template(struct str v)
{
	char first = v.p[0], last = v.p[v.len - 1];
	if ((first == '<' && last == '>') || (first == '[' && last == ']') ||
	    (first == '{' && last == '}') ||
	    (first == '%' && (last == '%' || (v.len > 1 && v.p[1] == '('))))
		return true;
	if (str_find(v, STR("${"), 0) >= 0 || str_find(v, STR("{{"), 0) >= 0 ||
	    str_find(v, STR("%s"), 0) >= 0 || str_find(v, STR("#{"), 0) >= 0 ||
	    str_find(v, STR("$("), 0) >= 0 || str_find(v, STR("<%"), 0) >= 0)
		return true;
	if (first == '<' || str_starts(v, STR("&lt;")) ||
	    (first == '$' && v.len > 1 && (isupper((unsigned char)v.p[1]) || v.p[1] == '_')))
		return true;
	return false;
}

/* "API_KEY_OF_THE_BANK": a name of a variable. */
static bool is_variable(struct str v)
{
	size_t letters = 0, underscores = 0;
	for (size_t i = 0; i < v.len; i++) {
		if (!isupper((unsigned char)v.p[i]) && v.p[i] != '_')
			return false;
		letters += v.p[i] != '_';
		underscores += v.p[i] == '_';
	}
	return underscores >= 1 && letters >= 3;
}

bool validate_is_placeholder(struct str value)
{
	if (value.len == 0)
		return true;
	for (const char *const *c = common; *c; c++)
		if (str_eq_nocase(value, str_of(*c)))
			return true;
	return is_template(value) || is_monotone(value) || is_variable(value) ||
	       stands_for_another(value);
}

bool validate_is_reference(struct str value)
{
	static const char *const starts[] = {
		"env:",	     "secret:",	  "file:",   "vault:",	"vault/",      "op://",
		"aws:",	     "arn:",	  "gcp:",    "azure:",	"process.env", "os.environ",
		"os.getenv", "getenv",	  "env(",    "env[",	"env.",	       "config.",
		"config[",   "settings.", "self.",   "this.",	"secrets.",    "var.",
		"vars.",     "local.",	  "data.",   "module.", "req.",	       "request.",
		"ref+",	     "keyvault",  "ssm:",    "sops:",	"enc[",	       "!vault",
		"options.",  "params.",	  "args.",   "get_",	"get(",	       "system.",
		"std::env",  "viper.",	  "keyring", NULL};
	for (const char *const *s = starts; *s; s++)
		if (str_eq_nocase(str_sub(value, 0, strlen(*s)), str_of(*s)))
			return true;
	/* A call or an index of code, not a value. */
	ptrdiff_t open = str_find_byte(value, '(', 0);
	return open > 0 && (isalnum((unsigned char)value.p[open - 1]) || value.p[open - 1] == '_');
}

double validate_entropy(struct str s)
{
	unsigned count[256] = {0};
	double bits = 0;
	for (size_t i = 0; i < s.len; i++)
		count[(unsigned char)s.p[i]]++;
	for (size_t c = 0; c < 256; c++)
		if (count[c]) {
			double p = (double)count[c] / (double)s.len;
			bits -= p * log2(p);
		}
	return bits;
}

struct kinds {
	size_t lower, upper, digits;
	bool hex;
};

static struct kinds kinds_of(struct str s)
{
	struct kinds k = {.hex = true};
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];
		k.lower += islower(c) != 0;
		k.upper += isupper(c) != 0;
		k.digits += isdigit(c) != 0;
		k.hex = k.hex && (isxdigit(c) || c == '-');
	}
	return k;
}

/* Small letters in a row as a word has them: a quarter of them vowels or more, and never five consonants together. */
static bool is_word(size_t len, size_t vowels, size_t cluster)
{
	return len >= 3 && vowels * 4 >= len && cluster < 5;
}

/*
 * Letters and digits in words: three letters or more, all small but the first. Of names in code ("getUserById2",
 * "my-kebab-name") that is nearly all, of random text of any alphabet less than half.
 */
static bool is_made_of_words(struct str s)
{
	size_t in_words = 0, all = 0, len = 0, vowels = 0, consonants = 0, cluster = 0;
	for (size_t i = 0; i <= s.len; i++) {
		unsigned char c = i < s.len ? (unsigned char)s.p[i] : ' ';
		all += isalnum(c) != 0;
		if (!islower(c)) {
			in_words += is_word(len, vowels, cluster) ? len : 0;
			len = vowels = consonants = cluster = 0;
		}
		if (isalpha(c)) {
			bool vowel = strchr("aeiouyAEIOUY", c) != NULL;
			len++;
			vowels += vowel;
			consonants = vowel ? 0 : consonants + 1;
			cluster = MAX(cluster, consonants);
		}
	}
	return in_words * 5 > all * 3;
}

bool validate_is_random(struct str s)
{
	if (str_starts(s, STR("0x")) && s.len > 34)
		s = str_sub(s, 2, s.len);
	if (s.len < 12)
		return false;
	struct kinds k = kinds_of(s);
	double alphabet = k.hex ? 16 : k.upper && k.lower ? 62 : 36;
	double most = log2(MIN((double)s.len, alphabet));
	unsigned classes = (k.lower > 0) + (k.upper > 0) + (k.digits > 0);
	/*
	 * Random text of n bytes from an alphabet this large has 0.85 … 0.97 of what it could have, typed at random somewhat less; prose
	 * 0.6 … 0.85, without digits.
	 */
	if (validate_entropy(s) < most * (k.hex || k.digits >= 3 ? 0.74 : 0.8))
		return false;
	if (k.hex)
		return k.digits >= 2 && k.lower + k.upper >= 2;
	return classes >= 2 && (k.digits > 0 || s.len >= 24) && !is_made_of_words(s);
}
