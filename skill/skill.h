/*
 * One skill as its folder describes it: parsed SKILL.md, configuration, file list, content digest. Immutable; in an arena of its own;
 * keyed by the id of its folder's tree, so that an unchanged folder is never read twice. Two snapshots may own one
 * (reference counted).
 */
#ifndef SKILL_SKILL_H
#define SKILL_SKILL_H

#include "skill/config.h"
#include "skill/manifest.h"
#include "skill/testfile.h"
#include "skill/trigger.h"

#define SKILL_FILE "SKILL.md"

struct skill_case;

struct skill_link { /* a link or file reference of the body */
	struct str target;
	uint32_t line, column, start, end;
};

struct skill {
	unsigned refs;
	struct arena *arena;
	struct tree_id tree;
	struct str domain, name; /* from the folder */
	struct str path; /* "skills/ecm/order-details" */

	/* SKILL.md */
	struct tree_id md_blob;
	struct str md_text; /* whole file */
	struct str title; /* first heading */
	struct str description;
	bool description_derived;
	enum role role;
	bool role_set;
	struct str license, compatibility;
	struct field_strings allowed_tools;
	struct trigger *triggers;
	size_t trigger_count;
	struct str body; /* points into md_text */
	uint32_t body_line; /* of its first line */
	struct skill_link *links;
	size_t link_count;
	uint32_t front_line, front_end_line;
	const struct doc_node *front; /* may be NULL */

	struct config_doc *config; /* NULL when the folder has none */
	struct manifest
		manifest; /* every file: path below the folder, mode, digest, size, tree id */
	struct str handler; /* "code/handler.py", or empty: prompt-only */
	struct digest content; /* content digest, v1 */
	struct skill_case *cases; /* of tests/cases.md, see cases.h */
	size_t case_count;

	struct test_counts tests; /* of the other test files, see testfile.h */

	struct findings findings; /* what parsing had to say; a deny here refuses the domain */
};

/*
 * Reads and parses the folder `dir` of t at path "skills/DOMAIN/NAME". Bad content is not an error: it becomes findings. Errors are those of
 * the source (ERR_GIT, ERR_IO, …) only. Gives one reference.
 */
NODISCARD int skill_read(struct tree_source *t, const struct tree_entry *dir, struct str domain,
			 struct str name, const struct tree_limits *limits, struct skill **ret,
			 struct err *err);
struct skill *skill_ref(struct skill *s);
void skill_unref(struct skill *s);
void skill_unrefp(struct skill **s);
bool skill_has_tests(const struct skill *s);
/* Bytes of a file of the skill by its path, read through t; ERR_NOT_FOUND. */
NODISCARD int skill_file(const struct skill *s, struct tree_source *t, const char *path,
			 struct buf *out, struct err *err);

/* SKILL.md alone (frontmatter and body into s's arena), used by skill_read and the fuzzers. */
NODISCARD int skill_parse_md(struct skill *s, struct str text, struct err *err);

#endif
