/*
 * Shared by the files that read a skill.
 */
#ifndef SKILL_SKILL_INT_H
#define SKILL_SKILL_INT_H

#include "skill/skill.h"

/* A text of a repository that findings are about. */
struct said_of {
	struct findings *findings; /* what the lenient profile says */
	struct findings *stricter; /* what only others say; NULL: not kept */
	struct str domain, skill, path;
	struct tree_id blob;
	struct str text;
};

/* A finding about the bytes [start, end); its severity is the rule's (skill_rule.def). Never NULL. */
struct finding *say(const struct said_of *of, const char *rule, size_t start, size_t end,
		    const char *fmt, ...) PRINTF(5, 6);
/* The same about a node of the document that of->text is. */
struct finding *say_node(const struct said_of *of, const char *rule, const struct doc_node *n,
			 const char *fmt, ...) PRINTF(4, 5);
void say_remedy(const struct said_of *of, struct finding *f, const char *fmt, ...) PRINTF(3, 4);
void say_replace(const struct said_of *of, struct finding *f, const char *fmt, ...) PRINTF(3, 4);

/*
 * Whether the bytes may be read as text at all: UTF-8 without a byte order mark, NUL or LFS pointer. What merely hides from a reviewer is told
 * and does not stop.
 */
bool text_check(const struct said_of *of);
bool text_is_lfs_pointer(struct str text);
/* Warns about what .gitattributes asks for and nobody here does. */
void text_check_gitattributes(const struct said_of *of);

/* SKILL.md while it is read. */
struct md {
	struct said_of of;
	struct skill *s;
	struct arena *a; /* the text part */
	struct str front; /* from the first "---" to the line before the last, both of the file */
	struct str paragraph; /* the first of the body, folded */
	const char *misspelt[8]; /* fields that stand there with a slip: they are not missing */
	size_t misspelt_count;
};

/* The parts of SKILL.md; false when it has no frontmatter that ends. */
bool front_split(struct md *md);
/* The frontmatter's fields into md->s. */
void front_read(struct md *md);
void front_fields(struct md *md, const struct doc_node *root);
/* Title, links and first paragraph of the body. */
void body_read(struct md *md);

/* What the folder held, as text; p is NULL for what it had not. */
struct skill_texts {
	struct str md, config, cases;
	struct tree_id config_blob, cases_blob;
};
/* Reads the texts, which are of s's text part, a: everything but the manifest, the handler and digests. */
void skill_parse(struct skill *s, struct arena *a, const struct skill_texts *texts);
/* The handler of the manifest, and what is wrong with it. */
void skill_find_handler(struct skill *s, const struct said_of *config);
struct skill *skill_new(struct str domain, struct str name);
/* Copies the small part out of the text part into an arena of its own, just large enough. */
void skill_settle(struct skill *s);
struct said_of skill_said_of(struct skill *s, const char *file, const struct tree_id *blob,
			     struct str text);

#endif
