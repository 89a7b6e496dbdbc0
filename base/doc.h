/*
 * One document tree for YAML and JSON, with the line and column of every node.
 *
 * YAML is the subset a reviewer can trust: block and flow collections, plain and quoted
 * scalars, block scalars. Refused, with the place: duplicate keys, anchors, aliases, merge
 * keys, tags, %directives, a second document, keys that are not scalars, NUL and deceptive
 * characters (rune_is_deceptive), invalid UTF-8, byte order marks, and whatever passes a limit.
 * Read with libyaml's *event* interface under a depth cap (yaml_parser_load takes minutes on 64
 * KiB of '['; see reference facts in ARCHITECTURE.md).
 *
 * Scalars keep their text and get a type by the YAML 1.2 core schema, narrowed so that nothing
 * surprises: null, ~ and empty are null; true and false are booleans (yes/no/on/off are
 * strings, and a schema that wants a boolean says what to write); decimal integers and
 * JSON-grammar floats are numbers; 012, 1_000, 0x1f, .inf, 1e400 and whole numbers past int64_t
 * are strings. Quoted scalars are always strings. An escape in double quotes may not make a
 * deceptive character either (\r is allowed).
 *
 * A tree lives in the arena it was given. Immutable once parsed.
 */
#ifndef BASE_DOC_H
#define BASE_DOC_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum doc_type { DOC_NULL, DOC_BOOL, DOC_INT, DOC_FLOAT, DOC_STRING, DOC_LIST, DOC_MAP };

struct doc_node;

struct doc_pair {
	struct str key;
	uint32_t key_line, key_column;
	uint32_t key_offset; /* bytes from the start of the parsed text */
	const struct doc_node *value;
};

struct doc_node {
	enum doc_type type;
	bool quoted; /* a scalar that was quoted or a block scalar */
	uint32_t line, column; /* from 1, in the file (line_offset added) */
	uint32_t offset, end; /* byte span in the parsed text, for replacements */
	union {
		bool boolean;
		int64_t integer;
		double number;
		struct {
			const struct doc_node **items;
			size_t count;
		} list;
		struct {
			struct doc_pair *pairs; /* in document order */
			size_t count;
		} map;
	};
	struct str text; /* of any scalar: as written, after unquoting */
};

struct doc_limits {
	size_t bytes; /* of the text */
	unsigned depth; /* of nesting */
	size_t nodes; /* events for YAML, values for JSON */
	size_t string_bytes; /* of one scalar */
};

extern const struct doc_limits doc_limits_yaml; /* 64 KiB, 32, 10,000, 64 KiB */
extern const struct doc_limits doc_limits_json; /* 1 MiB, 64, 100,000, 256 KiB */

/*
 * Parses text. path names the file in errors (borrowed for the call); line_offset is added to
 * every line (front matter starts on line 2 of its file). An empty text gives a DOC_NULL node.
 * The tree points into the arena only, never into text. Errors: ERR_SYNTAX, ERR_INVALID,
 * ERR_TOO_LARGE, each with its place.
 */
NODISCARD int doc_parse_yaml(struct arena *a, struct str text, const struct doc_limits *limits,
			     const char *path, uint32_t line_offset, const struct doc_node **ret,
			     struct err *err);
/*
 * JSON (RFC 8259), duplicate keys and trailing bytes refused, read with jansson. Errors as
 * above; an empty text is one.
 */
NODISCARD int doc_parse_json(struct arena *a, struct str text, const struct doc_limits *limits,
			     const char *path, const struct doc_node **ret, struct err *err);

/* Makes n the node that a plain YAML scalar gives: type, value and text (kept, not copied). */
void doc_plain(struct doc_node *n, struct str text);

/* NULL when absent or not a map. */
const struct doc_node *doc_find(const struct doc_node *map, const char *key);
const struct doc_pair *doc_find_pair(const struct doc_node *map, struct str key);
/* By dotted path, "routing.when"; NULL when absent. */
const struct doc_node *doc_find_path(const struct doc_node *root, const char *dotted);
/* Text of a string node, or STR_NULL when absent or of another type. */
struct str doc_text(const struct doc_node *map, const char *key);
int64_t doc_int(const struct doc_node *map, const char *key, int64_t otherwise);
bool doc_bool(const struct doc_node *map, const char *key, bool otherwise);
const char *doc_type_name(enum doc_type t); /* "a list", "text", "true or false", … for messages */
/* Maps regardless of order, numbers by value (1 equals 1.0), places ignored. */
bool doc_equal(const struct doc_node *a, const struct doc_node *b);

/* err_at() at a node (NULL: no place). Returns code. */
#define doc_err(err, code, path, at, ...) doc_err_(err, code, ERR_HERE_, path, at, __VA_ARGS__)
int doc_err_(struct err *err, int code, const char *origin, const char *path,
	     const struct doc_node *at, const char *fmt, ...) PRINTF(6, 7);

/*
 * Writes a tree. JSON is compact when indent is 0; sort_keys makes it canonical (RFC 8785 order
 * and forms, whole numbers written in full: they are int64_t here, not doubles).
 */
void doc_write_json(struct buf *out, const struct doc_node *n, unsigned indent, bool sort_keys);
/* Block style, quoted where needed. What doc_parse_yaml() made parses back equal. */
void doc_write_yaml(struct buf *out, const struct doc_node *n);

#endif
