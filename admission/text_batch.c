/* Words that promise batch scores, unless the sentence denies them: "never compute batch scores" is what a field skill should say. */
#include "admission/text_int.h"

static const char *const phrases[] = {
	"batch score",	  "batch-score",      "batch scoring",	"batch-scoring",
	"bulk score",	  "bulk scoring",     "score in batch", "scores in batch",
	"score a batch",  "score the batch",  "score all",	"score every",
	"scores for all", "scores for every", "rescore all",	"rescore every"};
static const char *const denials[] = {"never", "not",	  "don't",	"cannot",
				      "no",    "without", "instead of", "rather than"};

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '\'' || c == '_';
}

static bool is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* Does the phrase stand at text[at], case-blind, at the beginning of a word; white space in text may be any run? Gives the end. */
static bool phrase_at(struct str text, size_t at, const char *phrase, size_t *ret_end)
{
	if (at && is_word(text.p[at - 1]))
		return false;
	for (; *phrase; phrase++) {
		if (at >= text.len)
			return false;
		char c = text.p[at];
		if (*phrase == ' ') {
			if (!is_space(c))
				return false;
			while (at < text.len && is_space(text.p[at]))
				at++;
			continue;
		}
		if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != *phrase)
			return false;
		at++;
	}
	*ret_end = at;
	return true;
}

#define SENTENCE_MAX 512

/* Where the sentence or list item around text[at] begins; of a long one, what is near. */
static size_t sentence_start(struct str text, size_t at)
{
	size_t least = at > SENTENCE_MAX ? at - SENTENCE_MAX : 0;
	while (at > least && !strchr(".!?:;", text.p[at - 1]) &&
	       !(text.p[at - 1] == '\n' && strchr("\n-*#", text.p[at])))
		at--;
	return at;
}

static bool denied_before(struct str text, size_t at)
{
	for (size_t i = sentence_start(text, at); i < at; i++)
		for (size_t k = 0; k < ARRAY_SIZE(denials); k++) {
			size_t end;
			if (phrase_at(text, i, denials[k], &end) &&
			    (end >= text.len || !is_word(text.p[end])))
				return true;
		}
	return false;
}

/* The first two letters of each phrase. */
static bool may_begin(char first, char second)
{
	switch (first | 0x20) {
	case 'b':
		return (second | 0x20) == 'a' || (second | 0x20) == 'u';
	case 's':
		return (second | 0x20) == 'c';
	case 'r':
		return (second | 0x20) == 'e';
	default:
		return false;
	}
}

bool text_find_batch(struct str text, size_t from, struct text_span *ret)
{
	for (size_t i = from; i + 1 < text.len; i++) {
		if (!may_begin(text.p[i], text.p[i + 1]) || (i && is_word(text.p[i - 1])))
			continue;
		for (size_t k = 0; k < ARRAY_SIZE(phrases); k++)
			if (phrase_at(text, i, phrases[k], &ret->end) && !denied_before(text, i)) {
				ret->start = i;
				return true;
			}
	}
	return false;
}
