/*
 * What the guard found in files, by the digest of their bytes: a file is looked through once, when it is at hand, and a skill that did
 * not change is judged again without it.
 *
 * The caller: 1. admit_guard_new(); 2. admit_guard_note() for each file as it is read (snapshot_opts.on_blob), or
 * admit_guard_source() where files are better read when a rule asks for them; 3. admit_plan() with it. sync keeps one for the life of
 * the process and sweeps it now and then; the command line makes one for its run.
 */
#ifndef ADMISSION_GUARD_MEMORY_H
#define ADMISSION_GUARD_MEMORY_H

#include "guard/guard.h"
#include "skill/snapshot.h"

/* One finding in one file. */
struct guard_fact {
	const struct guard_rule *rule; /* NULL: a guard:allow comment that is not honoured */
	const char *encoding; /* or NULL */
	uint32_t start, end, line, column;
	bool allowed;
	struct str words; /* the reason of an allowance, or what is wrong with a comment */
};

/* One block of memory. */
struct guard_facts {
	size_t count;
	const char *fault; /* why the file could not be looked through to its end; NULL: it could */
	struct guard_fact *items;
};

struct admit_guard;
/* The rules must outlive it. Gives. */
struct admit_guard *admit_guard_new(const struct guard_rules *rules);
void admit_guard_free(struct admit_guard *g);
void admit_guard_freep(struct admit_guard **g);
/* Looks through the bytes, unless they are known. Files that are not text are clean. */
void admit_guard_note(struct admit_guard *g, const struct digest *digest, struct str bytes);
/* Where files that were never noted are read, from now on. Borrows; NULL: nowhere. */
void admit_guard_source(struct admit_guard *g, struct tree_source *t);
/* That source, or NULL; g may be NULL. */
struct tree_source *admit_guard_tree(const struct admit_guard *g);
const struct guard_rules *admit_guard_rules(const struct admit_guard *g);
/*
 * What is known of a file; points into g until it is swept. Errors: ERR_INTERNAL when it was never seen and there is no source;
 * those of the source.
 */
NODISCARD int admit_guard_get(struct admit_guard *g, const struct digest *digest,
			      const struct tree_id *blob, const struct guard_facts **ret,
			      struct err *err);
/* It was seen, and nothing was found in it. */
bool admit_guard_is_clean(const struct admit_guard *g, const struct digest *digest);
/* Forgets files that none of the snapshots (some may be NULL) has. */
void admit_guard_sweep(struct admit_guard *g, struct snapshot *const *current, size_t count);
size_t admit_guard_count(const struct admit_guard *g);
/* How long one file may take; for tests. */
void admit_guard_budget(struct admit_guard *g, int64_t ms);

#endif
