/* What a reader's program would fetch from elsewhere as soon as it shows the text: images and elements, not links. */
#include "admission/text_int.h"

static bool starts_at(struct str text, size_t at, const char *word)
{
	size_t n = strlen(word);
	return str_eq_nocase(str_sub(text, at, at + n), str_make(word, n));
}

static bool is_remote(struct str text, size_t at)
{
	return starts_at(text, at, "http:") || starts_at(text, at, "https:") ||
	       starts_at(text, at, "ftp:") || starts_at(text, at, "//");
}

static size_t address_end(struct str text, size_t at)
{
	while (at < text.len && !strchr(" \t\r\n)>\"'", text.p[at]))
		at++;
	return at;
}

/* "![words](address": the place of the address, or 0. */
static size_t image_address(struct str text, size_t at)
{
	unsigned depth = 0;
	for (size_t i = at + 1; i < text.len && i < at + 1024; i++) {
		if (text.p[i] == '[')
			depth++;
		else if (text.p[i] == ']' && !--depth)
			return i + 2 < text.len && text.p[i + 1] == '(' ? i + 2 : 0;
	}
	return 0;
}

/* Elements that fetch as soon as they are shown, and the attribute that says what. */
static const struct {
	const char *element, *attribute;
} fetching[] = {{"<img", "src="},   {"<script", "src="},  {"<iframe", "src="},
		{"<video", "src="}, {"<audio", "src="},	  {"<source", "src="},
		{"<embed", "src="}, {"<object", "data="}, {"<link", "href="}};

#define ELEMENT_MAX 1024 /* bytes in which an attribute is looked for: hostile text has no '>' */

static size_t element_address(struct str text, size_t at)
{
	text = str_sub(text, 0, at + ELEMENT_MAX);
	for (size_t k = 0; k < ARRAY_SIZE(fetching); k++) {
		if (!starts_at(text, at, fetching[k].element))
			continue;
		for (size_t i = at; i < text.len && text.p[i] != '>'; i++)
			if (starts_at(text, i, fetching[k].attribute)) {
				i += strlen(fetching[k].attribute);
				return i < text.len && strchr("\"'", text.p[i]) ? i + 1 : i;
			}
	}
	return 0;
}

size_t text_fence_end(struct str text, size_t at)
{
	char c = text.p[at];
	if ((at && text.p[at - 1] != '\n') || text.len - at < 3 || text.p[at + 1] != c ||
	    text.p[at + 2] != c)
		return at;
	const char fence[] = {'\n', c, c, c};
	ptrdiff_t end = str_find(text, str_make(fence, 4), at + 3);
	return end < 0 ? text.len : (size_t)end + 4;
}

static size_t address_at(struct str text, size_t at)
{
	if (text.p[at] == '!' && at + 1 < text.len && text.p[at + 1] == '[')
		return image_address(text, at);
	if (text.p[at] == '<')
		return element_address(text, at);
	if (text.p[at] == '@' && starts_at(text, at, "@import url("))
		return at + strlen("@import url(");
	return 0;
}

bool text_find_remote(struct str text, size_t from, struct text_span *ret)
{
	for (size_t i = from; i < text.len; i++) {
		char c = text.p[i];
		if (c == '`' || c == '~') {
			size_t end = text_fence_end(text, i);
			i = end > i ? end - 1 : i;
			continue;
		}
		if (c != '!' && c != '<' && c != '@')
			continue;
		size_t address = address_at(text, i);
		if (!address || !is_remote(text, address))
			continue;
		*ret = (struct text_span){address, address_end(text, address)};
		return true;
	}
	return false;
}
