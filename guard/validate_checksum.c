/* Check digits and encodings, over plain digits. */
#include "guard/validate_int.h"

bool validate_luhn(const char *digits, size_t n)
{
	unsigned sum = 0;
	for (size_t i = 0; i < n; i++) {
		unsigned d = (unsigned)(digits[n - 1 - i] - '0');
		if (i % 2)
			d = d < 5 ? 2 * d : 2 * d - 9;
		sum += d;
	}
	return n > 1 && sum % 10 == 0;
}

/* Multiplication and permutation in the dihedral group D5 (Verhoeff, Error Detecting Decimal Codes, 1969). */
bool validate_verhoeff(const char *digits, size_t n)
{
	static const unsigned char multiply[10][10] = {
		{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 2, 3, 4, 0, 6, 7, 8, 9, 5},
		{2, 3, 4, 0, 1, 7, 8, 9, 5, 6}, {3, 4, 0, 1, 2, 8, 9, 5, 6, 7},
		{4, 0, 1, 2, 3, 9, 5, 6, 7, 8}, {5, 9, 8, 7, 6, 0, 4, 3, 2, 1},
		{6, 5, 9, 8, 7, 1, 0, 4, 3, 2}, {7, 6, 5, 9, 8, 2, 1, 0, 4, 3},
		{8, 7, 6, 5, 9, 3, 2, 1, 0, 4}, {9, 8, 7, 6, 5, 4, 3, 2, 1, 0}};
	static const unsigned char permute[8][10] = {
		{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 5, 7, 6, 2, 8, 3, 0, 9, 4},
		{5, 8, 0, 3, 7, 9, 6, 1, 4, 2}, {8, 9, 1, 6, 0, 4, 3, 5, 2, 7},
		{9, 4, 5, 3, 1, 2, 6, 8, 7, 0}, {4, 2, 8, 6, 5, 7, 3, 9, 0, 1},
		{2, 7, 9, 3, 8, 0, 6, 4, 1, 5}, {7, 0, 4, 6, 9, 1, 3, 2, 5, 8}};
	unsigned c = 0;
	for (size_t i = 0; i < n; i++)
		c = multiply[c][permute[i % 8][digits[n - 1 - i] - '0']];
	return n > 1 && c == 0;
}

unsigned validate_weigh(const char *digits, const unsigned char *weights, size_t n)
{
	unsigned sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += (unsigned)(digits[i] - '0') * weights[i];
	return sum;
}

unsigned validate_mod97(const char *alnum, size_t n, unsigned start)
{
	unsigned r = start;
	for (size_t i = 0; i < n; i++) {
		char c = alnum[i];
		r = c >= 'A' ? (r * 100 + (unsigned)(c - 'A') + 10) % 97
			     : (r * 10 + (unsigned)(c - '0')) % 97;
	}
	return r;
}

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

size_t validate_base64(struct str s, unsigned char *out, size_t size)
{
	while (s.len && s.p[s.len - 1] == '=')
		s.len--;
	unsigned bits = 0, held = 0;
	size_t n = 0;
	for (size_t i = 0; i < s.len; i++) {
		int v = base64_value(s.p[i]);
		if (v < 0)
			return SIZE_MAX;
		held = held << 6 | (unsigned)v;
		bits += 6;
		if (bits < 8)
			continue;
		bits -= 8;
		if (n == size)
			return SIZE_MAX;
		out[n++] = (unsigned char)(held >> bits);
		held &= (1u << bits) - 1;
	}
	return s.len % 4 == 1 ? SIZE_MAX : n;
}
