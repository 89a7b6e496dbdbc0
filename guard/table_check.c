#include "guard/expression_int.h"

/* --- character classes --------------------------------------------------------------------------------- */

static void add(uint8_t set[32], unsigned from, unsigned to)
{
	for (unsigned b = from; b <= to; b++)
		set[b >> 3] |= (uint8_t)(1u << (b & 7));
}

/* One byte of a class, a backslash taking the next as itself. */
static uint8_t class_byte(struct str text, size_t *at)
{
	if (text.p[*at] == '\\' && *at + 1 < text.len)
		(*at)++;
	return (uint8_t)text.p[(*at)++];
}

int guard_class_parse(struct str text, uint8_t ret[32], struct err *err)
{
	memset(ret, 0, 32);
	for (size_t i = 0; i < text.len;) {
		uint8_t from = class_byte(text, &i), to = from;
		if (i + 1 < text.len && text.p[i] == '-') {
			i++;
			to = class_byte(text, &i);
		}
		if (to < from)
			return err_set(err, ERR_INVALID, "the range %c-%c runs backwards", from,
				       to);
		add(ret, from, to);
	}
	return 0;
}

/* --- expressions --------------------------------------------------------------------------------------- */

/* A quantifier in braces at `at`, "{2}", "{2,5}", "{2,}": the length, and whether it has an end. 0: just a brace. */
static size_t braces(struct str e, size_t at, bool *ret_open)
{
	size_t i = at + 1, comma;
	while (i < e.len && e.p[i] >= '0' && e.p[i] <= '9')
		i++;
	*ret_open = false;
	if (i == at + 1 || i >= e.len)
		return 0;
	if (e.p[i] == ',') {
		comma = i++;
		while (i < e.len && e.p[i] >= '0' && e.p[i] <= '9')
			i++;
		*ret_open = i == comma + 1;
	}
	return i < e.len && e.p[i] == '}' ? i + 1 - at : 0;
}

/* Where a quantifier without a bound stands, or -1. A "+" after a quantifier only makes it possessive. */
static ptrdiff_t find_unbounded(struct str e)
{
	bool after_quantifier = false, open = false;
	for (size_t i = 0; i < e.len; i++) {
		char c = e.p[i];
		bool was = after_quantifier;
		size_t len = c == '{' ? braces(e, i, &open) : 0;
		after_quantifier = false;
		if (c == '\\' || c == '[') {
			i = expression_element_end(e, i) - 1;
		} else if (c == '(' && i + 1 < e.len && e.p[i + 1] == '?') {
			i++;
		} else if (c == '*' || (c == '+' && !was) || (len && open)) {
			return (ptrdiff_t)i;
		} else if (len || c == '?') {
			after_quantifier = true;
			i += len ? len - 1 : 0;
		}
	}
	return -1;
}

static int check_expression(const char *name, const struct guard_row *row,
			    const struct doc_node *node, struct err *err)
{
	ptrdiff_t at = find_unbounded(row->expression);
	const char *key = "expression";
	if (at < 0) {
		key = "ahead";
		at = find_unbounded(row->ahead);
	}
	if (at < 0)
		return 0;
	doc_err(err, ERR_INVALID, name, doc_find(node, key),
		"the expression of %.*s repeats without a bound at its byte %td", STR_ARG(row->id),
		at + 1);
	err_remedy(err, "write the most that can be, such as {1,64}");
	return ERR_INVALID;
}

/* --- literals -------------------------------------------------------------------------------------------- */

static const struct doc_node *item_of(const struct doc_node *row, const char *key, size_t i)
{
	const struct doc_node *n = doc_find(row, key);
	return n && n->type == DOC_LIST && i < n->list.count ? n->list.items[i] : n;
}

static bool contains_nocase(struct str text, struct str part)
{
	for (size_t i = 0; i + part.len <= text.len; i++)
		if (str_eq_nocase(str_make(text.p + i, part.len), part))
			return true;
	return false;
}

static bool is_ascii(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((uint8_t)s.p[i] >= 0x80)
			return false;
	return true;
}

/* A match text without any literal could never be found: said here, where both stand. */
static int check_led(const char *name, const struct guard_row *row, const struct doc_node *node,
		     struct err *err)
{
	for (size_t i = 0; row->literals.count && i < row->match.count; i++) {
		struct str text = row->match.items[i];
		bool led = false;
		/* The folded view may make a literal out of anything but plain letters. */
		if (row->view == 1 && (!is_ascii(text) || memchr(text.p, '&', text.len)))
			continue;
		for (size_t k = 0; k < row->literals.count && !led; k++)
			led = row->nocase || row->view == 1
				      ? contains_nocase(text, row->literals.items[k])
				      : str_find(text, row->literals.items[k], 0) >= 0;
		if (!led) {
			doc_err(err, ERR_INVALID, name, item_of(node, "match", i),
				"none of the literals of %.*s stands in this text, so that it can "
				"never be found",
				STR_ARG(row->id));
			err_remedy(err, "name a part of it under literals");
			return ERR_INVALID;
		}
	}
	return 0;
}

static int check_literals(const char *name, const struct guard_row *row,
			  const struct doc_node *node, struct err *err)
{
	for (size_t i = 0; i < row->literals.count; i++) {
		struct str l = row->literals.items[i];
		const struct doc_node *at = item_of(node, "literals", i);
		if (l.len < 1 || l.len > LITERAL_MAX)
			return doc_err(err, ERR_INVALID, name, at,
				       "a literal has 1 to %d bytes, this one %zu", LITERAL_MAX,
				       l.len);
		for (size_t k = 0; row->view == 1 && k < l.len; k++)
			if (l.p[k] >= 'A' && l.p[k] <= 'Z')
				return doc_err(err, ERR_INVALID, name, at,
					       "the folded view is lower case: it never has "
					       "\"%.*s\"",
					       STR_ARG(l));
	}
	return check_led(name, row, node, err);
}

int guard_row_check(const char *name, const struct guard_row *row, const struct doc_node *node,
		    struct err *err)
{
	int rc;
	static const char *const prefixes[] = {"pii-", "secret-", "injection-"};
	unsigned leads = (row->literals.count > 0) + (row->digits != NULL) +
			 (row->detector.len > 0);
	if (!str_starts(row->id, str_of(prefixes[row->category])))
		return doc_err(err, ERR_INVALID, name, doc_find(node, "id"),
			       "the id of this category begins with \"%s\"",
			       prefixes[row->category]);
	if (leads != 1) {
		doc_err(err, ERR_INVALID, name, node,
			"%.*s wants exactly one of literals, digits and detector, and has %u",
			STR_ARG(row->id), leads);
		err_remedy(err, "name the rarest parts of what it finds under literals");
		return ERR_INVALID;
	}
	if (!row->detector.len && !row->expression.len)
		return doc_err(err, ERR_INVALID, name, node, "%.*s has no expression",
			       STR_ARG(row->id));
	for (size_t i = 0; i < row->near.count; i++)
		if (!row->near.items[i].len)
			return doc_err(err, ERR_INVALID, name, item_of(node, "near", i),
				       "a word of near is empty");
	if ((rc = check_expression(name, row, node, err)) < 0)
		return rc;
	return check_literals(name, row, node, err);
}
