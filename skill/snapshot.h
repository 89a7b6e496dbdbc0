/*
 * A snapshot: everything one revision of one source wants, parsed. Built incrementally: a domain whose tree id, and a skill whose tree id,
 * stood in the previous snapshot is taken over by reference and costs nothing, whatever the size of the repository. When only the platform's configuration or
 * FIRM.md has changed, effective configurations and digests are made anew and nothing is read again.
 *
 * What lies where: aspora.config.yaml and FIRM.md at the root; skills/DOMAIN/ with its configuration, knowledge and runbooks/; skills/DOMAIN/SKILL/. Other
 * files of the root, of skills/ and of a domain are passed over, and so are folders whose name begins with '.' or '_'.
 */
#ifndef SKILL_SNAPSHOT_H
#define SKILL_SNAPSHOT_H

#include "base/id.h"
#include "base/map.h"
#include "skill/mcp_lock.h"
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
	struct findings findings; /* of the cascade, and of the profile it asks for */
};

struct domain_file { /* DOMAIN.md, DECISIONS.md, GUARDRAILS.md, mcp.lock, runbooks/… */
	struct str path; /* below the domain's folder */
	struct tree_id blob;
	struct digest digest;
	uint64_t size;
};

struct shared_config; /* a configuration that several snapshots and domains own: the platform's, or a domain's over several revisions */

struct domain {
	unsigned refs;
	struct arena *arena;
	struct str name;
	struct tree_id tree;
	struct shared_config *platform; /* one reference; NULL when there is none */
	struct digest platform_policy; /* of the platform configuration it was resolved under */
	struct digest firm; /* likewise of FIRM.md */
	struct shared_config *own; /* one reference; owns config */
	struct config_doc *config; /* NULL when none */
	struct domain_file config_file; /* it, as bytes; path empty: none */
	struct config effective; /* of the domain itself */
	struct domain_skill *skills; /* by name */
	size_t skill_count;
	struct domain_file *files; /* by path */
	size_t file_count;
	struct mcp_lock *lock; /* what its mcp.lock says; NULL: there is none that can be read */
	struct tree_id runbooks; /* their folder; none */
	bool broken; /* something of its own was refused in reading; a deny finding says what */
	struct digest candidate; /* domain_digest() */
	struct findings findings;
};

struct snapshot {
	unsigned refs;
	struct arena *arena;
	struct source_ref source;
	struct tree_id root;
	struct config_doc *platform; /* NULL when the repository has none */
	struct shared_config *shared; /* that owns it */
	struct digest platform_digest; /* of what it says: policy_digest() */
	struct domain_file platform_file; /* it, as bytes, when it was read from the tree */
	struct digest firm; /* of FIRM.md; zero: none */
	struct tree_id firm_blob; /* when it was read from the tree */
	struct str firm_text;
	struct domain **domains; /* by name; one reference each */
	size_t domain_count;
	size_t skill_count;
	/*
	 * Of the repository itself. A deny without a domain refuses the revision (snapshot_refused()): it says nothing about what is wanted, not even that domains
	 * are absent. One with a domain is about a folder below skills/ that cannot be a domain; the others stand.
	 */
	struct findings findings;
	struct {
		size_t trees_listed, blobs_read, skills_parsed, skills_reused, domains_reused;
	} cost;
};

struct snapshot_opts {
	const struct tree_limits *limits; /* NULL: default */
	const char *subpath; /* where the repository's root lies in the tree; NULL: the root */
	const struct config_doc *
		platform; /* used instead of the tree's own when the source may not set platform policy; copied */
	struct str firm_text; /* likewise; p NULL: none */
	bool platform_from_tree;
	/*
	 * Called with the bytes of each file that is read now (of skills, domains, FIRM.md), while they are at hand; a skill's in path
	 * order, before on_skill. See struct skill_reading.
	 */
	int (*on_blob)(void *state, const struct digest *digest, struct str bytes, struct err *err);
	void *state;
	/* Called with each skill that was parsed now, text part included. */
	int (*on_skill)(void *state, struct tree_source *t, const struct skill *s, struct err *err);
	/* Domains (by name) that are left out as if they were not there, for who knows of them otherwise. May be NULL. */
	bool (*pass_over)(void *state, struct str domain);
	void *pass_state;
	bool shrink; /* skills lose their text part after on_skill; domain_grow() brings it back */
};

/*
 * Bad content becomes findings of the narrowest thing (skill, domain, snapshot). Errors are the source's and the callbacks', or ERR_TOO_LARGE for a
 * tree bomb. previous may be NULL, and may be let go afterwards.
 */
NODISCARD int snapshot_build(struct tree_source *t, const struct source_ref *source,
			     const struct snapshot *previous, const struct snapshot_opts *opts,
			     struct snapshot **ret, struct err *err);
struct snapshot *snapshot_ref(struct snapshot *s);
void snapshot_unref(struct snapshot *s);
void snapshot_unrefp(struct snapshot **s);
bool snapshot_refused(const struct snapshot *s);
/* The same platform configuration, comments included, and the same FIRM.md. */
bool snapshot_same_platform(const struct snapshot *a, const struct snapshot *b);
struct domain *snapshot_domain(const struct snapshot *s, struct str name); /* NULL when absent */
struct domain_skill *domain_skill_find(const struct domain *d,
				       struct str name); /* NULL when absent */
/* True when the domain or a skill of it carries a deny of reading. */
bool domain_refused(const struct domain *d);
/* Everything reading had to say, of the repository, its domains and skills, in f's arena; not sorted. */
void snapshot_findings(const struct snapshot *s, struct findings *f);
void domain_findings(const struct domain *d, struct findings *f);

/* Text parts of a domain's skills; see skill_grow(). */
NODISCARD int domain_grow(struct domain *d, struct tree_source *t, struct err *err);
void domain_shrink(struct domain *d);
void snapshot_shrink(struct snapshot *s);

#endif
