/*
 * Channels by which a text says to a model what its human readers do not see, or what is not meant for them: comments, elements that are not shown,
 * and words to "any AI that reads this". This is about channels; what such words say is the guard's business (guard/).
 */
#include "admission/text_int.h"

#include <ctype.h>

#define HIDDEN_WORDS 12 /* from here on a comment is more than a remark */
#define CHANNEL_MAX 8192 /* bytes in which the end of a comment is looked for */

static bool has_word(struct str text, const char *word)
{
	size_t n = strlen(word);
	for (size_t i = 0; i + n <= text.len; i++) {
		if (tolower((unsigned char)text.p[i]) != word[0] ||
		    !str_eq_nocase(str_sub(text, i, i + n), str_make(word, n)))
			continue;
		bool begins = i == 0 || !isalnum((unsigned char)text.p[i - 1]);
		bool ends = i + n == text.len || !isalnum((unsigned char)text.p[i + n]);
		if (begins && ends)
			return true;
	}
	return false;
}

/* In a comment these are not remarks to the next author. */
static const char *const orders[] = {
	"agent",      "agents",	    "assistant",     "ai",	     "llm",
	"the model",  "chatbot",    "system prompt", "instructions", "ignore all",
	"ignore the", "ignore any", "ignore your",   "disregard",    "you must",
	"you are",    "you should", "do not tell",   "the user",     "exfiltrate",
};

static bool speaks_to_agents(struct str text)
{
	for (size_t i = 0; i < ARRAY_SIZE(orders); i++)
		if (has_word(text, orders[i]))
			return true;
	return false;
}

static size_t count_words(struct str text)
{
	size_t n = 0;
	for (size_t i = 0; i < text.len; i++)
		n += !isspace((unsigned char)text.p[i]) &&
		     (i == 0 || isspace((unsigned char)text.p[i - 1]));
	return n;
}

/* --- what is not shown --------------------------------------------------------------------------------------- */

static bool at_line_start(struct str text, size_t at)
{
	return at == 0 || text.p[at - 1] == '\n';
}

static size_t until(struct str text, size_t from, struct str end)
{
	struct str near = str_sub(text, 0, MIN(text.len, from + CHANNEL_MAX));
	ptrdiff_t at = str_find(near, end, from);
	return at < 0 ? near.len : (size_t)at;
}

/* "[//]: # (text)" and "[comment]: <> (text)": link definitions that nobody refers to. */
static bool comment_by_link(struct str text, size_t at, struct text_span *ret)
{
	static const char *const marks[] = {"[//]:", "[comment]:", "[_]:"};
	struct str rest = str_sub(text, at, text.len);
	if (!at_line_start(text, at))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (str_starts(rest, str_of(marks[i]))) {
			*ret = (struct text_span){at + strlen(marks[i]),
						  until(text, at, STR("\n"))};
			return true;
		}
	return false;
}

/* An element with the attribute hidden, or a style that does not show it: what stands in it up to its end. */
static bool hidden_element(struct str text, size_t at, struct text_span *ret)
{
	size_t close = until(text, at, STR(">"));
	struct str tag = str_sub(text, at, close);
	if (tag.len > 512 || tag.len < 2 || !isalpha((unsigned char)tag.p[1]))
		return false;
	bool hides = has_word(tag, "hidden") || str_find(tag, STR("display:none"), 0) >= 0 ||
		     str_find(tag, STR("display: none"), 0) >= 0 ||
		     str_find(tag, STR("font-size:0"), 0) >= 0;
	*ret = (struct text_span){close + (close < text.len), until(text, close, STR("</"))};
	return hides && ret->end > ret->start;
}

static bool channel_at(struct str text, size_t at, struct text_span *ret)
{
	struct str rest = str_sub(text, at, text.len);
	if (text.p[at] == '[')
		return comment_by_link(text, at, ret);
	if (text.p[at] != '<')
		return false;
	if (str_starts(rest, STR("<!--"))) {
		*ret = (struct text_span){at + 4, until(text, at + 4, STR("-->"))};
		return true;
	}
	return hidden_element(text, at, ret);
}

/* The next piece that is not shown, outside fences. */
static bool find_channel(struct str text, size_t from, struct text_span *ret)
{
	for (size_t i = from; i < text.len; i++) {
		char c = text.p[i];
		if (c == '`' || c == '~') {
			size_t end = text_fence_end(text, i);
			i = end > i ? end - 1 : i;
		} else if ((c == '<' || c == '[') && channel_at(text, i, ret)) {
			return true;
		}
	}
	return false;
}

static bool find_piece(struct str text, size_t from, bool speaks, struct text_span *ret)
{
	struct text_span at = {0, from};
	while (find_channel(text, at.end, &at)) {
		struct str words = str_sub(text, at.start, at.end);
		bool to_agents = speaks_to_agents(words);
		if (at.end <= at.start)
			at.end = at.start;
		*ret = at;
		if (speaks ? to_agents : !to_agents && count_words(words) >= HIDDEN_WORDS)
			return true;
	}
	return false;
}

bool text_has_channel(struct str text)
{
	return memchr(text.p ? text.p : "", '<', text.len) || str_find(text, STR("]:"), 0) >= 0;
}

bool text_find_comment(struct str text, size_t from, struct text_span *ret)
{
	return find_piece(text, from, true, ret);
}

bool text_find_hidden(struct str text, size_t from, struct text_span *ret)
{
	return find_piece(text, from, false, ret);
}

/* --- words to whatever model reads them ------------------------------------------------------------------------ */

/* By their first letter, a capital or not; between words any white space. */
static const char *const addresses[] = {
	"if you are an ai",
	"if you are a language model",
	"if you are an llm",
	"if you're an ai",
	"attention ai",
	"attention all ai",
	"note to ai",
	"note to the ai",
	"note to llm",
	"note to llms",
	"note to agents",
	"note to any ai",
	"note for ai",
	"instructions for ai",
	"instructions to ai",
	"dear ai",
	"dear assistant",
	"ai agents reading",
	"ai reading this",
	"agents reading this",
	"llm reading this",
	"llms reading this",
	"language model reading this",
	"language models reading this",
	"any model reading this",
	"do not tell the user",
	"don't tell the user",
	"without telling the user",
	"do not mention this to the user",
	"keep this hidden from",
	"ignore previous instructions",
	"ignore all previous instructions",
	"ignore your previous instructions",
	"disregard previous instructions",
	"disregard all previous instructions",
};

const char *text_address(size_t index)
{
	return index < ARRAY_SIZE(addresses) ? addresses[index] : NULL;
}

/* The length of phrase at the beginning of text, white space and all; 0: it does not stand there. */
static size_t phrase_length(struct str text, const char *phrase)
{
	size_t i = 0;
	for (; *phrase; phrase++) {
		if (*phrase == ' ') {
			size_t from = i;
			while (i < text.len && isspace((unsigned char)text.p[i]))
				i++;
			if (i == from)
				return 0;
		} else if (i >= text.len || tolower((unsigned char)text.p[i++]) != *phrase) {
			return 0;
		}
	}
	return i < text.len && isalnum((unsigned char)text.p[i]) ? 0 : i;
}

/*
 * The letters that follow the first one of each, as bits: nearly every word of a text begins with others. (Other bytes than letters share
 * their bits: they are told apart by the phrase.)
 */
#define BIT(letter) (UINT32_C(1) << ((letter)&31))
#define BOTH(lower, bits) [(lower)] = (bits), [(lower)-32] = (bits)
static const uint32_t second_letters[256] = {
	BOTH('i', BIT('f') | BIT('n') | BIT('g')),
	BOTH('a', BIT('t') | BIT('i') | BIT('g') | BIT('n')),
	BOTH('n', BIT('o')),
	BOTH('d', BIT('e') | BIT('o') | BIT('i')),
	BOTH('k', BIT('e')),
	BOTH('l', BIT('l') | BIT('a')),
	BOTH('w', BIT('i')),
};

/* Two looks at tables in one test; whether a word begins there is asked of the few that pass. */
static bool may_begin(struct str text, size_t i)
{
	return (second_letters[(unsigned char)text.p[i]] & BIT(text.p[i + 1])) &&
	       (i == 0 || !isalnum((unsigned char)text.p[i - 1]));
}

static size_t address_length(struct str text)
{
	for (size_t k = 0; k < ARRAY_SIZE(addresses); k++) {
		if (addresses[k][0] != (text.p[0] | 0x20))
			continue;
		size_t n = phrase_length(text, addresses[k]);
		if (n)
			return n;
	}
	return 0;
}

/* Right after a quotation mark: the text may only speak of such words. */
static bool is_quoted(struct str text, size_t at)
{
	static const char *const marks[] = {"\"",	    "'",       "`", "\xE2\x80\x9C",
					    "\xE2\x80\x98", "\xC2\xAB"};
	struct str before = str_sub(text, 0, at);
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (str_ends(before, str_of(marks[i])))
			return true;
	return false;
}

/* The first at or after from, quoted or not. */
static bool next_address(struct str text, size_t from, struct text_span *ret)
{
	/* Of one letter there is none: the last byte begins nothing. */
	for (size_t i = from; i + 1 < text.len; i++) {
		if (!may_begin(text, i))
			continue;
		size_t n = address_length(str_sub(text, i, text.len));
		if (!n)
			continue;
		*ret = (struct text_span){i, i + n};
		return true;
	}
	return false;
}

static bool find_address(struct str text, size_t from, bool quoted, struct text_span *ret)
{
	struct text_span at;
	while (next_address(text, from, &at)) {
		if (is_quoted(text, at.start) == quoted) {
			*ret = at;
			return true;
		}
		from = at.start + 1;
	}
	return false;
}

bool text_has_address(struct str text)
{
	struct text_span at;
	return next_address(text, 0, &at);
}

bool text_find_address(struct str text, size_t from, struct text_span *ret)
{
	return find_address(text, from, false, ret);
}

bool text_find_quoted(struct str text, size_t from, struct text_span *ret)
{
	return find_address(text, from, true, ret);
}
