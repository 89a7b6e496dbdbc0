/*
 * One expectation: from words, and back to words.
 */
#include "base/regex.h"
#include "skill/cases_int.h"
#include "skill/text.h"

#define ADVICE                                                                                          \
	"write contains \"…\", equals \"…\", matches /…/ or field a.b equals \"…\", each with " \
	"must not "                                                                                     \
	"before it if need be"

static const struct {
	const char *word;
	enum expect_kind kind;
} verbs[] = {
	{"contains", EXPECT_CONTAINS}, {"contain", EXPECT_CONTAINS}, {"equals", EXPECT_EQUALS},
	{"equal", EXPECT_EQUALS},      {"is", EXPECT_EQUALS},	     {"be", EXPECT_EQUALS},
	{"matches", EXPECT_MATCHES},   {"match", EXPECT_MATCHES},    {"field", EXPECT_FIELD},
};

static struct str take_word(struct str *rest)
{
	size_t n = 0;
	*rest = str_trim(*rest);
	while (n < rest->len && rest->p[n] != ' ' && rest->p[n] != '\t')
		n++;
	struct str word = str_sub(*rest, 0, n);
	*rest = str_trim(str_sub(*rest, n, rest->len));
	return word;
}

static bool take_if(struct str *rest, const char *word)
{
	struct str after = *rest;
	if (!str_eq_nocase(take_word(&after), str_of(word)))
		return false;
	*rest = after;
	return true;
}

/* "must", "must not", "does not", "should not", "not", "is not" … */
static bool take_negation(struct str *rest)
{
	(void)(take_if(rest, "must") || take_if(rest, "should") || take_if(rest, "does"));
	if (take_if(rest, "never"))
		return true;
	return take_if(rest, "not");
}

static int take_verb(struct str *rest, bool field_too, enum expect_kind *ret, struct err *err)
{
	const char *known[ARRAY_SIZE(verbs)];
	char quoted[80];
	struct str word = take_word(rest);
	if (str_ends(word, STR(":")))
		word.len--;
	if (!word.len) {
		err_set(err, ERR_INVALID, "the line does not say what to expect");
		return err_remedy(err, ADVICE);
	}
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		known[i] = verbs[i].word;
		if (str_eq_nocase(word, str_of(verbs[i].word)) &&
		    (field_too || verbs[i].kind != EXPECT_FIELD)) {
			*ret = verbs[i].kind;
			return 0;
		}
	}
	err_set(err, ERR_INVALID, "\"%s\" is not an expectation",
		text_quote(word, quoted, sizeof(quoted)));
	const char *near = str_nearest(word, known, ARRAY_SIZE(known));
	return near ? err_remedy(err, "did you mean %s?", near) : err_remedy(err, ADVICE);
}

static const struct {
	const char *open, *close;
} quotes[] = {{"\"", "\""}, {"“", "”"}, {"„", "“"}, {"«", "»"}, {"‘", "’"}, {"'", "'"}, {"`", "`"}};

/* Backslash escapes inside straight double quotes. */
static struct str unescape(struct arena *a, struct str s)
{
	char *out = arena_alloc(a, s.len + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		if (c == '\\' && i + 1 < s.len && strchr("\"\\nt", s.p[i + 1])) {
			c = s.p[++i];
			c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
		}
		out[n++] = c;
	}
	return str_make(out, n);
}

/* Where a quoted text that begins with open ends, or -1. */
static ptrdiff_t closing(struct str s, const char *open, const char *close)
{
	for (size_t i = strlen(open); i < s.len; i++) {
		if (*open == '"' && s.p[i] == '\\')
			i++;
		else if (str_starts(str_sub(s, i, s.len), str_of(close)))
			return (ptrdiff_t)i;
	}
	return -1;
}

static int parse_value(struct arena *a, struct str rest, struct str *ret, struct err *err)
{
	if (!rest.len) {
		err_set(err, ERR_INVALID, "the value is missing");
		return err_remedy(err, "write it in quotes: contains \"shipped\"");
	}
	for (size_t i = 0; i < ARRAY_SIZE(quotes); i++) {
		struct str open = str_of(quotes[i].open), close = str_of(quotes[i].close);
		if (!str_starts(rest, open))
			continue;
		ptrdiff_t end = closing(rest, quotes[i].open, quotes[i].close);
		if (end < 0 || (size_t)end + close.len != rest.len) {
			err_set(err, ERR_INVALID,
				end < 0 ? "the quoted value does not end"
					: "something stands after the quoted value");
			return err_remedy(err,
					  "end the line with the closing quote; a quote inside is "
					  "written \\\"");
		}
		struct str inner = str_sub(rest, open.len, (size_t)end);
		if (!inner.len) {
			err_set(err, ERR_INVALID, "the value is empty");
			return err_remedy(err, "write what the output must hold");
		}
		*ret = *quotes[i].open == '"' ? unescape(a, inner) : arena_str(a, inner);
		return 0;
	}
	*ret = arena_str(a, rest);
	return 0;
}

/* An expression must compile, and must not run away on a long harmless line. */
static int check_regex(const struct expect *e, struct err *err)
{
	CLEANUP(regex_freep) struct regex *re = NULL;
	CLEANUP(buf_release) struct buf probe = BUF_INIT(4096);
	struct regex_span spans[REGEX_GROUPS_MAX];
	int rc = regex_compile(e->value, e->nocase ? REGEX_NOCASE : 0, &re, err);
	if (rc < 0)
		return rc;
	buf_add_repeat(&probe, 'a', 1000);
	buf_addz(&probe, " 1234567890 \"status\": ");
	buf_add_repeat(&probe, 'x', 1000);
	if (regex_match(re, buf_str(&probe), 0, spans, NULL) >= 0)
		return 0;
	err_set(err, ERR_TOO_LARGE, "the expression takes too many steps on an ordinary line");
	return err_remedy(err, "write no repetition inside a repetition, such as (a+)+");
}

static int parse_regex(struct arena *a, struct str rest, struct expect *e, struct err *err)
{
	if (str_ends(rest, STR("/i"))) {
		e->nocase = true;
		rest = str_sub(rest, 0, rest.len - 1);
	}
	if (rest.len < 3 || rest.p[0] != '/' || rest.p[rest.len - 1] != '/') {
		err_set(err, ERR_INVALID, "an expression stands between slashes");
		return err_remedy(err,
				  "write matches /order [0-9]+/, or contains \"…\" for plain text");
	}
	e->regex = true;
	e->value = arena_str(a, str_sub(rest, 1, rest.len - 1));
	return check_regex(e, err);
}

bool field_path_next(struct str *rest, struct field_step *ret)
{
	struct str s = *rest;
	size_t n = 0;
	*ret = (struct field_step){STR_NULL, 0};
	if (s.p[0] == '[') {
		ptrdiff_t close = str_find_byte(s, ']', 0);
		if (close < 0 || !str_to_u64(str_sub(s, 1, (size_t)close), &ret->index))
			return false;
		n = (size_t)close + 1;
	} else {
		while (n < s.len && s.p[n] != '.' && s.p[n] != '[' && s.p[n] != ']')
			n++;
		if (!n)
			return false;
		ret->name = str_sub(s, 0, n);
	}
	if (n < s.len && s.p[n] == '.' && n + 1 < s.len)
		n++;
	else if (n < s.len && s.p[n] != '[')
		return false;
	*rest = str_sub(s, n, s.len);
	return true;
}

static int parse_field(struct arena *a, struct str *rest, struct expect *e, struct err *err)
{
	struct field_step step;
	struct str path = take_word(rest), left = path;
	char quoted[80];
	while (left.len && field_path_next(&left, &step))
		continue;
	if (!path.len || left.len || !str_is_utf8(path, NULL)) {
		err_set(err, ERR_INVALID, "\"%s\" is not the path of a field",
			text_quote(path, quoted, sizeof(quoted)));
		return err_remedy(err,
				  "write its names with dots between, such as field order.status "
				  "equals \"shipped\"");
	}
	e->field = arena_str(a, path);
	e->negated ^= take_negation(rest);
	enum expect_kind kind = EXPECT_EQUALS;
	int rc = take_verb(rest, false, &kind, err);
	if (rc < 0)
		return rc;
	if (kind == EXPECT_CONTAINS) {
		err_set(err, ERR_INVALID, "a field equals or matches; it does not contain");
		return err_remedy(err, "write field %.*s matches /…/",
				  (int)MIN(path.len, (size_t)80), path.p);
	}
	e->regex = kind == EXPECT_MATCHES;
	e->negated ^= take_negation(rest); /* "is not" */
	return 0;
}

int expect_parse(struct arena *a, struct str text, struct str block, struct expect *ret,
		 struct err *err)
{
	struct str rest = str_trim(text);
	struct expect e = {.negated = take_negation(&rest)};
	int rc = take_verb(&rest, true, &e.kind, err);
	if (rc == 0 && e.kind == EXPECT_FIELD)
		rc = parse_field(a, &rest, &e, err);
	if (rc < 0)
		return rc;
	if (e.kind == EXPECT_EQUALS)
		e.negated ^= take_negation(&rest);
	if (e.kind == EXPECT_MATCHES || e.regex) {
		rc = parse_regex(a, rest, &e, err);
	} else if (block.p && !rest.len) {
		e.value = arena_str(a, block);
	} else {
		rc = parse_value(a, rest, &e.value, err);
	}
	if (rc == 0)
		*ret = e;
	return rc;
}

void expect_text(struct buf *out, const struct expect *e)
{
	static const char *const verb[2][3] = {{"contain", "equal", "match"},
					       {"not contain", "not equal", "not match"}};
	int which = e->regex ? 2 : e->kind == EXPECT_CONTAINS ? 0 : 1;
	if (e->kind == EXPECT_FIELD)
		buf_addf(out, "field %.*s ", STR_ARG(e->field));
	buf_addf(out, "must %s ", verb[e->negated][which]);
	buf_add_char(out, e->regex ? '/' : '"');
	text_escape(out, e->value, 200);
	buf_addz(out, e->regex ? e->nocase ? "/i" : "/" : "\"");
}
