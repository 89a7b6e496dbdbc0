/* Values back to text, and their equality. */
#include <inttypes.h>

#include "base/clock.h"
#include "base/doc_int.h"
#include "base/field_int.h"
#include "base/json.h"

static void add_size(struct buf *out, int64_t bytes)
{
	static const char *const units[] = {"", "Ki", "Mi", "Gi", "Ti"};
	size_t unit = 0;
	while (bytes && bytes % 1024 == 0 && unit + 1 < ARRAY_SIZE(units)) {
		bytes /= 1024;
		unit++;
	}
	buf_addf(out, "%" PRId64 "%s", bytes, units[unit]);
}

static void add_strings(struct buf *out, const struct field_strings *s)
{
	buf_add_char(out, '[');
	for (size_t i = 0; i < s->count; i++) {
		buf_addz(out, i ? ", " : "");
		/* Inside brackets a comma needs quotes as well. */
		if (doc_plain_safe(s->items[i]) && str_find_byte(s->items[i], ',', 0) < 0 &&
		    str_find_byte(s->items[i], ']', 0) < 0)
			buf_add_str(out, s->items[i]);
		else
			json_quote(out, s->items[i]);
	}
	buf_add_char(out, ']');
}

static void add_object(struct buf *out, const struct field *fields, const char *object)
{
	buf_add_char(out, '{');
	for (const struct field *f = fields; f->name; f++) {
		buf_addf(out, "%s%s: ", f == fields ? "" : ", ", f->name);
		field_format(out, f, object + f->offset);
	}
	buf_add_char(out, '}');
}

static void add_elements(struct buf *out, const struct field *f, const struct field_list *l)
{
	buf_add_char(out, f->type == FIELD_LIST ? '[' : '{');
	for (size_t i = 0; i < l->count; i++) {
		const char *element = field_element(f, l, i);
		buf_addz(out, i ? ", " : "");
		if (f->type == FIELD_MAP)
			buf_addf(out,
				 "%.*s: ", STR_ARG(*(const struct str *)(const void *)element));
		add_object(out, f->sub, element);
	}
	buf_add_char(out, f->type == FIELD_LIST ? ']' : '}');
}

static void add_percent(struct buf *out, int64_t millionths)
{
	field_add_decimal(out, millionths, 4);
	buf_add_char(out, '%');
}

static void add_duration(struct buf *out, int64_t ms)
{
	char text[32];
	buf_addz(out, duration_format(ms, text));
}

void field_format(struct buf *out, const struct field *f, const void *value)
{
	switch (f->type) {
	case FIELD_STRING:
	case FIELD_NAME:
		buf_add_str(out, *(const struct str *)value);
		break;
	case FIELD_ENUM:
		buf_addz(out, f->choices[*(const int *)value]);
		break;
	case FIELD_BOOL:
		buf_addz(out, *(const bool *)value ? "true" : "false");
		break;
	case FIELD_INT:
		buf_addf(out, "%" PRId64, *(const int64_t *)value);
		break;
	case FIELD_MONEY:
		field_add_decimal(out, *(const int64_t *)value, 6);
		break;
	case FIELD_DURATION:
		add_duration(out, *(const int64_t *)value);
		break;
	case FIELD_SIZE:
		add_size(out, *(const int64_t *)value);
		break;
	case FIELD_PERCENT:
		add_percent(out, *(const int64_t *)value);
		break;
	case FIELD_STRINGS:
		add_strings(out, value);
		break;
	case FIELD_OBJECT:
		add_object(out, f->sub, value);
		break;
	case FIELD_LIST:
	case FIELD_MAP:
		add_elements(out, f, value);
		break;
	case FIELD_ANY:
		if (*(const struct doc_node *const *)value)
			doc_write_json(out, *(const struct doc_node *const *)value, 0, false);
		break;
	}
}

/* --- equality --------------------------------------------------------------------------------- */

static bool strings_equal(const struct field_strings *a, const struct field_strings *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!str_eq(a->items[i], b->items[i]))
			return false;
	return true;
}

static bool objects_equal(const struct field *fields, const void *a, const void *b)
{
	for (const struct field *f = fields; f->name; f++)
		if (!field_equal(f, a, b))
			return false;
	return true;
}

/* Like maps of documents, these are equal in any order of their keys. */
static bool maps_equal(const struct field *f, const struct field_list *a,
		       const struct field_list *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0, k; i < a->count; i++) {
		const struct str *key = field_element(f, a, i);
		for (k = 0; k < b->count; k++) {
			const struct str *other = field_element(f, b, (i + k) % b->count);
			if (str_eq(*key, *other)) {
				if (!objects_equal(f->sub, key, other))
					return false;
				break;
			}
		}
		if (k == b->count)
			return false;
	}
	return true;
}

static bool lists_equal(const struct field *f, const struct field_list *a,
			const struct field_list *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!objects_equal(f->sub, field_element(f, a, i), field_element(f, b, i)))
			return false;
	return true;
}

static bool nodes_equal(const struct doc_node *a, const struct doc_node *b)
{
	return a == b || (a && b && doc_equal(a, b));
}

bool field_equal(const struct field *f, const void *a_struct, const void *b_struct)
{
	const void *a = (const char *)a_struct + f->offset, *b = (const char *)b_struct + f->offset;
	switch (f->type) {
	case FIELD_STRING:
	case FIELD_NAME:
		return str_eq(*(const struct str *)a, *(const struct str *)b);
	case FIELD_ENUM:
		return *(const int *)a == *(const int *)b;
	case FIELD_BOOL:
		return *(const bool *)a == *(const bool *)b;
	case FIELD_INT:
	case FIELD_MONEY:
	case FIELD_DURATION:
	case FIELD_SIZE:
	case FIELD_PERCENT:
		return *(const int64_t *)a == *(const int64_t *)b;
	case FIELD_STRINGS:
		return strings_equal(a, b);
	case FIELD_OBJECT:
		return objects_equal(f->sub, a, b);
	case FIELD_LIST:
		return lists_equal(f, a, b);
	case FIELD_MAP:
		return maps_equal(f, a, b);
	case FIELD_ANY:
		return nodes_equal(*(const struct doc_node *const *)a,
				   *(const struct doc_node *const *)b);
	}
	return false;
}
