/*
 * Addresses that carry data away as soon as they are shown, and addresses that are documents with scripts. An image with a query is
 * ordinary (badges, versions of files, charts); one that is to be filled with what the model knows is not.
 */
#include <strings.h>

#include "guard/decode_int.h"
#include "guard/detect_int.h"

#define URL_MOST 4096

/* What is worth carrying away; parts of the names of parameters and of placeholders, lower case. */
static const char *const worth[] = {
	"answer",     "api_key", "apikey",	 "b64",	    "base64",  "card",	     "chat",
	"content",    "context", "conversation", "convo",   "cookie",  "credential", "data",
	"document",   "dump",	 "email",	 "env",	    "exfil",   "history",    "info",
	"input",      "key",	 "leak",	 "memory",  "message", "msg",	     "passwd",
	"password",   "payload", "private",	 "prompt",  "reply",   "response",   "secret",
	"session",    "ssn",	 "stolen",	 "summary", "text",    "thread",     "token",
	"transcript",
};

/* At any place of s; the words are sorted, so that a letter has a few of them. */
static bool is_worth(struct str s)
{
	static uint8_t first[27];
	if (!first[26]) {
		for (size_t i = ARRAY_SIZE(worth); i > 0; i--)
			first[worth[i - 1][0] - 'a'] = (uint8_t)i;
		first[26] = 1;
	}
	for (size_t at = 0; at < s.len; at++) {
		unsigned char letter = (unsigned char)((s.p[at] | 0x20) - 'a');
		size_t i = letter < 26 && first[letter] ? first[letter] - 1u : ARRAY_SIZE(worth);
		for (; i < ARRAY_SIZE(worth) && worth[i][0] == letter + 'a'; i++) {
			struct str word = str_of(worth[i]);
			if (s.len - at >= word.len && strncasecmp(s.p + at, word.p, word.len) == 0)
				return true;
		}
	}
	return false;
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* A closing bracket in s after `at`, of no more than 80 bytes; or 0. */
static size_t closes(struct str s, size_t at, char closer)
{
	if (at >= s.len)
		return 0;
	const char *hit = memchr(s.p + at, closer, MIN(s.len - at, 80));
	return hit ? (size_t)(hit - s.p) : 0;
}

/* "SECRET_HERE", "DATA", "$KEY": words in capitals that stand for something. */
static size_t capitals(struct str s, size_t at)
{
	size_t end = at;
	while (end < s.len && (is_upper(s.p[end]) || s.p[end] == '_'))
		end++;
	return end - at >= 4 ? end : 0;
}

static bool is_wordy(struct str s)
{
	for (size_t i = 0; i + 1 < s.len; i++) {
		if ((unsigned char)((s.p[i] | 0x20) - 'a') < 26 &&
		    (unsigned char)((s.p[i + 1] | 0x20) - 'a') < 26)
			return true;
	}
	return s.len == 1 && (unsigned char)((s.p[0] | 0x20) - 'a') < 26;
}

/* The placeholder that starts at s[at], or nothing: its end, and what it names. */
static size_t placeholder(struct str s, size_t at, struct str *ret_name)
{
	static const struct {
		const char *opener;
		char closer;
	} brackets[] = {{"{{", '}'}, {"${", '}'}, {"%7B%7B", '%'}, {"{", '}'},
			{"[", ']'},  {"<", '>'},  {"%7B", '%'},	   {"%7b", '%'}};
	for (size_t i = 0; i < ARRAY_SIZE(brackets); i++) {
		struct str opener = str_of(brackets[i].opener);
		if (!str_starts(str_sub(s, at, s.len), opener))
			continue;
		size_t end = closes(s, at + opener.len, brackets[i].closer);
		if (!end || end == at + opener.len)
			continue;
		*ret_name = str_sub(s, at + opener.len, end);
		if (is_wordy(*ret_name))
			return end + 1;
	}
	if (at + 1 < s.len && s.p[at] == '%' && (s.p[at + 1] == 's' || s.p[at + 1] == '@')) {
		*ret_name = STR("%s");
		return at + 2;
	}
	size_t end = capitals(s, at + (s.p[at] == '$'));
	*ret_name = str_sub(s, at, end);
	return end;
}

/* Long and text once decoded: what stands there was put there already. */
static bool is_cargo(struct str value)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(URL_MOST);
	if (value.len < 24)
		return false;
	return decode_base64(value, 0, &out) == value.len && decode_is_text(&out);
}

/* One "name=value" of a query. */
static bool carries(struct str name, struct str value, bool image)
{
	struct str what = STR_NULL;
	bool named = is_worth(name);
	for (size_t i = 0; i < value.len; i++) {
		size_t end = placeholder(value, i, &what);
		if (!end)
			continue;
		bool brackets = value.p[i] == '{' || value.p[i] == '[' || value.p[i] == '<' ||
				value.p[i] == '$' || value.p[i] == '%';
		if (named || is_worth(what) || detect_find(what, "here", 0) < what.len)
			return true;
		/* "{type:'bar'}" is an object that somebody wrote. */
		bool object = memchr(what.p, ':', what.len) || memchr(what.p, '"', what.len);
		if (image && brackets && value.p[i] != '$' && !object && !str_eqz(what, "%s"))
			return true;
		i = end - 1;
	}
	return image && is_cargo(value);
}

/* Whether an absolute address is to take something away. */
static bool exfiltrates(struct str url, bool image)
{
	ptrdiff_t query = str_find_byte(url, '?', 0);
	struct str path = str_sub(url, 0, query < 0 ? url.len : (size_t)query), what;
	for (size_t i = 8; i < path.len; i++) {
		bool bracket = strchr("{[<$%", path.p[i]) != NULL;
		size_t end = bracket || path.p[i - 1] == '/' ? placeholder(path, i, &what) : 0;
		/* In a path the words of an API are everywhere ({user}); what is read aloud is not. */
		if (end && image && is_worth(what))
			return true;
		i = end ? end - 1 : i;
	}
	struct str rest = query < 0 ? STR_NULL : str_sub(url, (size_t)query + 1, url.len), pair;
	while (str_split(&rest, '&', &pair)) {
		ptrdiff_t equals = str_find_byte(pair, '=', 0);
		struct str name = str_sub(pair, 0, equals < 0 ? 0 : (size_t)equals);
		if (carries(name, str_sub(pair, equals < 0 ? 0 : (size_t)equals + 1, pair.len),
			    image))
			return true;
	}
	return false;
}

/* "//", or "http://" with or without an s, in either case. */
static bool is_absolute(struct str url)
{
	return str_starts(url, STR("//")) || detect_find(str_sub(url, 0, 7), "http://", 0) == 0 ||
	       detect_find(str_sub(url, 0, 8), "https://", 0) == 0;
}

/* The address at `at`: up to what ends it in Markdown or HTML; blanks are allowed in placeholders. STR_NULL: relative or none. */
static struct str read_url(struct str text, size_t at, const char *enders)
{
	while (at < text.len &&
	       (text.p[at] == ' ' || text.p[at] == '<' || text.p[at] == '"' || text.p[at] == '\''))
		at++;
	size_t end = at;
	char inside = 0;
	/* Most are not, and then need not be read to their ends. */
	if (!is_absolute(str_sub(text, at, text.len)))
		return STR_NULL;
	for (; end < text.len && end - at < URL_MOST; end++) {
		char c = text.p[end];
		if (c == '\n' || (!inside && strchr(enders, c) && c))
			break;
		if (inside ? c == inside : c == '{' || c == '[' || (c == '<' && end > at))
			inside = (char)(inside ? 0 : c == '<' ? '>' : c + 2);
	}
	struct str url = str_sub(text, at, end);
	return is_absolute(url) && url.len > 8 ? url : STR_NULL;
}

/* Back from "](" to the "[" of the label, on one line; *ret_image when a "!" is before it. */
static size_t label_start(struct str text, size_t at, bool *ret_image)
{
	size_t start = at;
	while (start > 0 && at - start < 256 && text.p[start - 1] != '\n' && text.p[start] != '[')
		start--;
	bool image = start > 0 && text.p[start] == '[' && text.p[start - 1] == '!';
	/* "[![label](image)](link)": what closes here is the link around the image. */
	bool around = image && at > 0 && text.p[at - 1] == ')';
	*ret_image = image && !around;
	return around && start > 1 && text.p[start - 2] == '[' ? start - 2
	       : image					       ? start - 1
							       : start;
}

/* "](url)" and "]: url" at the bracket. Returns where to go on. */
static size_t check_link(struct guard_scan *s, const struct guard_pattern *p, struct str text,
			 size_t at)
{
	bool definition = text.p[at + 1] == ':', image;
	struct str url = read_url(text, at + 2, definition ? " \t" : ") \t");
	if (!url.p)
		return at + 1;
	size_t start = label_start(text, at, &image), end = (size_t)(url.p - text.p) + url.len;
	/* A definition may serve an image as well as a link. */
	if (exfiltrates(url, image || definition))
		guard_report(s, p, start, MIN(end + !definition, text.len), 0);
	return end;
}

/* What a tag loads by itself, or when somebody follows it; the longest name has six letters. */
static const struct {
	const char *name;
	bool image; /* loaded and shown: any placeholder is filled by whoever writes it */
} loading[] = {{"a", false},	  {"audio", true},   {"body", true},  {"embed", true},
	       {"form", false},	  {"iframe", false}, {"image", true}, {"img", true},
	       {"input", true},	  {"link", false},   {"meta", false}, {"object", true},
	       {"script", false}, {"source", true},  {"track", true}, {"video", true}};

/* The tag's row in loading, or -1. */
static int tag_row(struct str text, size_t at)
{
	size_t len = 0;
	while (at + len < text.len && len < 8 &&
	       (unsigned char)((text.p[at + len] | 0x20) - 'a') < 26)
		len++;
	for (size_t i = 0; i < ARRAY_SIZE(loading); i++)
		if (strlen(loading[i].name) == len &&
		    strncasecmp(text.p + at, loading[i].name, len) == 0)
			return (int)i;
	return -1;
}

/* Where the address begins that has "//" at `at`. */
static size_t url_start(struct str text, size_t at)
{
	size_t start = at;
	if (start > 0 && text.p[start - 1] == ':')
		start--;
	while (start > 0 && at - start < 7 &&
	       (unsigned char)((text.p[start - 1] | 0x20) - 'a') < 26)
		start--;
	return start;
}

/* Every address in a tag: src, srcset, poster, href, data, action, "0;url=…". */
static size_t check_tag(struct guard_scan *s, const struct guard_pattern *p, struct str text,
			size_t at)
{
	int row = tag_row(text, at + 1);
	bool autolink = row < 0 && detect_find(str_sub(text, at, at + 9), "http", 1) == 1;
	if (row < 0 && !autolink)
		return at + 1;
	struct str tag = str_sub(text, at, at + 512);
	const char *next = memchr(tag.p + 1, '<', tag.len - 1);
	tag.len = next ? (size_t)(next - tag.p) : tag.len;
	size_t end = at + 1;
	for (size_t pos = 1; pos + 2 < tag.len;) {
		const char *slashes = memmem(tag.p + pos, tag.len - pos, "//", 2);
		if (!slashes)
			break;
		pos = (size_t)(slashes - tag.p);
		struct str url = read_url(text, url_start(text, at + pos), "\"'> \t");
		pos += MAX(url.len, 2u);
		if (!url.p)
			continue;
		end = (size_t)(url.p - text.p) + url.len;
		if (exfiltrates(url, row >= 0 && loading[row].image)) {
			guard_report(s, p, at, end, 0);
			break;
		}
	}
	return end;
}

/* Calls check at each `opener` that one of `nexts` follows. */
static void each(struct guard_scan *s, const struct guard_pattern *p, struct str text, char opener,
		 const char *nexts,
		 size_t (*check)(struct guard_scan *, const struct guard_pattern *, struct str,
				 size_t))
{
	const char *hit;
	for (size_t at = 0; at < text.len && (hit = memchr(text.p + at, opener, text.len - at));) {
		size_t i = (size_t)(hit - text.p);
		bool follows = text.len - i > 8 && text.p[i + 1] && strchr(nexts, text.p[i + 1]);
		at = follows ? check(s, p, text, i) : i + 1;
	}
}

void detect_exfiltration(struct guard_scan *s, const struct guard_pattern *p, struct str text,
			 bool non_ascii)
{
	(void)non_ascii;
	each(s, p, text, ']', "(:", check_link);
	each(s, p, text, '<', "aAbBeEfFhHiIlLmMoOsStTvV", check_tag);
}

/* ---- documents in an address ----------------------------------------------------------------------------------- */

static bool has_script(struct str s)
{
	static const char *const signs[] = {"<script",	      "javascript:", "onload",	"onerror",
					    "onclick",	      "onmouse",     "onbegin", "<iframe",
					    "<foreignobject", "%3cscript",   "fetch(",	"eval(",
					    "document."};
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
		if (detect_find(s, signs[i], 0) < s.len)
			return true;
	}
	return false;
}

/* What such a document does: 3 shows and runs, 2 runs where it is loaded, 1 runs only with a script in it, 0 nothing. */
static unsigned danger_of(struct str type)
{
	static const struct {
		const char *type;
		unsigned danger;
	} types[] = {{"text/html", 3},
		     {"application/xhtml+xml", 3},
		     {"text/javascript", 2},
		     {"application/javascript", 2},
		     {"application/x-javascript", 2},
		     {"text/ecmascript", 2},
		     {"text/vbscript", 2},
		     {"image/svg+xml", 1},
		     {"text/xml", 1},
		     {"application/xml", 1}};
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		struct str name = str_of(types[i].type);
		if (detect_find(str_sub(type, 0, name.len), types[i].type, 0) == 0 &&
		    type.len >= name.len)
			return types[i].danger;
	}
	return 0;
}

/* Returns where to go on. */
static size_t check_data(struct guard_scan *s, const struct guard_pattern *p, struct str text,
			 size_t at)
{
	struct str window = str_sub(text, 0, at + 5 + 128);
	unsigned danger = danger_of(str_sub(window, at + 5, window.len));
	ptrdiff_t comma = danger ? str_find_byte(window, ',', at + 5) : -1;
	if (comma < 0 || memchr(text.p + at, ' ', (size_t)comma - at) ||
	    memchr(text.p + at, '\n', (size_t)comma - at))
		return at + 5;
	CLEANUP(buf_release) struct buf out = BUF_INIT(URL_MOST);
	size_t body = (size_t)comma + 1, end = body;
	char opener = at > 0 ? text.p[at - 1] : '"', closer = opener == '('    ? ')'
							      : opener == '\'' ? '\''
									       : '"';
	struct str rest = str_sub(text, 0, body + URL_MOST);
	if (detect_find(window, ";base64,", at) + 8 == body)
		end = decode_base64(rest, body, &out);
	else
		while (end < rest.len && rest.p[end] != '\n' && rest.p[end] != closer)
			buf_add_char(&out, rest.p[end++]);
	bool loaded = at > 1 &&
		      (text.p[at - 1] == '=' || text.p[at - 2] == '=' || text.p[at - 2] == ']');
	if (end > body && (danger == 3 || (danger == 2 && loaded) || has_script(buf_str(&out))))
		guard_report(s, p, at, end, 0);
	return end;
}

void detect_data_url(struct guard_scan *s, const struct guard_pattern *p, struct str text,
		     bool non_ascii)
{
	(void)non_ascii;
	for (size_t at = 0; at < text.len;) {
		const char *hit = memchr(text.p + at, ':', text.len - at);
		if (!hit)
			return;
		size_t end = (size_t)(hit - text.p) + 1;
		bool data = end >= at + 5 && strncasecmp(hit - 4, "data", 4) == 0;
		at = data ? check_data(s, p, text, end - 5) : end;
	}
}
