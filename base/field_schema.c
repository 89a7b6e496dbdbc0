/* A field table as JSON Schema 2020-12, for editors and for `aspora schema`. */
#include <assert.h>

#include "base/field_int.h"
#include "base/json.h"

static void type_and(struct json *j, const char *type)
{
	json_strz(j, "type", type);
}

/* A number, or text of this pattern. */
static void number_or_text(struct json *j, const char *number, const char *pattern)
{
	json_array_in(j, "type");
	json_addz(j, number);
	json_addz(j, "string");
	json_end(j);
	json_strz(j, "pattern", pattern);
}

/* Bounds in the unit that a person writes: `places` decimals. */
static void bounds(struct json *j, const struct field *f, unsigned places)
{
	int64_t min, max;
	if (!field_bounds(f, &min, &max))
		return;
	for (int i = 0; i < 2; i++) {
		CLEANUP(buf_release) struct buf b = BUF_INIT(64);
		if (i && max == INT64_MAX)
			continue;
		field_add_decimal(&b, i ? max : min, places);
		json_raw(j, i ? "maximum" : "minimum", buf_str(&b));
	}
}

static void add_value_type(struct json *j, const struct field *f)
{
	switch (f->type) {
	case FIELD_NAME:
		type_and(j, "string");
		json_strz(j, "pattern", "^[a-z0-9]+(-[a-z0-9]+)*$");
		json_int(j, "maxLength", 64);
		break;
	case FIELD_ENUM:
		json_array_in(j, "enum");
		for (size_t i = 0; f->choices[i]; i++)
			json_addz(j, f->choices[i]);
		json_end(j);
		break;
	case FIELD_BOOL:
		type_and(j, "boolean");
		break;
	case FIELD_INT:
		type_and(j, "integer");
		bounds(j, f, 0);
		break;
	case FIELD_MONEY:
		number_or_text(j, "number", "^[0-9]+(\\.[0-9]{1,6})?$");
		if (f->min || f->max)
			bounds(j, f, 6);
		else
			json_int(j, "minimum", 0);
		break;
	case FIELD_DURATION:
		number_or_text(j, "integer",
			       "^(0|(?=[0-9])([0-9]+d)?([0-9]+h)?([0-9]+m)?"
			       "([0-9]+s)?([0-9]+ms)?)$");
		json_int(j, "minimum", 0); /* as a number, only 0 */
		json_int(j, "maximum", 0);
		break;
	case FIELD_SIZE:
		number_or_text(j, "integer", "^[0-9]+([KMGT]i)?$");
		break;
	case FIELD_PERCENT:
		number_or_text(j, "number", "^[0-9]+(\\.[0-9]+)?%?$");
		json_int(j, "minimum", 0);
		json_int(j, "maximum", 1);
		break;
	default:
		type_and(j, "string");
		if (f->flags & FIELD_SECRET_REF)
			json_strz(j, "pattern", "^(env:|file:/)");
		else if (f->flags & FIELD_NONEMPTY)
			json_int(j, "minLength", 1);
	}
}

/* Default and example are YAML in the table; here they are JSON. */
static void add_yaml(struct json *j, const char *key, const char *yaml, bool in_array)
{
	struct arena *a = arena_new(64 * 1024);
	const struct doc_node *n;
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	int rc = doc_parse_yaml(a, str_of(yaml), &doc_limits_yaml, key, 0, &n, NULL);
	assert(rc == 0);
	if (rc == 0) {
		if (in_array)
			buf_add_char(&text, '[');
		doc_write_json(&text, n, 0, false);
		if (in_array)
			buf_add_char(&text, ']');
		json_raw(j, key, buf_str(&text));
	}
	arena_free(a);
}

static void add_type(struct json *j, const struct field *f, bool allow_unknown);

/* The schema of one element; with FIELD_SHORT also of its first field alone. */
static void add_element(struct json *j, const struct field *f, bool allow_unknown)
{
	if (!(f->flags & FIELD_SHORT)) {
		field_schema(j, f->sub, allow_unknown);
		return;
	}
	json_object(j);
	json_array_in(j, "anyOf");
	json_object(j);
	add_type(j, f->sub, allow_unknown);
	json_end(j);
	field_schema(j, f->sub, allow_unknown);
	json_end(j);
	json_end(j);
}

static void add_type(struct json *j, const struct field *f, bool allow_unknown)
{
	bool some = f->flags & FIELD_NONEMPTY;
	switch (f->type) {
	case FIELD_STRINGS:
		json_array_in(j, "type");
		json_addz(j, "array");
		json_addz(j, "string");
		json_end(j);
		json_object_in(j, "items");
		type_and(j, "string");
		json_end(j);
		if (some)
			json_int(j, "minItems", 1);
		break;
	case FIELD_OBJECT:
		field_schema_members(j, f->sub, allow_unknown);
		break;
	case FIELD_LIST:
		type_and(j, "array");
		json_key(j, "items");
		add_element(j, f, allow_unknown);
		if (some)
			json_int(j, "minItems", 1);
		break;
	case FIELD_MAP:
		type_and(j, "object");
		json_key(j, "additionalProperties");
		add_element(j, f, allow_unknown);
		if (some)
			json_int(j, "minProperties", 1);
		break;
	case FIELD_ANY:
		break;
	default:
		add_value_type(j, f);
	}
}

static void add_required(struct json *j, const struct field *fields)
{
	bool any = false;
	for (const struct field *f = fields; f->name; f++) {
		if (!(f->flags & FIELD_REQUIRED))
			continue;
		if (!any)
			json_array_in(j, "required");
		any = true;
		json_addz(j, f->name);
	}
	if (any)
		json_end(j);
}

void field_schema_members(struct json *j, const struct field *fields, bool allow_unknown)
{
	type_and(j, "object");
	json_object_in(j, "properties");
	for (const struct field *f = fields; f->name; f++) {
		json_object_in(j, f->name);
		if (f->help)
			json_strz(j, "description", f->help);
		add_type(j, f, allow_unknown);
		if (f->dflt)
			add_yaml(j, "default", f->dflt, false);
		if (f->example)
			add_yaml(j, "examples", f->example, true);
		json_end(j);
	}
	json_end(j);
	add_required(j, fields);
	if (!allow_unknown)
		json_bool(j, "additionalProperties", false);
}

void field_schema(struct json *j, const struct field *fields, bool allow_unknown)
{
	json_object(j);
	field_schema_members(j, fields, allow_unknown);
	json_end(j);
}
