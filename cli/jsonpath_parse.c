/* JSONPath, read. */
#include "cli/jsonpath_int.h"

struct reader {
	struct arena *a;
	struct str text; /* all of it */
	size_t at;
	unsigned depth;
	struct err *err;
};

static int fail(struct reader *r, const char *what)
{
	err_set(r->err, ERR_USAGE, "\"%.*s\" is no JSONPath: %s at character %zu", STR_ARG(r->text),
		what, r->at + 1);
	return err_remedy(r->err, "write something like {.metadata.name}, "
				  "{.status.conditions[?(@.type==\"Ready\")].status} or "
				  "{range .items[*]}{.metadata.name}{\"\\n\"}{end}");
}

static char peek(const struct reader *r)
{
	return r->at < r->text.len ? r->text.p[r->at] : '\0';
}

static bool take(struct reader *r, const char *word)
{
	size_t len = strlen(word);
	if (!str_starts(str_sub(r->text, r->at, r->text.len), str_of(word)))
		return false;
	r->at += len;
	return true;
}

static void blanks(struct reader *r)
{
	while (peek(r) == ' ' || peek(r) == '\t' || peek(r) == '\n')
		r->at++;
}

/* "text" or 'text', with \n, \t, \r, \\ and the quote escaped; at its first quote. */
static int quoted(struct reader *r, struct str *ret)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	char quote = peek(r);
	for (r->at++; peek(r) != quote; r->at++) {
		char c = peek(r);
		if (r->at >= r->text.len)
			return fail(r, "a quote is not closed");
		if (c == '\\' && r->at + 1 < r->text.len) {
			c = r->text.p[++r->at];
			c = (char)(c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c);
		}
		buf_add_char(&out, c);
	}
	r->at++;
	*ret = arena_str(r->a, buf_str(&out));
	return 0;
}

/* A key outside brackets: up to what ends it; "\." is a dot of its own. */
static struct str bare(struct reader *r, const char *ends)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	for (; r->at < r->text.len && !strchr(ends, peek(r)); r->at++) {
		if (peek(r) == '\\' && r->at + 1 < r->text.len)
			r->at++;
		buf_add_char(&out, peek(r));
	}
	return arena_str(r->a, buf_str(&out));
}

static void one_key(struct reader *r, struct step *s, struct str key)
{
	s->type = STEP_KEYS;
	s->keys = arena_array(r->a, 1, sizeof(*s->keys));
	s->keys[0] = key;
	s->key_count = 1;
}

/* --- brackets ------------------------------------------------------------------------------------------------------ */

static int steps_of(struct reader *r, const char *ends, const struct step **ret, size_t *ret_count);

static int read_operand(struct reader *r, struct operand *o)
{
	struct str word;
	blanks(r);
	*o = (struct operand){.value = {.type = DOC_STRING}};
	if (take(r, "@"))
		return steps_of(r, " \t=!<>)", &o->path, &o->path_count);
	if (peek(r) == '"' || peek(r) == '\'') {
		int rc = quoted(r, &word);
		o->value.text = word;
		return rc;
	}
	word = str_trim(bare(r, " \t=!<>)"));
	if (!word.len)
		return fail(r, "a filter compares with nothing");
	doc_plain(&o->value, word);
	return 0;
}

static int filter(struct reader *r, struct step *s)
{
	static const struct {
		const char *word;
		enum filter_op op;
	} ops[] = {{"==", OP_EQ}, {"!=", OP_NE}, {"<=", OP_LE},
		   {">=", OP_GE}, {"<", OP_LT},	 {">", OP_GT}};
	s->type = STEP_FILTER;
	if (++r->depth > JSONPATH_DEPTH)
		return fail(r, "filters stand too deep");
	int rc = read_operand(r, &s->left);
	blanks(r);
	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(ops) && s->op == OP_EXISTS; i++) {
		if (!take(r, ops[i].word))
			continue;
		s->op = ops[i].op;
		rc = read_operand(r, &s->right);
	}
	blanks(r);
	if (rc == 0 && !take(r, ")"))
		return fail(r, "a filter is not closed by \")]\"");
	blanks(r);
	r->depth--;
	return rc;
}

/* [N], [N:M], [N:M:STEP]; false when it is none of these. */
static bool slice(struct str inside, struct step *s)
{
	struct str rest = inside, part;
	int64_t numbers[3] = {0, 0, 1};
	bool has[3] = {false, false, false};
	size_t n = 0, colons = 0;
	for (size_t i = 0; i < inside.len; i++)
		colons += inside.p[i] == ':';
	if (colons > 2 || !inside.len)
		return false;
	while (n <= colons && str_split(&rest, ':', &part)) {
		part = str_trim(part);
		has[n] = part.len > 0;
		if (part.len && !str_to_i64(part, &numbers[n]))
			return false;
		n++;
	}
	if (numbers[2] < 1 || (colons == 0 && !has[0]))
		return false;
	*s = (struct step){.type = STEP_SLICE,
			   .single = colons == 0,
			   .has_from = has[0],
			   .has_to = has[1],
			   .from = numbers[0],
			   .to = numbers[1],
			   .by = numbers[2]};
	return true;
}

/* ['a', "b"] */
static int quoted_keys(struct reader *r, struct step *s)
{
	size_t cap = 0;
	s->type = STEP_KEYS;
	for (bool more = true; more;) {
		struct str key;
		blanks(r);
		if (peek(r) != '\'' && peek(r) != '"')
			return fail(r, "a key in quotes is missing");
		int rc = quoted(r, &key);
		if (rc < 0)
			return rc;
		ARENA_GROW(r->a, s->keys, s->key_count, cap);
		s->keys[s->key_count++] = key;
		blanks(r);
		more = take(r, ",");
	}
	return 0;
}

/* After the bracket. */
static int bracket(struct reader *r, struct step *s)
{
	int rc = 0;
	blanks(r);
	if (take(r, "*")) {
		s->type = STEP_ALL;
	} else if (take(r, "?(")) {
		rc = filter(r, s);
	} else if (peek(r) == '\'' || peek(r) == '"') {
		rc = quoted_keys(r, s);
	} else {
		struct str inside = str_trim(bare(r, "]"));
		if (!inside.len)
			return fail(r, "brackets are empty");
		if (!slice(inside, s)) {
			one_key(r, s, inside);
			s->selects = true;
		}
	}
	blanks(r);
	if (rc == 0 && !take(r, "]"))
		return fail(r, "a bracket is not closed");
	return rc;
}

/* --- paths --------------------------------------------------------------------------------------------------------- */

/* One step; *ret_some is false where the path ends. */
static int one_step(struct reader *r, const char *ends, bool first, struct step *s, bool *ret_some)
{
	char word_ends[32];
	*s = (struct step){.by = 1};
	*ret_some = true;
	snprintf(word_ends, sizeof(word_ends), ".[%s", ends);
	if (take(r, "[")) {
		return bracket(r, s);
	}
	if (first && take(r, "$")) {
		s->type = STEP_ROOT;
		return 0;
	}
	if (take(r, "..")) {
		r->at--; /* what follows is a step of its own */
		s->type = STEP_DESCEND;
		if (r->at + 1 < r->text.len && r->text.p[r->at + 1] == '[')
			r->at++;
		return 0;
	}
	if (!take(r, ".") && !first) {
		*ret_some = false;
		return 0;
	}
	if (take(r, "*")) {
		s->type = STEP_ALL;
		return 0;
	}
	struct str key = bare(r, word_ends);
	if (!key.len && peek(r) != '[' && !first)
		return fail(r, "a key is missing");
	*ret_some = key.len > 0;
	one_key(r, s, key);
	return 0;
}

static int steps_of(struct reader *r, const char *ends, const struct step **ret, size_t *ret_count)
{
	struct step *steps = NULL;
	size_t count = 0, cap = 0;
	bool first = true;
	while (r->at < r->text.len && !strchr(ends, peek(r))) {
		struct step s;
		bool some;
		size_t before = r->at;
		int rc = one_step(r, ends, first, &s, &some);
		if (rc < 0)
			return rc;
		if (r->at == before)
			return fail(r, "something stands where a path goes on");
		first = false;
		if (!some)
			continue;
		ARENA_GROW(r->a, steps, count, cap);
		steps[count++] = s;
	}
	*ret = count ? steps : arena_array(r->a, 1, sizeof(*steps));
	*ret_count = count;
	return 0;
}

/* --- templates ------------------------------------------------------------------------------------------------------- */

struct pieces {
	struct piece *items;
	size_t count, cap;
};

static struct piece *add_piece(struct reader *r, struct pieces *p, enum piece_type type)
{
	ARENA_GROW(r->a, p->items, p->count, p->cap);
	p->items[p->count] = (struct piece){.type = type};
	return &p->items[p->count++];
}

static int pieces_until_end(struct reader *r, bool in_range, struct jsonpath **ret);

static int path_piece(struct reader *r, struct piece *p)
{
	int rc;
	blanks(r);
	(void)take(r, "@");
	rc = steps_of(r, " \t\n}", &p->steps, &p->step_count);
	blanks(r);
	return rc == 0 && !take(r, "}") ? fail(r, "a brace is not closed") : rc;
}

static int range_piece(struct reader *r, struct piece *p)
{
	if (++r->depth > JSONPATH_DEPTH)
		return fail(r, "ranges stand too deep");
	struct jsonpath *body = NULL;
	int rc = path_piece(r, p);
	if (rc == 0)
		rc = pieces_until_end(r, true, &body);
	p->body = body;
	r->depth--;
	return rc;
}

/* What stands in a brace, which is taken already; *ret_end: it was {end}. */
static int brace(struct reader *r, struct pieces *out, bool *ret_end)
{
	int rc;
	blanks(r);
	if (take(r, "end}")) {
		*ret_end = true;
		return 0;
	}
	if (take(r, "range "))
		return range_piece(r, add_piece(r, out, PIECE_RANGE));
	if (peek(r) != '"' && peek(r) != '\'')
		return path_piece(r, add_piece(r, out, PIECE_PATH));
	rc = quoted(r, &add_piece(r, out, PIECE_TEXT)->text);
	blanks(r);
	return rc == 0 && !take(r, "}") ? fail(r, "a brace is not closed") : rc;
}

static int pieces_until_end(struct reader *r, bool in_range, struct jsonpath **ret)
{
	struct pieces out = {0};
	bool end = false;
	while (r->at < r->text.len && !end) {
		size_t from = r->at;
		int rc;
		if (take(r, "{")) {
			rc = brace(r, &out, &end);
			if (rc < 0)
				return rc;
			continue;
		}
		while (r->at < r->text.len && peek(r) != '{')
			r->at++;
		add_piece(r, &out, PIECE_TEXT)->text = str_sub(r->text, from, r->at);
	}
	if (end != in_range)
		return fail(r, in_range ? "{range} has no {end}" : "{end} has no {range}");
	struct jsonpath *p = arena_alloc(r->a, sizeof(*p));
	*p = (struct jsonpath){.pieces = out.items, .count = out.count};
	*ret = p;
	return 0;
}

int jsonpath_template(struct arena *a, const char *text, struct jsonpath **ret, struct err *err)
{
	struct reader r = {.a = a, .text = arena_str(a, str_of(text)), .err = err};
	return r.text.len ? pieces_until_end(&r, false, ret) : fail(&r, "nothing stands");
}

int jsonpath_path(struct arena *a, const char *text, struct jsonpath **ret, struct err *err)
{
	struct str path = str_trim(str_of(text));
	if (str_starts(path, STR("{")) && str_ends(path, STR("}")))
		path = str_trim(str_sub(path, 1, path.len - 1));
	struct reader r = {.a = a, .text = arena_str(a, path), .err = err};
	struct piece *piece = arena_alloc(a, sizeof(*piece));
	*piece = (struct piece){.type = PIECE_PATH};
	if (!path.len)
		return fail(&r, "nothing stands");
	if (path.p[0] == '{')
		return fail(&r, "a brace is not closed, or stands twice");
	int rc = steps_of(&r, "", &piece->steps, &piece->step_count);
	if (rc < 0)
		return rc;
	*ret = arena_alloc(a, sizeof(**ret));
	**ret = (struct jsonpath){.pieces = piece, .count = 1};
	return 0;
}
