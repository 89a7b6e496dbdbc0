#include "skill/tokens.h"

enum piece {
	PIECE_LETTERS,
	PIECE_DIGITS,
	PIECE_BLANK,
	PIECE_LINE_END,
	PIECE_MARK,
	PIECE_ALPHABET,
	PIECE_OTHER
};

static enum piece piece_of(uint32_t r)
{
	if ((r >= 'a' && r <= 'z') || (r >= 'A' && r <= 'Z'))
		return PIECE_LETTERS;
	if (r >= '0' && r <= '9')
		return PIECE_DIGITS;
	if (r == ' ' || r == '\t')
		return PIECE_BLANK;
	if (r == '\n' || r == '\r')
		return PIECE_LINE_END;
	if (r < 0x80)
		return PIECE_MARK;
	/* Latin-1 letters to Arabic. */
	return r >= 0xC0 && r < 0x700 ? PIECE_ALPHABET : PIECE_OTHER;
}

static size_t begun(size_t n, size_t each)
{
	return (n + each - 1) / each;
}

static size_t cost(enum piece p, size_t runes, uint32_t first)
{
	switch (p) {
	case PIECE_LETTERS:
		return begun(runes, 6);
	case PIECE_DIGITS:
		return begun(runes, 3);
	case PIECE_BLANK:
		return runes > 1 || first == '\t';
	case PIECE_LINE_END:
		return 1;
	case PIECE_MARK:
		return begun(runes, 4);
	case PIECE_ALPHABET:
		return begun(runes, 2);
	default:
		return runes;
	}
}

size_t tokens_estimate(struct str text)
{
	size_t total = 0, run = 0;
	enum piece of = PIECE_OTHER;
	uint32_t first = 0;
	for (size_t i = 0; i < text.len;) {
		uint32_t r = str_next_rune(text, &i);
		enum piece p = piece_of(r);
		if (run && p == of && (p != PIECE_MARK || r == first)) {
			run++;
			continue;
		}
		total += cost(of, run, first);
		of = p;
		first = r;
		run = 1;
	}
	return total + cost(of, run, first);
}
