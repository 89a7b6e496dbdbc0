/* UTF-8 (RFC 3629), and the characters that hide from a reviewer. */
#include "base/str.h"

/* Length of the valid sequence at pos and its code point, or 0. */
static size_t decode(struct str s, size_t pos, uint32_t *ret_rune)
{
	const unsigned char *p = (const unsigned char *)s.p + pos;
	size_t left = s.len - pos;
	if (p[0] < 0x80) {
		*ret_rune = p[0];
		return 1;
	}
	size_t len = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
	if (p[0] < 0xC2 || p[0] > 0xF4 || left < len)
		return 0;
	uint32_t rune = p[0] & (0x7Fu >> len);
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return 0;
		rune = rune << 6 | (p[i] & 0x3F);
	}
	bool overlong = rune < (len == 4 ? 0x10000u : len == 3 ? 0x800u : 0x80u);
	if (overlong || rune > 0x10FFFF || (rune >= 0xD800 && rune <= 0xDFFF))
		return 0;
	*ret_rune = rune;
	return len;
}

bool str_is_utf8(struct str s, size_t *ret_bad)
{
	uint32_t rune;
	for (size_t pos = 0, len; pos < s.len; pos += len) {
		if ((unsigned char)s.p[pos] < 0x80) {
			len = 1;
			continue;
		}
		len = decode(s, pos, &rune);
		if (len == 0) {
			if (ret_bad)
				*ret_bad = pos;
			return false;
		}
	}
	return true;
}

uint32_t str_next_rune(struct str s, size_t *pos)
{
	uint32_t rune;
	size_t len = decode(s, *pos, &rune);
	*pos += len ? len : 1;
	return len ? rune : 0xFFFD;
}

size_t rune_encode(uint32_t rune, char out[4])
{
	static const unsigned char lead[5] = {0, 0, 0xC0, 0xE0, 0xF0};
	if (rune < 0x80) {
		out[0] = (char)rune;
		return 1;
	}
	if (rune > 0x10FFFF || (rune >= 0xD800 && rune <= 0xDFFF))
		rune = 0xFFFD;
	size_t len = rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;
	for (size_t i = len - 1; i > 0; i--, rune >>= 6)
		out[i] = (char)(0x80 | (rune & 0x3F));
	out[0] = (char)(lead[len] | rune);
	return len;
}

/*
 * Unicode 15: general category Cf and the characters that render as nothing, less the ones that
 * ordinary text needs (U+FE0E/F, which choose how an emoji looks). Line and paragraph separators are
 * here because an editor shows one line where YAML sees two.
 */
static const struct {
	uint32_t first, last;
} deceptive[] = {
	{0x00, 0x08},	  {0x0B, 0x1F},	      {0x7F, 0x9F},	  {0xAD, 0xAD},
	{0x34F, 0x34F},	  {0x61C, 0x61C},     {0x115F, 0x1160},	  {0x17B4, 0x17B5},
	{0x180B, 0x180F}, {0x200B, 0x200F},   {0x2028, 0x202E},	  {0x2060, 0x206F},
	{0x3164, 0x3164}, {0xFE00, 0xFE0D},   {0xFEFF, 0xFEFF},	  {0xFFA0, 0xFFA0},
	{0xFFF9, 0xFFFB}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
};

bool rune_is_deceptive(uint32_t rune)
{
	size_t low = 0, high = ARRAY_SIZE(deceptive);
	while (low < high) {
		size_t mid = (low + high) / 2;
		if (rune > deceptive[mid].last)
			low = mid + 1;
		else
			high = mid;
	}
	return low < ARRAY_SIZE(deceptive) && rune >= deceptive[low].first;
}
