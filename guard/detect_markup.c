/* Orders where readers do not look: comments, and elements that are styled away. */
#include "guard/detect_int.h"

#define BODY_MOST ((size_t)4 << 10)

static const char *find_from(struct str text, size_t at, const char *needle)
{
	size_t len = strlen(needle);
	/* By its first byte: all are signs that most texts have few of. */
	for (const char *hit; at + len <= text.len; at = (size_t)(hit - text.p) + 1) {
		hit = memchr(text.p + at, needle[0], text.len - at - len + 1);
		if (!hit || memcmp(hit, needle, len) == 0)
			return hit;
	}
	return NULL;
}

/* From one opener, at `start`, to its closer; what is never closed hides the rest, as a browser sees it. Returns where to go on. */
static size_t check_comment(struct guard_scan *s, const struct guard_pattern *p, struct str text,
			    size_t start, struct str opener, const char *closer)
{
	size_t body = start + opener.len;
	struct str window = str_sub(text, 0, body + BODY_MOST);
	const char *close = find_from(window, body, closer);
	size_t end = close ? (size_t)(close - text.p) : window.len;
	if (guard_orders(str_sub(text, body, end)) >= GUARD_ORDERS)
		guard_report(s, p, start, MIN(end + (close ? strlen(closer) : 0), text.len), 0);
	return end;
}

static void check_html_comments(struct guard_scan *s, const struct guard_pattern *p,
				struct str text)
{
	const char *hit;
	for (size_t at = 0; (hit = find_from(text, at, "<!--")) != NULL;)
		at = check_comment(s, p, text, (size_t)(hit - text.p), STR("<!--"), "-->");
}

/* Markdown's: a definition that nothing refers to. */
static void check_definitions(struct guard_scan *s, const struct guard_pattern *p, struct str text)
{
	static const char *const openers[] = {"[//]: #", "[comment]: ", "[_]: "};
	size_t from[ARRAY_SIZE(openers)] = {0}, at = 0;
	for (const char *hit; at < text.len && (hit = memchr(text.p + at, '[', text.len - at));) {
		at = (size_t)(hit - text.p);
		struct str rest = str_sub(text, at, text.len);
		for (size_t i = 0; rest.len > 1 && i < ARRAY_SIZE(openers); i++)
			if (rest.p[1] == openers[i][1] && at >= from[i] &&
			    str_starts(rest, str_of(openers[i])))
				from[i] = check_comment(s, p, text, at, str_of(openers[i]), "\n");
		at++;
	}
}

void detect_comment(struct guard_scan *s, const struct guard_pattern *p, struct str text,
		    bool non_ascii)
{
	(void)non_ascii;
	check_html_comments(s, p, text);
	check_definitions(s, p, text);
}

/* What makes an element invisible, in a tag without blanks and in lower case. */
static const char *const invisible[] = {
	"display:none",
	"visibility:hidden",
	"font-size:0",
	"font-size:1px",
	"opacity:0;",
	"opacity:0\"",
	"opacity:0'",
	"opacity:0.0",
	"color:white",
	"color:#fff",
	"color:transparent",
	"left:-",
	"right:-",
	"text-indent:-",
	"top:-",
	"height:0",
	"width:0;",
	"clip:rect",
	"clip-path",
	"color=\"#fff",
	"color=\"white",
	"color='#fff",
	"color='white",
	"color=white",
	"color=#fff",
	"type=\"hidden",
	"type='hidden",
	"aria-hidden=\"true",
	"rgba(0,0,0,0",
	"font-size:.",
};

#define TAG_MOST 512

/* The tag that starts at `at`, blanks left out, lower case. Returns its end, or 0 when it is none. */
static size_t read_tag(struct str text, size_t at, char *tag, size_t *ret_len, bool *ret_hidden)
{
	size_t n = 0, i;
	bool blank = false;
	*ret_hidden = false;
	for (i = at + 1; i < text.len && text.p[i] != '>' && text.p[i] != '<' && n < TAG_MOST;
	     i++) {
		char c = text.p[i];
		if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
			blank = true;
			continue;
		}
		/* The attribute "hidden", alone. */
		if (blank && detect_find(str_sub(text, i, i + 6), "hidden", 0) == 0 &&
		    i + 6 < text.len && strchr(" >=/\n", text.p[i + 6]))
			*ret_hidden = true;
		blank = false;
		tag[n++] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
	}
	*ret_len = n;
	return i < text.len && text.p[i] == '>' ? i + 1 : 0;
}

static bool hides(struct str tag)
{
	for (size_t i = 0; i < ARRAY_SIZE(invisible); i++) {
		if (memmem(tag.p, tag.len, invisible[i], strlen(invisible[i])))
			return true;
	}
	return false;
}

/* Where the element ends whose tag starts at `at`: its closing tag, nesting not counted, or where the text ends. */
static size_t element_end(struct str text, size_t at, size_t body)
{
	char closer[16] = "</";
	size_t n = 2;
	for (size_t i = at + 1;
	     i < body && n < sizeof(closer) - 1 && (unsigned char)((text.p[i] | 0x20) - 'a') < 26;
	     i++)
		closer[n++] = (char)(text.p[i] | 0x20);
	struct str window = str_sub(text, 0, body + BODY_MOST);
	return detect_find(window, closer, body);
}

void detect_hidden_html(struct guard_scan *s, const struct guard_pattern *p, struct str text,
			bool non_ascii)
{
	(void)non_ascii;
	char tag[TAG_MOST];
	for (size_t at = 0; at < text.len;) {
		const char *hit = memchr(text.p + at, '<', text.len - at);
		if (!hit)
			return;
		size_t start = (size_t)(hit - text.p), len;
		bool hidden;
		at = start + 1;
		if (at >= text.len || (unsigned char)((text.p[at] | 0x20) - 'a') >= 26)
			continue;
		size_t body = read_tag(text, start, tag, &len, &hidden);
		if (!body || (!hidden && !hides(str_make(tag, len))))
			continue;
		size_t end = element_end(text, start, body);
		bool input = len > 5 && memcmp(tag, "input", 5) == 0;
		struct str said = input ? str_sub(text, start, body) : str_sub(text, body, end);
		if (guard_orders(said) < GUARD_ORDERS) {
			at = MAX(end, at); /* what it holds was read with it */
			continue;
		}
		const char *close = end < text.len ? memchr(text.p + end, '>', text.len - end)
						   : NULL;
		end = input ? body : close ? (size_t)(close - text.p) + 1 : end;
		guard_report(s, p, start, end, 0);
		at = end;
	}
}
