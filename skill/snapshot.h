/*
 * A snapshot: everything one revision of one source wants, parsed. Built incrementally: a domain whose tree id, and a skill whose tree id,
 * stood in the previous snapshot is taken over by reference and costs nothing, whatever the size of the repository.
 */
#ifndef SKILL_SNAPSHOT_H
#define SKILL_SNAPSHOT_H

#include "base/id.h"
#include "base/map.h"
#include "skill/skill.h"

/* Who says so. */
struct source_ref {
	char name[NAME_MAX_BYTES + 1];
	char revision[65];
};

struct domain_skill {
	struct skill *skill; /* one reference */
	struct config effective;
	struct digest runtime, context;
	struct findings findings; /* of the cascade */
};

struct domain_file { /* DOMAIN.md, DECISIONS.md, GUARDRAILS.md, runbooks/… */
	struct str path;
	struct tree_id blob;
	struct digest digest;
	uint64_t size;
};

struct domain {
	unsigned refs;
	struct arena *arena;
	struct str name;
	struct tree_id tree;
	struct digest platform_policy; /* of the platform configuration it was resolved under */
	struct config_doc *config; /* NULL when none */
	struct config effective; /* of the domain itself */
	struct domain_skill *skills; /* by name */
	size_t skill_count;
	struct domain_file *files;
	size_t file_count;
	struct digest candidate; /* domain_digest() */
	struct findings findings;
};

struct snapshot {
	unsigned refs;
	struct arena *arena;
	struct source_ref source;
	struct tree_id root;
	struct config_doc *platform; /* NULL when the repository has none */
	struct digest platform_digest;
	struct digest firm; /* of FIRM.md; zero: none */
	struct str firm_text;
	struct domain **domains; /* by name; one reference each */
	size_t domain_count;
	size_t skill_count;
	struct findings findings; /* of the repository itself */
	struct {
		size_t trees_listed, blobs_read, skills_parsed, skills_reused, domains_reused;
	} cost;
};

struct snapshot_opts {
	const struct tree_limits *limits; /* NULL: default */
	const char *subpath; /* where the repository's root lies in the tree; NULL: the root */
	const struct config_doc *
		platform; /* used instead of the tree's own when the source may not set platform policy */
	struct str firm_text; /* likewise */
	bool platform_from_tree;
	/* Called with the bytes of each file that was read now (of skills, domains, FIRM.md), while they are at hand; see struct skill_reading. */
	int (*on_blob)(void *state, const struct digest *digest, struct str bytes, struct err *err);
	void *state;
};

/* Bad content becomes findings of the narrowest thing (skill, domain, snapshot). Errors are the source's, or ERR_TOO_LARGE for a tree bomb. */
NODISCARD int snapshot_build(struct tree_source *t, const struct source_ref *source,
			     const struct snapshot *previous, const struct snapshot_opts *opts,
			     struct snapshot **ret, struct err *err);
struct snapshot *snapshot_ref(struct snapshot *s);
void snapshot_unref(struct snapshot *s);
void snapshot_unrefp(struct snapshot **s);
struct domain *snapshot_domain(const struct snapshot *s, struct str name); /* NULL when absent */
struct domain_skill *domain_skill_find(const struct domain *d,
				       struct str name); /* NULL when absent */

#endif
