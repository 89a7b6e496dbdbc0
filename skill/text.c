#include "skill/text.h"

#include <stdio.h>

/* Writes one character's escape, or nothing when it may stand as it is; len bytes of s at pos. */
static int escape_rune(uint32_t rune, struct str s, size_t pos, size_t len, char out[16])
{
	if (rune == '\n' || rune == '\t')
		return snprintf(out, 16, "\\%c", rune == '\n' ? 'n' : 't');
	if (rune == 0xFFFD && len == 1)
		return snprintf(out, 16, "\\x%02x", (unsigned char)s.p[pos]);
	if (!rune_is_deceptive(rune))
		return 0;
	return snprintf(out, 16, rune < 0x80 ? "\\x%02x" : "\\u{%x}", rune);
}

void text_escape(struct buf *out, struct str s, size_t most)
{
	size_t begin = out->len;
	for (size_t pos = 0; pos < s.len;) {
		char escaped[16];
		size_t at = pos;
		uint32_t rune = str_next_rune(s, &pos);
		int len = escape_rune(rune, s, at, pos - at, escaped);
		struct str piece = len ? str_make(escaped, (size_t)len) : str_sub(s, at, pos);
		if (most && out->len - begin + piece.len > most) {
			buf_addz(out, "...");
			return;
		}
		buf_add_str(out, piece);
	}
}

char *text_quote(struct str s, char *out, size_t out_size)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(out_size + 8);
	text_escape(&b, s, out_size > 4 ? out_size - 4 : 1);
	snprintf(out, out_size, "%s", buf_cstr(&b));
	return out;
}
