/*
 * What admission remembers of texts. Most rules about SKILL.md look for a few things in it (links, names of skills, runbooks, what is loaded from
 * elsewhere) and judge those against what else there is. What is looked for depends on the content alone, so it is found once, when the text is at
 * hand, and kept by content digest and folder: a skill that did not change is judged again without its text being read again (see
 * skill_shrink()), and gives the same findings.
 *
 * The caller (sync) may keep one for the life of the process: 1. admit_memory_new(); 2. admit_memory_note() for each skill as it is
 * parsed (snapshot_opts.on_skill); 3. admit_plan() with it; 4. now and then admit_memory_sweep() with the snapshot that is current.
 * Without one, texts must be at hand or admit_opts.grow must fetch them.
 */
#ifndef ADMISSION_MEMORY_H
#define ADMISSION_MEMORY_H

#include "skill/snapshot.h"

enum text_fact_kind {
	TEXT_LINK, /* target of a link or image, as written */
	TEXT_RUNBOOK, /* "runbooks/x.md" in running text (managers and specialists) */
	TEXT_BATCH, /* words that promise batch scores (field skills) */
	TEXT_REMOTE, /* an address that is loaded as soon as the text is shown */
	TEXT_MENTION, /* "domain/skill", perhaps */
	TEXT_COMMENT, /* text that only a program reads, and that speaks of what agents shall do */
	TEXT_HIDDEN, /* much text that only a program reads */
	TEXT_ADDRESS, /* words to whatever model reads them */
	TEXT_QUOTED, /* the same between quotation marks */
	TEXT_SCRIPT /* "code/x.py", "scripts/x.sh" of the skill's own folder */
};

enum link_kind {
	LINK_NONE, /* no link */
	LINK_REMOTE, /* has a scheme or begins with "//" */
	LINK_HERE, /* a fragment of the same file, or empty */
	LINK_INSIDE, /* leads to skills/, FIRM.md or the platform's configuration */
	LINK_OUTSIDE, /* leads to another place of the repository, of which a snapshot knows nothing */
	LINK_ESCAPES, /* leads out of the repository */
	LINK_BAD /* too long, control bytes, a bad percent escape */
};

struct text_fact {
	enum text_fact_kind kind;
	enum link_kind link;
	uint32_t start, end, line, column; /* in SKILL.md */
	struct str words;
	struct str path; /* TEXT_LINK: from the repository's root */
};

/* One block of memory. */
struct text_facts {
	uint32_t metadata_tokens,
		body_tokens; /* tokens_estimate() of name and description; of the body */
	size_t count;
	struct text_fact *items; /* links first; each kind in order of places */
};

/* The skill's text must be at hand (s->md_text). Gives; free() it. */
struct text_facts *text_facts_make(const struct skill *s);

struct admit_memory;

struct admit_memory *admit_memory_new(void); /* gives */
void admit_memory_free(struct admit_memory *m);
void admit_memory_freep(struct admit_memory **m);
/* Does nothing when the content is known already, or when the skill has no text at hand. */
void admit_memory_note(struct admit_memory *m, const struct skill *s);
/* NULL when not known; points into m until it is swept. m may be NULL. */
const struct text_facts *admit_memory_find(const struct admit_memory *m, const struct skill *s);
/* Forgets what no skill of the snapshot has. */
void admit_memory_sweep(struct admit_memory *m, const struct snapshot *current);
size_t admit_memory_count(const struct admit_memory *m);

#endif
