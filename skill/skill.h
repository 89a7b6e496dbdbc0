/*
 * One skill as its folder describes it: parsed SKILL.md, configuration, file list, content digest. Immutable; keyed by the id of its folder's
 * tree, so that an unchanged folder is never read twice. Two snapshots may own one (reference counted).
 *
 * It has two parts in two arenas. The small part (some 4 KB) is what a deployed skill is known by for as long as it is deployed: names, triggers,
 * manifest, digests, configuration values with their places, findings. The text part (several times that) is what only judging and editing need: the
 * bytes of SKILL.md, its body, links and frontmatter, the document of the configuration, the test cases. It goes with skill_shrink() and comes
 * back with skill_grow(), which reads two or three files again; nothing of the small part ever points into it. So ten thousand skills idle in 54 MB, and a
 * process that judges domain by domain never holds more than one domain's text.
 */
#ifndef SKILL_SKILL_H
#define SKILL_SKILL_H

#include "skill/config.h"
#include "skill/label.h"
#include "skill/manifest.h"
#include "skill/testfile.h"
#include "skill/trigger.h"

#define SKILL_FILE "SKILL.md"
#define SKILL_MD_MAX                                                                               \
	(128 * 1024) /* bytes of SKILL.md and of any other Markdown that is read as text */
#define SKILL_BRACKETS_MAX 8192 /* '[' in one body: cmark 0.30 is quadratic in some runs of them */
#define SKILL_DESCRIPTION_MAX 1024 /* characters */

struct skill_case;

struct skill_link { /* a link or image of the body */
	struct str target;
	uint32_t line, column, start,
		end; /* of the target in SKILL.md; of the link where it is written by reference */
};

struct skill {
	unsigned refs;
	struct arena *arena; /* the small part */
	struct arena *text_arena; /* the text part; NULL when shrunk */
	struct tree_id tree;
	struct str domain, name; /* from the folder */
	struct str path; /* "skills/ecm/order-details" */

	/* SKILL.md */
	struct tree_id md_blob; /* none when there is no SKILL.md */
	struct str title; /* first heading */
	struct str description;
	bool description_derived; /* from the first paragraph */
	enum role role;
	bool role_set;
	struct str license, compatibility;
	struct label *labels; /* what of `metadata` reads as labels; by key */
	size_t label_count;
	struct field_strings allowed_tools;
	struct trigger *triggers;
	size_t trigger_count;
	uint32_t front_line,
		front_end_line; /* of its first line, and of the "---" that ends it; 0: none */
	uint32_t body_line; /* of its first line */

	struct config_doc *config; /* NULL when the folder has none; its root is of the text part */
	struct manifest
		manifest; /* every file: path below the folder, mode, digest, size, tree id */
	struct str handler; /* "code/handler.py", or empty: prompt-only */
	struct digest content; /* content digest, v1 */
	size_t case_count; /* of tests/cases.md */
	struct test_counts tests; /* of the other test files, see testfile.h */

	struct findings findings; /* what parsing had to say; a deny here refuses the domain */
	struct findings stricter; /* what only a stricter profile says: skill_profile_findings() */

	/* The text part: empty when shrunk. */
	struct str md_text; /* the whole file */
	struct str body; /* points into md_text */
	const struct doc_node
		*front; /* the frontmatter; its offsets are of the file. May be NULL */
	struct skill_link *links;
	size_t link_count;
	struct skill_case *cases; /* case_count of them; see cases.h */
};

/* What one read costs and tells; all members may be zero. */
struct skill_reading {
	/*
	 * Called with the bytes of each file while they are at hand, in path order, for whoever stores them. Without it, files whose digest
	 * is their id already (folders, uploads) are not read at all. Errors end the reading.
	 */
	int (*on_blob)(void *state, const struct digest *digest, struct str bytes, struct err *err);
	void *state;
	size_t trees_listed, blobs_read, entries; /* counted */
};

/*
 * Reads and parses the folder `dir` of t at path "skills/DOMAIN/NAME". Bad content is not an error: it becomes findings. Errors are those of
 * the source (ERR_GIT, ERR_IO, …) and of on_blob only. Gives one reference, text part included.
 */
NODISCARD int skill_read(struct tree_source *t, const struct tree_entry *dir, struct str domain,
			 struct str name, const struct tree_limits *limits, struct skill **ret,
			 struct err *err);
NODISCARD int skill_read_with(struct tree_source *t, const struct tree_entry *dir,
			      struct str domain, struct str name, const struct tree_limits *limits,
			      struct skill_reading *how, struct skill **ret, struct err *err);
struct skill *skill_ref(struct skill *s);
void skill_unref(struct skill *s);
void skill_unrefp(struct skill **s);
/* Lets the text part go. */
void skill_shrink(struct skill *s);
/* Brings it back from the same tree; does nothing when it is there. Errors: the source's, ERR_NOT_FOUND. */
NODISCARD int skill_grow(struct skill *s, struct tree_source *t, struct err *err);
bool skill_has_tests(const struct skill *s); /* a test case, or a file below tests/ or evals/ */
/* Bytes of a file of the skill by its path, read through t; ERR_NOT_FOUND. */
NODISCARD int skill_file(const struct skill *s, struct tree_source *t, const char *path,
			 struct buf *out, struct err *err);

/*
 * Adds what the profile says beyond s->findings: findings that it takes more seriously, and s->stricter. In f's arena.
 */
void skill_profile_findings(const struct skill *s, enum profile p, struct findings *f);

/*
 * SKILL.md alone: for the fuzzers, for editors, and for whoever has only its text. Names as the folder would give them; findings as above.
 * Gives one reference; there is no manifest.
 */
struct skill *skill_parse_text(struct str domain, struct str name, struct str text);

#endif
