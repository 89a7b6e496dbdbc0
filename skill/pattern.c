#include "skill/route_int.h"

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void fold(char *out, const char *in, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[i] = (char)(in[i] >= 'A' && in[i] <= 'Z' ? in[i] + 32 : in[i]);
}

static bool name_ok(struct str s)
{
	if (!s.len || s.len > 32 || (s.p[0] >= '0' && s.p[0] <= '9'))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = (char)(s.p[i] | 32);
		if (!(c >= 'a' && c <= 'z') && !(s.p[i] >= '0' && s.p[i] <= '9') && s.p[i] != '_')
			return false;
	}
	return true;
}

static int bad_placeholder(struct str part, struct err *err)
{
	err_set(err, ERR_INVALID, "\"%.*s\" is not a word and not a placeholder",
		(int)MIN(part.len, (size_t)80), part.p);
	return err_remedy(
		err, "a placeholder is a word of its own with a name of letters, digits and _, "
		     "such as {order_id}");
}

/* That part, as place `at`, may be one. */
static int check_placeholder(const struct pattern *p, unsigned at, struct str part, struct err *err)
{
	struct str name = str_sub(part, 1, part.len - 1);
	if (part.len < 3 || part.p[0] != '{' || part.p[part.len - 1] != '}' || !name_ok(name))
		return bad_placeholder(part, err);
	for (unsigned i = 0; i < at; i++) {
		if (pattern_is_word(p, i) || !str_eq(pattern_part(p, i), name))
			continue;
		err_set(err, ERR_INVALID, "the placeholder {%.*s} stands twice", STR_ARG(name));
		return err_remedy(err, "give each placeholder its own name");
	}
	if (at - p->words == PATTERN_PARAMS_MAX) {
		err_set(err, ERR_TOO_LARGE, "a pattern has at most %d placeholders",
			PATTERN_PARAMS_MAX);
		return err_remedy(err, "let the last one take the rest of the text");
	}
	return 0;
}

static int check_text(struct str text, struct err *err)
{
	size_t bad;
	if (text.len > PATTERN_BYTES_MAX) {
		err_set(err, ERR_TOO_LARGE, "the pattern has %zu bytes; at most %d", text.len,
			PATTERN_BYTES_MAX);
		return err_remedy(err, "keep the words that tell it from others");
	}
	if (!str_is_utf8(text, &bad))
		return err_set(err, ERR_INVALID, "byte %zu of the pattern is not UTF-8", bad + 1);
	for (size_t pos = 0; pos < text.len;) {
		if (rune_is_deceptive(str_next_rune(text, &pos)))
			return err_set(
				err, ERR_INVALID,
				"the pattern holds a control or invisible character before byte "
				"%zu",
				pos + 1);
	}
	return 0;
}

bool text_split(struct text_words *ret, struct str text)
{
	ret->text = text;
	ret->count = 0;
	ret->end = 0;
	if (text.len > ROUTE_TEXT_MAX)
		return false;
	if (text.len)
		fold(ret->folded, text.p, text.len);
	for (size_t i = 0; i < text.len; i++) {
		size_t from = i;
		while (i < text.len && !is_space(text.p[i]))
			i++;
		if (i == from)
			continue;
		ret->end = i;
		if (ret->count <= PATTERN_WORDS_MAX)
			ret->parts[ret->count++] = (struct text_part){(uint16_t)from,
								      (uint16_t)(i - from)};
	}
	return true;
}

/* The part at place `at` of text t; p has those before it. */
static int add_part(struct pattern *p, unsigned at, const struct text_words *t, struct err *err)
{
	const struct text_part *w = &t->parts[at];
	struct str part = str_sub(t->text, w->start, w->start + w->len);
	struct str kept = str_make(t->folded + w->start, w->len);
	if (at == PATTERN_WORDS_MAX) {
		err_set(err, ERR_TOO_LARGE, "a pattern has at most %d words", PATTERN_WORDS_MAX);
		return err_remedy(err, "keep the words that tell it from others");
	}
	p->open = str_find_byte(part, '{', 0) >= 0 || str_find_byte(part, '}', 0) >= 0;
	if (p->open) {
		int rc = check_placeholder(p, at, part, err);
		if (rc < 0)
			return rc;
		kept = str_sub(part, 1, part.len - 1);
	} else {
		p->word_bits |= 1u << at;
		p->words++;
	}
	unsigned from = at ? p->ends[at - 1] : 0;
	memcpy((char *)(p->ends + p->count) + from, kept.p, kept.len);
	p->ends[at] = (uint16_t)(from + kept.len);
	return 0;
}

int pattern_read(struct pattern_room *room, struct str text, const struct pattern **ret,
		 struct err *err)
{
	struct pattern *p = (struct pattern *)room->bytes;
	struct text_words t;
	int rc = check_text(text, err);
	if (rc < 0)
		return rc;
	(void)text_split(&t, text); /* a pattern is never too long for a text */
	*p = (struct pattern){.count = (uint8_t)MIN(t.count, (unsigned)PATTERN_WORDS_MAX)};
	for (unsigned i = 0; i < t.count; i++) {
		rc = add_part(p, i, &t, err);
		if (rc < 0)
			return rc;
	}
	*ret = p;
	if (p->words)
		return 0;
	if (!p->count)
		err_set(err, ERR_INVALID, "the pattern is empty");
	else
		err_set(err, ERR_INVALID,
			"the pattern has no word of its own and would match "
			"everything");
	return err_remedy(err, "write at least one word, such as order status {order_id}");
}

size_t pattern_bytes(const struct pattern *p)
{
	return sizeof(*p) + p->count * sizeof(p->ends[0]) + (p->count ? p->ends[p->count - 1] : 0);
}

int pattern_parse(struct arena *a, struct str text, struct pattern **ret, struct err *err)
{
	struct pattern_room room;
	const struct pattern *p;
	int rc = pattern_read(&room, text, &p, err);
	if (rc < 0)
		return rc;
	*ret = arena_alloc(a, pattern_bytes(p));
	memcpy(*ret, p, pattern_bytes(p));
	return 0;
}

bool pattern_fits(const struct pattern *p, const struct text_words *t)
{
	if (p->open ? t->count < p->count : t->count != p->count)
		return false;
	for (unsigned i = 0; i < p->count; i++) {
		if (pattern_is_word(p, i) &&
		    !str_eq(pattern_part(p, i),
			    str_make(t->folded + t->parts[i].start, t->parts[i].len)))
			return false;
	}
	return true;
}

bool pattern_matches(const struct pattern *p, struct str text)
{
	struct text_words t;
	return text_split(&t, text) && pattern_fits(p, &t);
}

/* The word at place i of any text that p matches, or STR_NULL when it may be any. */
static struct str required(const struct pattern *p, unsigned i)
{
	return i < p->count && pattern_is_word(p, i) ? pattern_part(p, i) : STR_NULL;
}

static struct str sample(const struct pattern *a, const struct pattern *b, unsigned i)
{
	const struct pattern *named = i < a->count ? a : b;
	struct str word = required(a, i);
	if (!word.p)
		word = required(b, i);
	return word.p ? word : pattern_part(named, i);
}

bool pattern_collide(const struct pattern *a, const struct pattern *b, struct buf *ret_witness)
{
	unsigned count = MAX(a->count, b->count);
	if ((!a->open && a->count != count) || (!b->open && b->count != count))
		return false;
	for (unsigned i = 0; i < count; i++) {
		struct str x = required(a, i), y = required(b, i);
		if (x.p && y.p && !str_eq(x, y))
			return false;
	}
	for (unsigned i = 0; ret_witness && i < count; i++) {
		if (i)
			buf_add_char(ret_witness, ' ');
		buf_add_str(ret_witness, sample(a, b, i));
	}
	return true;
}

bool pattern_covers(const struct pattern *a, const struct pattern *b)
{
	if (a->open ? b->count < a->count : b->open || b->count != a->count)
		return false;
	for (unsigned i = 0; i < a->count; i++) {
		struct str x = required(a, i), y = required(b, i);
		if (x.p && (!y.p || !str_eq(x, y)))
			return false;
	}
	return true;
}

int pattern_order(const struct pattern *a, const struct pattern *b)
{
	if (a->words != b->words)
		return b->words - a->words;
	if (a->count != b->count)
		return b->count - a->count;
	return a->open - b->open;
}

bool pattern_same(const struct pattern *a, const struct pattern *b)
{
	return pattern_covers(a, b) && pattern_covers(b, a);
}
