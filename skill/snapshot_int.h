/*
 * Shared by the files of snapshot.
 */
#ifndef SKILL_SNAPSHOT_INT_H
#define SKILL_SNAPSHOT_INT_H

#include "skill/snapshot.h"

struct shared_config {
	unsigned refs;
	struct arena *arena;
	struct config_doc *doc;
};
struct shared_config *shared_config_new(void); /* with an arena, and no document yet */
struct shared_config *shared_config_ref(struct shared_config *c); /* NULL gives NULL */
void shared_config_unref(struct shared_config *c);

struct build {
	struct tree_source *t;
	const struct snapshot *previous;
	const struct snapshot_opts *opts;
	const struct tree_limits *limits;
	struct snapshot *s;
	struct arena *scratch; /* listings of the root and skills/ */
	struct skill_reading reading;
};

/* Counts what was listed; ERR_TOO_LARGE past the repository's budget. */
NODISCARD int build_count(struct build *b, size_t entries, struct err *err);
/*
 * Lists a folder. Bad content is a deny finding "SK-TREE" in f, and *ret_fine false. Errors are the source's.
 */
NODISCARD int build_list(struct build *b, const struct tree_id *dir, struct str path,
			 struct arena *a, struct findings *f, struct str domain,
			 struct tree_list *ret, bool *ret_fine, struct err *err);
/* The bytes of a text file, checked; *ret_fine is false, and a finding in f, when it cannot be used as text. */
NODISCARD int build_read_text(struct build *b, const struct tree_entry *e, struct str path,
			      struct arena *a, struct findings *f, struct str domain,
			      struct str *ret, bool *ret_fine, struct err *err);

/* True when a finding is about this blob: then it is read again, so that it is told again. */
bool build_told(const struct findings *f, const struct tree_id *blob);

/* Gives the domain of this folder: from previous where it can. */
NODISCARD int domain_build(struct build *b, const struct tree_entry *dir, struct domain **ret,
			   struct err *err);
/*
 * Effective configurations, digests, candidate: all that depends on the platform. before: the domain in the previous snapshot, or NULL; what was
 * resolved there from the same is taken over.
 */
void domain_resolve(struct build *b, struct domain *d, const struct domain *before);
struct domain *domain_ref(struct domain *d);
void domain_unref(struct domain *d);
void domain_unrefp(struct domain **d);

#endif
