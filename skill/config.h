/*
 * aspora.config.yaml: one file name, one schema, three levels. Every field is declared once, in skill/config_table.c; from
 * the row come the decoder, the cascade, `aspora explain`, the JSON Schema and aspora-config(5).
 *
 * A lower level may add detail and tighten limits, never loosen them. The rule is a column of the table (enum config_tighten), and so
 * are the levels at which a field may stand. What nobody has set is a default, not a limit, except for the fields marked as a floor
 * (guard, isolation, tests, policy): there the built-in value counts as the platform's word until the platform says otherwise.
 */
#ifndef SKILL_CONFIG_H
#define SKILL_CONFIG_H

#include "base/field.h"
#include "skill/config_values.h"
#include "skill/finding.h"

#define CONFIG_FILE "aspora.config.yaml"

enum config_level { LEVEL_PLATFORM, LEVEL_DOMAIN, LEVEL_SKILL };
const char *config_level_name(enum config_level l);

/* One decoded file. Immutable, in its arena. */
struct config_doc {
	enum config_level level;
	struct str path;
	struct tree_id blob;
	struct config values; /* defaults where not set */
	struct field_set set; /* what the file sets, and where */
	const struct doc_node *root;
};

extern const struct field config_fields[];

/* The columns that base/field.h leaves to the table's owner. */
enum config_tighten {
	TIGHTEN_FREE, /* the nearest level holds */
	TIGHTEN_LOWER, /* a number may only fall */
	TIGHTEN_HIGHER, /* only rise */
	TIGHTEN_STRICTER, /* a choice may only move towards its last */
	TIGHTEN_SUBSET, /* a list may only name what the level above covers */
	TIGHTEN_MERGE /* entries join; a key set above may not be set again to something else */
};
enum config_tighten config_field_tighten(const struct field *f);
bool config_field_at(const struct field *f, enum config_level l); /* may stand at this level */
const char *
config_tighten_help(enum config_tighten t); /* one sentence for explain and the manual */
bool mcp_pattern_covers(struct str pattern,
			struct str tool); /* "erp" and "erp.get_*" cover "erp.get_invoice" */

/* The rows that hold a value of their own: everything but objects, in the table's order, with their dotted names. */
struct config_leaf {
	const struct field *field;
	const char *dotted; /* "budget.per_run_usd"; static */
	size_t offset; /* of the value in struct config */
};
const struct config_leaf *config_leaves(size_t *ret_count);
const struct config_leaf *config_leaf_find(struct str dotted); /* NULL when absent */

/*
 * Decodes the text of one file. Several slips can be told at once: those that leave the rest of the file meaningful are findings ("SK-CONFIG-…": unknown
 * keys warn, a field at a level where it may not stand, a literal secret, a reserved environment name … deny). Errors are for a file that cannot be
 * used at all: ERR_SYNTAX, ERR_INVALID, ERR_TOO_LARGE with the place. Everything lives in a; text may go.
 */
NODISCARD int config_decode(struct arena *a, enum config_level level, struct str path,
			    const struct tree_id *blob, struct str text, struct findings *f,
			    struct str domain, struct str skill, struct config_doc **ret,
			    struct err *err);
/* The same, where an error is a deny finding "SK-CONFIG" too; NULL when the file cannot be used. */
struct config_doc *config_load(struct arena *a, enum config_level level, struct str path,
			       const struct tree_id *blob, struct str text, struct findings *f,
			       struct str domain, struct str skill);
/*
 * A copy in a that holds what the cascade and messages need, without the document: values, and for each field set a node
 * with its place only (root is NULL). Less than a tenth of the size. a may be the arena of doc's own copy.
 */
struct config_doc *config_compact(struct arena *a, const struct config_doc *doc);
/* Where the document sets a field, by dotted name, or NULL: for messages. */
const struct doc_node *config_place(const struct config_doc *doc, const char *dotted);

/* Where an effective value came from. */
struct config_origin {
	const struct field *field;
	const char *dotted;
	const struct config_doc *doc; /* NULL: the built-in default */
	const struct doc_node *node;
};

/*
 * The effective configuration of a skill (or, with skill NULL, of a domain): platform, then domain, then skill; any may be NULL. A value that
 * loosens a limit is a deny finding "SK-CASCADE" that names both places, and the stricter value holds. Only the lowest level given is reported on,
 * so that a domain's slip is told once. Values point into the docs' arenas and, where lists join, f's.
 */
void config_cascade(const struct config_doc *platform, const struct config_doc *domain,
		    const struct config_doc *skill, struct config *ret, struct findings *f,
		    struct str domain_name, struct str skill_name);
/* Every leaf of the effective configuration with its origin, for `aspora explain --effective`; in a. */
void config_origins(struct arena *a, const struct config_doc *platform,
		    const struct config_doc *domain, const struct config_doc *skill,
		    struct config_origin **ret, size_t *ret_count);
/* An effective configuration as text, "budget.per_run_usd: 5" a line each with "# path:line:col" of its origin. */
void config_effective_text(struct buf *out, const struct config *effective,
			   const struct config_origin *origins, size_t count);

/*
 * Canonical records for digests: for each leaf in question, in the table's order, two fields (4-byte big-endian length, bytes): the
 * dotted name, and the value. A value is its text, or 8 bytes big-endian for numbers, or "true"/"false"; a list is a count (8 bytes)
 * and its elements as fields; a structure is its members as fields.
 *   policy   what the document sets, all of it; NULL adds nothing
 *   runtime  what a sandbox can see: handler, limits, isolation, driver, network, environment
 *   context  what one execution is bound to beyond that: budget, model, tools, guard, routing, rates, feedback
 * What is at its default is left out of the last two, so that a new field changes no digest; a default that changes needs a new version of them.
 */
void config_canonical_policy(struct buf *out, const struct config_doc *doc);
void config_canonical_runtime(struct buf *out, const struct config *effective);
void config_canonical_context(struct buf *out, const struct config *effective);

/* The JSON Schema for editors (2020-12, complete document). */
void config_schema(struct buf *out);

#endif
