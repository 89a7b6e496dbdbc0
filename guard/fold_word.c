/* Words of mixed scripts, and HTML entities. */
#include "guard/fold.h"

#define WORD_RUNES 64
#define AHEAD_RUNES 448 /* a row without an end is gone through in few pieces */

static size_t step_back(struct str text, size_t at)
{
	size_t n = 1;
	while (n < 4 && n < at && ((unsigned char)text.p[at - n] & 0xC0) == 0x80)
		n++;
	return at - n;
}

/* Takes a rune into the word; false when it ends the word. */
static bool count_rune(struct fold_word *w, uint32_t rune, int *last)
{
	char to = 0;
	enum fold_kind kind = rune < 0x80 ? FOLD_PLAIN : fold_rune(rune, &to);
	if (rune < 0x80)
		to = (char)(rune | 0x20);
	if (kind == FOLD_MARK || (kind == FOLD_DROP && rune >= 0x80))
		return true;
	bool letter = kind == FOLD_PLAIN ? (unsigned char)to - 'a' < 26u &&
						   (rune >= 0x80 || fold_rune_is_letter(rune))
					 : fold_rune_is_letter(rune);
	if (!letter)
		return false;
	int script = kind == FOLD_PLAIN || kind == FOLD_LONG ? 0 : kind == FOLD_ALIKE ? 1 : 2;
	if (*last < 0)
		w->latin_first = script == 0;
	else if ((*last == 0) != (script == 0))
		w->changes++;
	w->single_greek = w->single_greek || (*last < 0 && rune >= 0x370 && rune < 0x400);
	*last = script;
	unsigned *counts[] = {&w->latin, &w->alike, &w->other};
	++*counts[script];
	if (script == 0 && (rune < 'A' || rune > 'Z'))
		w->capitals = false;
	return true;
}

void fold_word_at(struct str text, size_t at, struct fold_word *ret)
{
	*ret = (struct fold_word){.start = at, .end = at, .capitals = true};
	struct fold_word scrap = *ret;
	int last = -1;
	for (unsigned n = 0; n < WORD_RUNES && ret->start > 0; n++) {
		size_t before = step_back(text, ret->start), pos = before;
		last = 0;
		if (!count_rune(&scrap, str_next_rune(text, &pos), &last))
			break;
		ret->start = before;
	}
	last = -1;
	for (size_t pos = ret->start, n = 0; n < AHEAD_RUNES && pos < text.len; n++) {
		uint32_t rune = str_next_rune(text, &pos);
		if (!count_rune(ret, rune, &last))
			break;
		ret->end = pos;
	}
	ret->single_greek = ret->single_greek && ret->alike + ret->other == 1;
}

bool fold_word_is_mixed(const struct fold_word *w)
{
	return w->latin && w->alike && !w->single_greek;
}

static const struct {
	const char *name;
	uint32_t rune;
} entities[] = {
	{"amp", '&'},	     {"lt", '<'},
	{"gt", '>'},	     {"quot", '"'},
	{"apos", '\''},	     {"nbsp", ' '},
	{"Tab", '\t'},	     {"NewLine", '\n'},
	{"shy", 0xAD},	     {"zwj", 0x200D},
	{"zwnj", 0x200C},    {"ZeroWidthSpace", 0x200B},
	{"lpar", '('},	     {"rpar", ')'},
	{"lsqb", '['},	     {"rsqb", ']'},
	{"colon", ':'},	     {"sol", '/'},
	{"period", '.'},     {"excl", '!'},
	{"num", '#'},	     {"lbrace", '{'},
	{"rbrace", '}'},     {"equals", '='},
	{"NoBreak", 0x2060}, {"InvisibleTimes", 0x2062},
};

#define ENTITY_MAX 18

static size_t numeric(struct str text, size_t at, uint32_t *ret_rune)
{
	size_t pos = at + 2;
	bool hex = pos < text.len && (text.p[pos] | 0x20) == 'x';
	pos += hex;
	uint32_t value = 0;
	size_t digits = 0;
	for (; pos < text.len && digits < 8; pos++, digits++) {
		unsigned char c = (unsigned char)text.p[pos];
		unsigned d = c - '0' < 10u		    ? c - '0'
			     : hex && (c | 0x20) - 'a' < 6u ? (c | 0x20) - 'a' + 10u
							    : 16;
		if (d == 16)
			break;
		value = value * (hex ? 16 : 10) + d;
	}
	if (!digits || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000))
		return 0;
	*ret_rune = value;
	return pos - at + (pos < text.len && text.p[pos] == ';');
}

size_t fold_entity(struct str text, size_t at, uint32_t *ret_rune)
{
	/* "&amp;amp;#105;": each "amp;" is one more coat of the same paint. */
	size_t pos = at;
	for (unsigned coats = 0;
	     coats < 4 && str_starts(str_sub(text, pos + 1, pos + 5), STR("amp;")); coats++)
		pos += 4;
	struct str rest = str_sub(text, pos, text.len);
	if (pos > at && rest.len > 2 && rest.p[1] == '#') {
		/* At the ';' before '#': read as if it were '&'. */
		size_t len = numeric(rest, 0, ret_rune);
		return len ? pos - at + len : 0;
	}
	rest = str_sub(text, at, text.len);
	if (rest.len > 2 && rest.p[1] != '#' &&
	    !memchr(rest.p + 1, ';', MIN(rest.len - 1, ENTITY_MAX)))
		return 0;
	if (rest.len > 2 && rest.p[1] == '#')
		return numeric(rest, 0, ret_rune);
	for (size_t i = 0; i < ARRAY_SIZE(entities); i++) {
		if (rest.len < 4 || rest.p[1] != entities[i].name[0])
			continue;
		struct str name = str_of(entities[i].name);
		if (rest.len > name.len + 1 && rest.p[name.len + 1] == ';' &&
		    memcmp(rest.p + 1, name.p, name.len) == 0) {
			*ret_rune = entities[i].rune;
			return name.len + 2;
		}
	}
	return 0;
}
