#include "skill/tokens.h"

enum piece {
	PIECE_MARK,
	PIECE_LETTERS,
	PIECE_DIGITS,
	PIECE_BLANK,
	PIECE_LINE_END,
	PIECE_ALPHABET,
	PIECE_OTHER
};

/* What is not named is a mark. */
static const uint8_t ascii[0x80] = {
	['a' ... 'z'] = PIECE_LETTERS, ['A' ... 'Z'] = PIECE_LETTERS, ['0' ... '9'] = PIECE_DIGITS,
	[' '] = PIECE_BLANK,	       ['\t'] = PIECE_BLANK,	      ['\n'] = PIECE_LINE_END,
	['\r'] = PIECE_LINE_END,
};

static enum piece piece_of(uint32_t r)
{
	if (r < ARRAY_SIZE(ascii))
		return (enum piece)ascii[r];
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

/* The end of a run of ASCII of one kind that begins before i. */
static size_t run_end(struct str text, size_t i, enum piece of)
{
	while (i < text.len && (unsigned char)text.p[i] < ARRAY_SIZE(ascii) &&
	       ascii[(unsigned char)text.p[i]] == of)
		i++;
	return i;
}

size_t tokens_estimate(struct str text)
{
	size_t total = 0, run = 0;
	enum piece of = PIECE_OTHER;
	uint32_t first = 0;
	for (size_t i = 0; i < text.len;) {
		unsigned char c = (unsigned char)text.p[i];
		uint32_t r = c < ARRAY_SIZE(ascii) ? (i++, c) : str_next_rune(text, &i);
		enum piece p = piece_of(r);
		if (run && p == of && (p != PIECE_MARK || r == first)) {
			run++;
			continue;
		}
		total += cost(of, run, first);
		size_t end = p == PIECE_LETTERS ? run_end(text, i, p) : i;
		of = p;
		first = r;
		run = 1 + end - i;
		i = end;
	}
	return total + cost(of, run, first);
}
