/*
 * Which rules led from digits a row of digits can be for, told by what stands beside it: a bit a rule, in tables by the byte before, the
 * byte after the first group, and its length. What a table says is taken from the rule; where it says nothing, all bytes will do.
 */
#include "guard/table_int.h"

/* --- groups: '3 2 4', '12-19', '4 * 1-2' ------------------------------------------------------------------ */

static bool read_number(struct str *s, uint8_t *ret)
{
	unsigned n = 0;
	size_t i = 0;
	for (; i < s->len && s->p[i] >= '0' && s->p[i] <= '9' && n < 100; i++)
		n = n * 10 + (unsigned)(s->p[i] - '0');
	*ret = (uint8_t)n;
	*s = str_sub(*s, i, s->len);
	return i > 0 && n >= 1 && n <= GUARD_RUN_MAX;
}

static bool read_group(struct str word, uint8_t *least, uint8_t *most)
{
	*least = 1;
	*most = UINT8_MAX;
	if (str_eqz(word, "*"))
		return true;
	if (!read_number(&word, least))
		return false;
	*most = *least;
	if (word.len && word.p[0] == '-') {
		word = str_sub(word, 1, word.len);
		if (!read_number(&word, most))
			return false;
	}
	return !word.len && *most >= *least;
}

static bool read_shape(struct str text, struct guard_shape *ret)
{
	struct str word;
	*ret = (struct guard_shape){0};
	while (str_split(&text, ' ', &word)) {
		if (ret->count == GUARD_SHAPE_GROUPS ||
		    !read_group(word, &ret->least[ret->count], &ret->most[ret->count]))
			return false;
		ret->count++;
	}
	return ret->count > 0;
}

int guard_pattern_shapes(const char *name, struct guard_pattern *p, struct err *err)
{
	const struct field_strings *groups = &p->row.groups;
	for (size_t i = 0; i < groups->count; i++) {
		if (i < GUARD_SHAPES_MAX && read_shape(groups->items[i], &p->shapes[i])) {
			p->shape_count++;
			continue;
		}
		doc_err(err, ERR_INVALID, name, doc_find(p->node, "groups"),
			i < GUARD_SHAPES_MAX ? "\"%.*s\" is no row of groups of digits"
					     : "\"%.*s\" is one row of groups too many",
			STR_ARG(groups->items[i]));
		err_remedy(err, "write how many digits each of up to four groups has, such as "
				"\"3 2 4\", \"12-19\" or \"4 *\"");
		return ERR_INVALID;
	}
	if ((groups->count || p->row.after.len) && !p->digits_least)
		return doc_err(err, ERR_INVALID, name, p->node,
			       "%s is not led from digits, so that groups and after say nothing",
			       p->rule.id);
	return 0;
}

/* --- the tables ------------------------------------------------------------------------------------------------ */

bool guard_lookbehind(struct str *e, bool *ret_digit, uint8_t ret[32])
{
	struct str opener = STR("(?<!["), pair = STR("(?<!\\d[");
	*ret_digit = str_starts(*e, pair);
	if (!*ret_digit && !str_starts(*e, opener))
		return false;
	size_t from = *ret_digit ? pair.len : opener.len, to = from;
	while (to < e->len && e->p[to] != ']')
		to += e->p[to] == '\\' ? 2 : 1;
	struct str rest = str_sub(*e, to, e->len);
	if (!str_starts(rest, STR("])")) || e->p[from] == '^' ||
	    guard_class_parse(str_sub(*e, from, to), ret, NULL) < 0)
		return false;
	/* "\d" and "\s" are no bytes. */
	for (size_t i = from; i + 1 < to; i++)
		if (e->p[i] == '\\' && ((e->p[i + 1] | 0x20) >= 'a' && (e->p[i + 1] | 0x20) <= 'z'))
			return false;
	*e = str_sub(rest, 2, rest.len);
	return true;
}

static void forbid(struct guard_digits *d, uint64_t bit, struct str e)
{
	uint8_t class[32];
	bool digit;
	while (guard_lookbehind(&e, &digit, class))
		for (unsigned b = 0; b < 256; b++)
			if (guard_class_has(class, (char)b)) {
				d->before[b] &= digit ? ~(uint64_t)0 : ~bit;
				d->after_digit[b] &= digit ? ~bit : ~(uint64_t)0;
			}
}

/* A match that begins with no digit begins with what is stepped back over. */
static void want_back(struct guard_digits *d, uint64_t bit, const struct guard_pattern *p)
{
	for (unsigned b = '0'; b <= '9'; b++)
		if (guard_class_has(p->first, (char)b))
			return;
	for (unsigned b = 0; b < 256; b++) {
		if (!guard_class_has(p->back, (char)b))
			d->before[b] &= ~bit;
		if (!guard_class_has(p->first, (char)b))
			d->begins[b] &= ~bit;
	}
}

int guard_digits_ready(const struct guard_rules *r, struct err *err)
{
	struct guard_digits *d = r->digit_tables;
	if (d->ready)
		return 0;
	memset(d, 0xFF, sizeof(*d));
	for (unsigned n = 0; n < ARRAY_SIZE(d->groups); n++)
		d->groups[n] = r->digit_count ? ~(uint64_t)0 >> (64 - r->digit_count) : 0;
	d->ready = false;
	for (size_t i = 0; i < r->digit_count; i++) {
		struct guard_pattern *p = r->digits[i];
		uint64_t bit = (uint64_t)1 << i;
		uint8_t after[32];
		int rc = guard_pattern_ready(p, err);
		if (rc < 0)
			return rc;
		if (p->has_back)
			want_back(d, bit, p);
		else
			forbid(d, bit, p->row.expression);
		if (p->row.after.len && (rc = guard_class_parse(p->row.after, after, err)) < 0)
			return rc;
		for (unsigned b = 0; p->row.after.len && b < 256; b++)
			if (!guard_class_has(after, (char)b))
				d->after[b] &= ~bit;
		for (unsigned n = 0; n < ARRAY_SIZE(d->groups); n++)
			if (n < p->first_least || n > p->first_most)
				d->groups[n] &= ~bit;
		for (unsigned n = 0; n < ARRAY_SIZE(d->runs); n++)
			if (n < p->digits_least)
				d->runs[n] &= ~bit;
		if (!p->shape_count)
			d->shaped &= ~bit;
	}
	d->ready = true;
	return 0;
}
