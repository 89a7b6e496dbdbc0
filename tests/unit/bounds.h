/*
 * Every row of a field table that has bounds, at each of them and one past: the limit is fine, one past is refused where it stands, with the
 * bound in the message, and what the remedy says to write is fine again.
 */
#ifndef TESTS_UNIT_BOUNDS_H
#define TESTS_UNIT_BOUNDS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/field.h"
#include "tests/unit/support.h"

struct bounds {
	const struct field *root;
	size_t size; /* of what the root table fills */
	unsigned rows; /* counted */
};

static inline int bounds_decode(const struct bounds *b, const char *yaml)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	const struct doc_node *doc = NULL;
	assert_ok(
		doc_parse_yaml(a, str_of(yaml), &doc_limits_yaml, "f.yaml", 0, &doc, &support_err));
	struct field_decode how = {.arena = a, .path = "f.yaml", .unknown = FIELD_UNKNOWN_ERROR};
	memset(&support_err, 0, sizeof(support_err));
	return field_decode(&how, b->root, doc, arena_alloc(a, b->size), &support_err);
}

/* A value as YAML has it, in the smallest unit of its type. */
static inline void bounds_value(const struct field *f, int64_t value, char out[64])
{
	const char *sign = value < 0 ? "-" : "";
	uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;
	if (f->type == FIELD_MONEY || f->type == FIELD_PERCENT)
		snprintf(out, 64, "%s%llu.%06llu", sign, (unsigned long long)size / 1000000,
			 (unsigned long long)size % 1000000);
	else
		snprintf(out, 64, "%s%llu%s", sign, (unsigned long long)size,
			 f->type == FIELD_DURATION ? "ms" : "");
}

static inline int bounds_try(const struct bounds *b, const struct field *f, const char *before,
			     const char *value, const char *after)
{
	CLEANUP(buf_release) struct buf yaml = BUF_INIT(1 << 16);
	buf_addf(&yaml, "%s%s: %s%s", before, f->name, value, after);
	return bounds_decode(b, buf_cstr(&yaml));
}

/* `part` is in the message, the place is the value's, and the remedy's own words are accepted. */
static inline void bounds_past(const struct bounds *b, const struct field *f, const char *before,
			       int64_t value, const char *part, const char *after)
{
	char text[64], write[64], said[64];
	bounds_value(f, value, text);
	int rc = bounds_try(b, f, before, text, after);
	ck_assert_msg(rc == ERR_INVALID, "%s: %s is taken for %s", f->name, text, err_text(rc));
	ck_assert_msg(strstr(support_err.msg, part) != NULL, "%s: \"%s\" lacks \"%s\"", f->name,
		      support_err.msg, part);
	ck_assert_str_eq(support_err.where.path, "f.yaml");
	ck_assert_uint_eq(support_err.where.line, 1);
	ck_assert_uint_eq(support_err.where.column, strlen(before) + strlen(f->name) + 3);
	ck_assert_msg(support_err.remedy[0], "%s: %s has no remedy", f->name, support_err.msg);
	snprintf(write, sizeof(write), "write %s: %%63[^ ]", f->name);
	if (sscanf(support_err.remedy, write, said) == 1) {
		rc = bounds_try(b, f, before, said, after);
		ck_assert_msg(rc == 0, "%s: the remedy \"%s\" is refused: %s", f->name, said,
			      support_err.msg);
	}
}

static inline void bounds_row(struct bounds *b, const struct field *f, const char *before,
			      const char *after)
{
	bool limited = f->type == FIELD_INT || f->type == FIELD_MONEY ||
		       f->type == FIELD_DURATION || f->type == FIELD_SIZE;
	char text[64];
	if ((!limited && f->type != FIELD_PERCENT) || (limited && !f->min && !f->max))
		return;
	bool share = f->type == FIELD_PERCENT;
	int64_t least = share ? 0 : f->min, most = share ? 1000000 : f->max;
	b->rows++;
	bounds_value(f, least, text);
	ck_assert_msg(bounds_try(b, f, before, text, after) == 0, "%s: %s is refused: %s", f->name,
		      text, support_err.msg);
	/* Below nothing each type has its own words. */
	bounds_past(b, f, before, least - 1,
		    share	? "between"
		    : least > 0 ? "less than the least"
				: "",
		    after);
	if (most < least)
		return;
	bounds_value(f, most, text);
	ck_assert_msg(bounds_try(b, f, before, text, after) == 0, "%s: %s is refused: %s", f->name,
		      text, support_err.msg);
	bounds_past(b, f, before, most + 1, share ? "between" : "more than the most", after);
	bounds_past(b, f, before, most * 100, share ? "between" : "more than the most", after);
}

/* What else an element must have: "{url: …, " for the field to stand behind. */
static inline void bounds_required(struct buf *out, const struct field *fields,
				   const struct field *except)
{
	for (const struct field *f = fields; f->name; f++)
		if (f != except && (f->flags & FIELD_REQUIRED))
			buf_addf(out, "%s: %s, ", f->name, f->example);
}

static inline void bounds_walk(struct bounds *b, const struct field *fields, const char *before,
			       const char *after)
{
	for (const struct field *f = fields; f->name; f++) {
		CLEANUP(buf_release) struct buf head = BUF_INIT(1 << 16), tail = BUF_INIT(1 << 16);
		buf_addz(&head, before);
		bounds_required(&head, fields, f);
		if (!f->sub) {
			bounds_row(b, f, buf_cstr(&head), after);
			continue;
		}
		buf_addf(&head, "%s: %s", f->name,
			 f->type == FIELD_MAP	 ? "{x: {"
			 : f->type == FIELD_LIST ? "[{"
						 : "{");
		buf_addf(&tail, "%s%s",
			 f->type == FIELD_MAP	 ? "}}"
			 : f->type == FIELD_LIST ? "}]"
						 : "}",
			 after);
		bounds_walk(b, f->sub, buf_cstr(&head), buf_cstr(&tail));
	}
}

/* Returns how many rows have bounds. */
static inline unsigned bounds_check(const struct field *fields, size_t size)
{
	struct bounds b = {fields, size, 0};
	bounds_walk(&b, fields, "{", "}");
	return b.rows;
}

#endif
