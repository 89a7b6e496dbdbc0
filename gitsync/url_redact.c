#include "gitsync/url.h"

#include <string.h>

static bool ends_authority(char c)
{
	return c == '/' || c == ' ' || c == '\n' || c == '\t' || c == '"' || c == '\'' ||
	       c == '<' || c == '>' || c == '?' || c == '#';
}

/* Length of the user part (with its '@') at the start of s, or 0. A password may hold an '@': the last one counts. */
static size_t user_part(struct str s)
{
	size_t len = 0;
	for (size_t i = 0; i < s.len && !ends_authority(s.p[i]); i++)
		if (s.p[i] == '@')
			len = i + 1;
	return len;
}

static const char *const keys[] = {"authorization:", "bearer ",	      "basic ",
				   "token=",	     "access_token=", "password="};

/* Length of a word at the start of s after which a secret stands, or 0. */
static size_t key_part(struct str s)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		size_t n = strlen(keys[i]);
		if (s.len >= n && str_eq_nocase(str_sub(s, 0, n), str_of(keys[i])))
			return n;
	}
	return 0;
}

/* The secret after such a word: for a header the rest of the line, else up to a blank. */
static size_t value_part(struct str s, bool line)
{
	size_t i = 0;
	while (i < s.len && s.p[i] != '\n' && s.p[i] != '\r' &&
	       (line || (s.p[i] != ' ' && s.p[i] != '&' && s.p[i] != '"')))
		i++;
	return i;
}

void url_redact(struct str text, struct buf *out)
{
	for (size_t i = 0; i < text.len;) {
		struct str here = str_sub(text, i, text.len);
		size_t n = key_part(here);
		if (n) {
			buf_add(out, here.p, n);
			size_t v = value_part(str_sub(here, n, here.len), here.p[n - 1] == ':');
			if (v)
				buf_addz(out, here.p[n - 1] == ':' ? " ***" : "***");
			i += n + v;
			continue;
		}
		if (str_starts(here, STR("://"))) {
			buf_addz(out, "://");
			size_t u = user_part(str_sub(here, 3, here.len));
			if (u)
				buf_addz(out, "***@");
			i += 3 + u;
			continue;
		}
		buf_add_char(out, text.p[i++]);
	}
}
