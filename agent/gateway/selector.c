#include "agent/gateway/selector.h"

#include "skill/kind.h"

static int bad(struct str term, bool label, struct err *err)
{
	err_set(err, ERR_USAGE, "%s: \"%.*s\" is not understood",
		label ? "labelSelector" : "fieldSelector", (int)MIN(term.len, 200), term.p);
	return err_remedy(err, "write for example %s",
			  label ? "team=billing, tier!=gold, env in (prod,stage), !legacy"
				: "status.phase=Ready, spec.role!=manager");
}

/* Up to the next comma that is not between parentheses. */
static bool next_term(struct str *rest, struct str *ret)
{
	size_t depth = 0, i = 0;
	if (rest->len == 0)
		return false;
	for (; i < rest->len; i++) {
		char c = rest->p[i];
		if (c == '(')
			depth++;
		else if (c == ')' && depth)
			depth--;
		else if (c == ',' && depth == 0)
			break;
	}
	*ret = str_trim(str_sub(*rest, 0, i));
	*rest = str_sub(*rest, MIN(i + 1, rest->len), rest->len);
	return true;
}

static bool is_key(struct str s, bool label)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-' ||
			     c == (label ? '/' : '[') || (!label && c == ']');
		if (!plain)
			return false;
	}
	return s.len > 0 && s.len <= 253;
}

static bool add_value(struct selector_term *t, struct str value)
{
	if (t->value_count == SELECTOR_VALUES_MAX)
		return false;
	t->values[t->value_count++] = str_trim(value);
	return true;
}

/* "key in (a,b)", "key notin (a,b)". */
static bool read_set(struct selector_term *t, struct str term, struct str *ret_key)
{
	struct str rest = term, key, word, value;
	if (!str_split(&rest, ' ', &key) || !str_ends(rest, STR(")")))
		return false;
	rest = str_trim(rest);
	ptrdiff_t open = str_find_byte(rest, '(', 0);
	if (open < 0)
		return false;
	word = str_trim(str_sub(rest, 0, (size_t)open));
	if (!str_eqz(word, "in") && !str_eqz(word, "notin"))
		return false;
	t->op = str_eqz(word, "in") ? SELECT_IN : SELECT_NOT_IN;
	rest = str_sub(rest, (size_t)open + 1, rest.len - 1);
	while (str_split(&rest, ',', &value))
		if (!add_value(t, value))
			return false;
	*ret_key = str_trim(key);
	return t->value_count > 0;
}

/* "key=value", "key==value", "key!=value". */
static bool read_equal(struct selector_term *t, struct str term, ptrdiff_t equals,
		       struct str *ret_key)
{
	size_t at = (size_t)equals, before = at;
	t->op = SELECT_IN;
	if (at > 0 && term.p[at - 1] == '!') {
		t->op = SELECT_NOT_IN;
		before--;
	} else if (at + 1 < term.len && term.p[at + 1] == '=') {
		at++;
	}
	*ret_key = str_trim(str_sub(term, 0, before));
	return add_value(t, str_sub(term, at + 1, term.len));
}

static bool read_term(struct selector_term *t, struct str term, struct str *ret_key)
{
	ptrdiff_t equals = str_find_byte(term, '=', 0);
	if (t->label && str_ends(term, STR(")")))
		return read_set(t, term, ret_key);
	if (equals >= 0)
		return read_equal(t, term, equals, ret_key);
	if (!t->label)
		return false;
	bool not = term.p[0] == '!';
	t->op = not ? SELECT_NOT_THERE : SELECT_THERE;
	*ret_key = str_trim(str_sub(term, not, term.len));
	return true;
}

static int too_many(struct err *err)
{
	return err_set(err, ERR_USAGE, "more than %d terms in a selector", SELECTOR_TERMS_MAX);
}

int selector_field_is(struct selector *s, const char *field, struct str value, struct err *err)
{
	if (s->count == SELECTOR_TERMS_MAX)
		return too_many(err);
	s->terms[s->count++] = (struct selector_term){
		.key = field, .op = SELECT_IN, .values = {value}, .value_count = 1};
	return 0;
}

static int add_terms(struct selector *s, struct arena *a, struct str text, bool label,
		     struct err *err)
{
	struct str rest = str_trim(text), term, key = STR("");
	/* "a," has an empty last term that next_term() does not see. */
	if (str_ends(rest, STR(",")))
		return bad(rest, label, err);
	while (next_term(&rest, &term)) {
		if (s->count == SELECTOR_TERMS_MAX)
			return too_many(err);
		struct selector_term *t = &s->terms[s->count];
		*t = (struct selector_term){.label = label};
		if (!term.len || !read_term(t, term, &key) || !is_key(key, label))
			return bad(term, label, err);
		t->key = arena_strndup(a, key.p, key.len);
		s->count++;
	}
	return 0;
}

int selector_labels(struct selector *s, struct arena *a, struct str text, struct err *err)
{
	return add_terms(s, a, text, true, err);
}

int selector_fields(struct selector *s, struct arena *a, struct str text, struct err *err)
{
	return add_terms(s, a, text, false, err);
}

static bool term_fits(const struct selector_term *t, const struct doc_node *object)
{
	const struct doc_node *n = t->label ? doc_find(kind_path(object, "metadata.labels"), t->key)
					    : kind_path(object, t->key);
	bool there = n && n->type != DOC_NULL && n->type != DOC_LIST && n->type != DOC_MAP;
	if (t->op == SELECT_THERE || t->op == SELECT_NOT_THERE)
		return there == (t->op == SELECT_THERE);
	/* A field that is not there reads as empty; a label that is not there equals nothing. */
	bool among = false;
	for (size_t i = 0; i < t->value_count; i++)
		among = among || (there ? str_eq(n->text, t->values[i])
					: !t->label && t->values[i].len == 0);
	return among == (t->op == SELECT_IN);
}

bool selector_fits(const struct selector *s, const struct doc_node *object)
{
	for (size_t i = 0; i < s->count; i++)
		if (!term_fits(&s->terms[i], object))
			return false;
	return true;
}

bool selector_fits_text(const struct selector *s, struct str json)
{
	static const struct doc_limits limits = {(size_t)64 << 20, 64, 10000000, (size_t)64 << 20};
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)512 << 20);
	const struct doc_node *n = NULL;
	if (s->count == 0)
		return true;
	return doc_parse_json(a, json, &limits, "object", &n, NULL) == 0 && selector_fits(s, n);
}
