/* Configuration as bytes for digests, as text for people, as a schema for editors. */
#include "skill/config_int.h"

/* --- canonical records ------------------------------------------------------------------------ */

static void add_field(struct buf *out, struct str s)
{
	buf_add_u32(out, (uint32_t)s.len);
	buf_add_str(out, s);
}

static void add_value(struct buf *out, const struct field *f, const void *value);

static void add_number(struct buf *out, int64_t n)
{
	buf_add_u32(out, 8);
	buf_add_u64(out, (uint64_t)n);
}

/* The members of a structure, one field each. */
static void add_members(struct buf *out, const struct field *fields, const void *object)
{
	for (const struct field *f = fields; f->name; f++) {
		if (f->type == FIELD_OBJECT)
			add_members(out, f->sub, (const char *)object + f->offset);
		else
			add_value(out, f, (const char *)object + f->offset);
	}
}

static void add_list(struct buf *out, const struct field *f, const struct field_list *list)
{
	CLEANUP(buf_release) struct buf all = BUF_INIT(BUF_MAX);
	buf_add_u64(&all, list->count);
	for (size_t i = 0; i < list->count; i++) {
		CLEANUP(buf_release) struct buf one = BUF_INIT(BUF_MAX);
		const char *e = (const char *)list->items + i * f->sub_size;
		if (f->type == FIELD_MAP)
			add_field(&one, *(const struct str *)e);
		add_members(&one, f->sub, e);
		add_field(&all, buf_str(&one));
	}
	add_field(out, buf_str(&all));
}

static void add_strings(struct buf *out, const struct field_strings *list)
{
	CLEANUP(buf_release) struct buf all = BUF_INIT(BUF_MAX);
	buf_add_u64(&all, list->count);
	for (size_t i = 0; i < list->count; i++)
		add_field(&all, list->items[i]);
	add_field(out, buf_str(&all));
}

static void add_value(struct buf *out, const struct field *f, const void *value)
{
	switch (f->type) {
	case FIELD_STRING:
	case FIELD_NAME:
		add_field(out, *(const struct str *)value);
		break;
	case FIELD_ENUM:
		add_field(out, str_of(f->choices[*(const int *)value]));
		break;
	case FIELD_BOOL:
		add_field(out, *(const bool *)value ? STR("true") : STR("false"));
		break;
	case FIELD_STRINGS:
		add_strings(out, value);
		break;
	case FIELD_LIST:
	case FIELD_MAP:
		add_list(out, f, value);
		break;
	default:
		add_number(out, *(const int64_t *)value);
	}
}

void config_canonical_policy(struct buf *out, const struct config_doc *doc)
{
	size_t n;
	const struct config_leaf *leaves = config_leaves(&n);
	for (size_t i = 0; doc && i < n; i++) {
		if (!config_set_entry(doc, leaves[i].field))
			continue;
		add_field(out, str_of(leaves[i].dotted));
		add_value(out, leaves[i].field, leaf_value(&leaves[i], &doc->values));
	}
}

static void add_class(struct buf *out, const struct config *effective, unsigned flag)
{
	size_t n;
	const struct config_leaf *leaves = config_leaves(&n);
	for (size_t i = 0; i < n; i++) {
		const struct field *f = leaves[i].field;
		size_t base = leaves[i].offset - f->offset;
		if (!(f->flags & flag) || field_equal(f, (const char *)effective + base,
						      (const char *)config_defaults() + base))
			continue;
		add_field(out, str_of(leaves[i].dotted));
		add_value(out, f, leaf_value(&leaves[i], effective));
	}
}

void config_canonical_runtime(struct buf *out, const struct config *effective)
{
	add_class(out, effective, IN_RUNTIME);
}

void config_canonical_context(struct buf *out, const struct config *effective)
{
	add_class(out, effective, IN_CONTEXT);
}

/* --- text ------------------------------------------------------------------------------------- */

void config_effective_text(struct buf *out, const struct config *effective,
			   const struct config_origin *origins, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct config_leaf *l = config_leaf_find(str_of(origins[i].dotted));
		size_t begin = out->len;
		buf_addf(out, "%s: ", l->dotted);
		field_format(out, l->field, leaf_value(l, effective));
		size_t width = out->len - begin;
		buf_add_repeat(out, ' ', width < 40 ? 40 - width : 1);
		if (!origins[i].doc)
			buf_addz(out, "# default\n");
		else
			buf_addf(out, "# %.*s:%u:%u\n", STR_ARG(origins[i].doc->path),
				 origins[i].node ? origins[i].node->line : 0,
				 origins[i].node ? origins[i].node->column : 0);
	}
}

void config_schema(struct buf *out)
{
	struct json j;
	json_init(&j, out);
	json_object(&j);
	json_strz(&j, "$schema", "https://json-schema.org/draft/2020-12/schema");
	json_strz(&j, "$id", "urn:aspora:schema:config:v1");
	json_strz(&j, "title", CONFIG_FILE);
	json_strz(&j, "$ref", "#/$defs/config");
	json_object_in(&j, "$defs");
	json_key(&j, "config");
	field_schema(&j, config_fields, false);
	json_end(&j);
	json_end(&j);
}
