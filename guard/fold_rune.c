/* What a rune folds to. The spans are unpacked once into pages of 256 runes, so that a look-up is two loads. */
#include "guard/fold.h"

#include <assert.h>

#define PAGES 96
#define LAST_RUNE 0x10FFFF

/* The kind in the upper byte, the character in the lower. */
static uint16_t pages[PAGES][256];
static uint8_t page_of[(LAST_RUNE >> 8) + 1]; /* 0: nothing in it folds */
static size_t page_count;

static void put(uint32_t rune, enum fold_kind kind, char to)
{
	uint8_t *page = &page_of[rune >> 8];
	if (!*page) {
		assert(page_count + 1 < PAGES);
		*page = (uint8_t)++page_count;
	}
	pages[*page][rune & 0xFF] = (uint16_t)(kind << 8 | (unsigned char)to);
}

static void put_spans(const struct fold_span *spans, size_t count, enum fold_kind kind)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; spans[i].to[k]; k++)
			put(spans[i].first + (uint32_t)k, kind, spans[i].to[k]);
	}
}

/* Combining marks that ornament Latin letters; those that spell other scripts are not among them. */
static const struct {
	uint32_t first, last;
} marks[] = {{0x300, 0x34E},   {0x350, 0x36F},	 {0x483, 0x489},  {0x1AB0, 0x1ACE},
	     {0x1DC0, 0x1DFF}, {0x20D0, 0x20F0}, {0xFE20, 0xFE2F}};

static void build(void)
{
	put_spans(fold_alike, fold_alike_count, FOLD_ALIKE);
	put_spans(fold_plain, fold_plain_count, FOLD_PLAIN);
	for (size_t i = 0; i < fold_long_count; i++)
		put(fold_long[i].first, FOLD_LONG, '\0');
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		for (uint32_t r = marks[i].first; r <= marks[i].last; r++)
			put(r, FOLD_MARK, '\0');
	}
	/* Planes of tags and selectors are decided in fold_rune; the rest of what hides is in the pages. */
	for (uint32_t r = 0xA0; r <= 0x1DFFF; r++) {
		if (rune_is_deceptive(r) && r != 0x2028 && r != 0x2029)
			put(r, FOLD_DROP, '\0');
	}
	put(0xFE0E, FOLD_DROP, '\0');
	put(0xFE0F, FOLD_DROP, '\0');
	put(0x2800, FOLD_DROP, '\0'); /* a Braille cell without dots */
	put(0x85, FOLD_PLAIN, ' ');
	put(0x2028, FOLD_PLAIN, ' ');
	put(0x2029, FOLD_PLAIN, ' ');
}

enum fold_kind fold_rune(uint32_t rune, char *ret_to)
{
	if (UNLIKELY(!page_count))
		build();
	if (rune >= 0xE0000)
		return rune < 0xE1000 ? FOLD_DROP : FOLD_OTHER;
	uint16_t cell = pages[page_of[rune >> 8]][rune & 0xFF];
	*ret_to = (char)(cell & 0xFF);
	return (enum fold_kind)(cell >> 8);
}

const char *fold_rune_long(uint32_t rune)
{
	size_t low = 0, high = fold_long_count;
	while (low < high) {
		size_t mid = (low + high) / 2;
		if (fold_long[mid].first < rune)
			low = mid + 1;
		else
			high = mid;
	}
	return low < fold_long_count && fold_long[low].first == rune ? fold_long[low].to : "";
}

bool fold_rune_is_letter(uint32_t rune)
{
	if (rune < 0x80)
		return (rune | 0x20) - 'a' < 26;
	if (rune < 0x2000)
		return rune >= 0xC0 && rune != 0xD7 && rune != 0xF7;
	return (rune >= 0x2C00 && rune < 0x2E00) || (rune >= 0x3040 && rune < 0xD800) ||
	       (rune >= 0xF900 && rune < 0xFE00) || (rune >= 0xFE70 && rune < 0xFF00) ||
	       (rune >= 0xFF21 && rune < 0xFFDD) || (rune >= 0x10000 && rune < 0x1D800) ||
	       (rune >= 0x20000 && rune < 0x40000);
}
