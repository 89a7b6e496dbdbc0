/* A decoded struct back to a document that decodes to the same. */
#include "base/field_int.h"
#include "base/json.h"

static void add_members(struct json *j, const struct field *fields, const char *object);

/* What decoding an absent member gives anyway is left out: nothing, where the row has no default. Without one that is required it would not decode. */
static bool is_absent(const struct field *f, const void *value)
{
	if (f->dflt || (f->flags & FIELD_REQUIRED))
		return false;
	switch (f->type) {
	case FIELD_STRING:
	case FIELD_NAME:
		return ((const struct str *)value)->len == 0;
	case FIELD_INT:
	case FIELD_MONEY:
	case FIELD_DURATION:
	case FIELD_SIZE:
	case FIELD_PERCENT:
		return *(const int64_t *)value == 0;
	case FIELD_ENUM:
		return *(const int *)value == 0;
	case FIELD_STRINGS:
		return ((const struct field_strings *)value)->count == 0;
	case FIELD_LIST:
	case FIELD_MAP:
		return ((const struct field_list *)value)->count == 0;
	case FIELD_ANY:
		return *(const struct doc_node *const *)value == NULL;
	default:
		return false;
	}
}

static void add_elements(struct json *j, const struct field *f, const struct field_list *list)
{
	if (f->type == FIELD_LIST)
		json_array(j);
	else
		json_object(j);
	for (size_t i = 0; i < list->count; i++) {
		const char *element = field_element(f, list, i);
		if (f->type == FIELD_MAP) {
			/* The writer's keys end in NUL; the map's need not. */
			const struct str *key = (const void *)element;
			char name[256];
			snprintf(name, sizeof(name), "%.*s", STR_ARG(*key));
			json_key(j, name);
		}
		json_object(j);
		add_members(j, f->sub, element);
		json_end(j);
	}
	json_end(j);
}

static void add_value(struct json *j, const struct field *f, const void *value)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	switch (f->type) {
	case FIELD_BOOL:
		json_add_bool(j, *(const bool *)value);
		break;
	case FIELD_INT:
		json_add_int(j, *(const int64_t *)value);
		break;
	case FIELD_STRINGS: {
		const struct field_strings *s = value;
		json_array(j);
		for (size_t i = 0; i < s->count; i++)
			json_add_str(j, s->items[i]);
		json_end(j);
		break;
	}
	case FIELD_OBJECT:
		json_object(j);
		add_members(j, f->sub, value);
		json_end(j);
		break;
	case FIELD_LIST:
	case FIELD_MAP:
		add_elements(j, f, value);
		break;
	case FIELD_ANY:
		field_format(&text, f, value);
		json_add_raw(j, text.len ? buf_str(&text) : STR("null"));
		break;
	default:
		field_format(&text, f, value);
		json_add_str(j, buf_str(&text));
	}
}

static void add_members(struct json *j, const struct field *fields, const char *object)
{
	for (const struct field *f = fields; f->name; f++) {
		const void *value = object + f->offset;
		if (is_absent(f, value))
			continue;
		json_key(j, f->name);
		add_value(j, f, value);
	}
}

void field_json(struct json *j, const struct field *fields, const void *object)
{
	json_object(j);
	add_members(j, fields, object);
	json_end(j);
}
