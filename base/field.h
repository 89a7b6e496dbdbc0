/*
 * Field tables: a field of a document is declared once, and from the row come the decoder with
 * its messages, the defaults, `aspora explain`, the JSON Schema and the manual section.
 * (systemd sd_json_dispatch_field; git parse-options.)
 *
 *	static const struct field budget_fields[] = {
 *		{"per_run_usd", FIELD_MONEY, offsetof(struct budget, per_run_microusd), …, "Most that one run may cost."},
 *		FIELD_END};
 *
 * Decoding fills a struct of the caller's, whose members are of the C type each field type
 * names.
 */
#ifndef BASE_FIELD_H
#define BASE_FIELD_H

#include "base/doc.h"

enum field_type {
	FIELD_STRING, /* struct str */
	FIELD_NAME, /* struct str: a-z, 0-9, single inner hyphens, 1..64 bytes */
	FIELD_ENUM, /* int: index into choices */
	FIELD_BOOL, /* bool */
	FIELD_INT, /* int64_t, min..max */
	FIELD_MONEY, /* int64_t micro-dollars: a number or text of US dollars, at most 6 decimals, >= 0 */
	FIELD_DURATION, /* int64_t milliseconds, duration_parse() */
	FIELD_SIZE, /* int64_t bytes: "64Mi", "1Gi", "4096" */
	FIELD_PERCENT, /* int64_t millionths: 0..1 or "95%" */
	FIELD_STRINGS, /* struct field_strings: a list of text (or one text) */
	FIELD_OBJECT, /* a nested struct at offset, fields in `sub` */
	FIELD_LIST, /* struct field_list of structs, `sub` and sub_size per element */
	FIELD_MAP, /* struct field_list of structs whose first member is struct str key */
	FIELD_ANY, /* const struct doc_node * */
};

struct field_strings {
	struct str *items;
	size_t count;
};

struct field_list {
	void *items; /* count elements of sub_size */
	size_t count;
};

/* Flags */
#define FIELD_REQUIRED 1u
#define FIELD_NONEMPTY 2u
/* The value must be a reference such as env:NAME or file:/PATH, never a literal. */
#define FIELD_SECRET_REF 4u
/*
 * Of FIELD_LIST and FIELD_MAP: an element may be written as the value of its first field alone, "REGION: eu" for
 * "REGION: {value: eu}".
 */
#define FIELD_SHORT 8u
/* Free for the component that owns the table (levels, tighten rule …). */
#define FIELD_USER_SHIFT 8

struct field {
	const char *name;
	enum field_type type;
	size_t offset;
	unsigned flags;
	/*
	 * Of FIELD_INT, MONEY, DURATION, SIZE, PERCENT. Both 0: no bound but the type's; max
	 * below min: no max.
	 */
	int64_t min, max;
	const char *const *choices; /* FIELD_ENUM, NULL-terminated */
	const struct field *sub;
	size_t sub_size;
	const char *dflt; /* YAML text of the default, or NULL: left zero */
	const char *example; /* YAML text, for the manual and messages */
	const char *help; /* one sentence */
};
#define FIELD_END                                                                                  \
	{                                                                                          \
		0                                                                                  \
	}

/*
 * Which fields were set, and where: one entry per field that the document had, for the cascade
 * and for messages. Grows in the arena.
 */
struct field_set {
	struct field_set_entry {
		const struct field *field;
		const char *dotted; /* "budget.per_run_usd"; points into the arena */
		const struct doc_node *node;
	} * items;
	size_t count, cap;
};

enum field_unknown { FIELD_UNKNOWN_ERROR, FIELD_UNKNOWN_WARN };

/* Told about each unknown key when they only warn; nearest is NULL when nothing is near. */
typedef void (*field_warn_fn)(void *state, const char *path, const struct doc_pair *pair,
			      const char *dotted, const char *nearest);

struct field_decode {
	/* Results and set live here; texts and nodes point into the document's own arena. */
	struct arena *arena;
	const char *path; /* of the document, for messages */
	enum field_unknown unknown;
	field_warn_fn warn;
	void *warn_state;
	struct field_set *set; /* optional */
};

/*
 * Fills *out (zeroed and defaulted first) from a map node; a DOC_NULL node is an empty map.
 * Stops at the first error, which says what was expected, what stood there, and what to write.
 * A table has at most 64 rows. The text of a FIELD_SECRET_REF is in no message. Errors:
 * ERR_INVALID.
 */
NODISCARD int field_decode(const struct field_decode *how, const struct field *fields,
			   const struct doc_node *map, void *out, struct err *err);
/* Defaults only. Defaults are part of the program: a bad one asserts. */
void field_defaults(struct arena *a, const struct field *fields, void *out);

/*
 * The row for a dotted path ("budget.per_run_usd", "routing[2].when"), or NULL. Below a
 * FIELD_MAP the name in the document may stand in the path ("mcp.servers.redshift.url") or be
 * left out.
 */
const struct field *field_find(const struct field *fields, const char *dotted);
/* JSON Schema (2020-12) of the table as an object schema, without $schema and $id. */
struct json;
void field_schema(struct json *j, const struct field *fields, bool allow_unknown);
/*
 * Human names of types: "US dollars such as 0.25", "one of a, b", … Static storage, good until
 * the next call.
 */
const char *field_type_help(const struct field *f);
/*
 * A value back to the text a person would write ("5", "90s", "64Mi"), for explain and
 * differences.
 */
void field_format(struct buf *out, const struct field *f, const void *value);
/*
 * A decoded struct as a JSON object (an element) that field_decode() reads back to an equal one.
 * Members that are zero and have no default are left out.
 */
void field_json(struct json *j, const struct field *fields, const void *object);
/* Equality of the value at two structs' offsets, deep. */
bool field_equal(const struct field *f, const void *a_struct, const void *b_struct);

#endif
