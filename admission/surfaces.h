/*
 * The surfaces of all domains, indexed: who is called what, which command patterns could collide with a given one, who forwards to whom.
 * A surface is all that admission of one domain sees of the others (skill/verdict.h).
 *
 * An index is kept across reconciles: surfaces_set() of a domain in which one skill changed parses that skill's patterns and no others.
 * The caller: 1. surfaces_new(); 2. surfaces_set() for each deployed domain; 3. admit_plan() (which only reads it);
 * 4. after a release, surfaces_set() or surfaces_remove() of what was released.
 *
 * Collision candidates are found by literal prefix: two patterns can match one text only if the words before the first placeholder of the
 * one begin those of the other. Everything else is never compared.
 */
#ifndef ADMISSION_SURFACES_H
#define ADMISSION_SURFACES_H

#include "skill/route.h"
#include "skill/verdict.h"

struct surfaces;

/* One command pattern of one skill, as indexed. Points into the index. */
struct surface_pattern {
	struct str domain, skill;
	struct str text;
	const struct pattern *parsed; /* NULL: it does not parse (a finding elsewhere) */
	struct str path;
	uint32_t line, column;
};

struct surfaces *surfaces_new(void); /* gives */
void surfaces_free(struct surfaces *s);
void surfaces_freep(struct surfaces **s);

/* Adds or replaces a domain. Copies what it needs. */
void surfaces_set(struct surfaces *s, const struct surface *domain);
void surfaces_remove(struct surfaces *s, struct str domain);
/* NULL when absent; points into s, until the domain is set again. */
const struct surface *surfaces_find(const struct surfaces *s, struct str domain);
const struct surface_skill *surfaces_skill(const struct surfaces *s, struct str domain,
					   struct str skill);
/* True when the domain is there and exposes exactly this; skills of d in order of names. s may be NULL. */
bool surfaces_has(const struct surfaces *s, const struct surface *d);
size_t surfaces_count(const struct surfaces *s);

/* Calls fn for each pattern that may match a text that `text` matches too (never for one of domain `except`; it may be empty). */
typedef void (*surface_pattern_fn)(void *state, const struct surface_pattern *p);
void surfaces_candidates(const struct surfaces *s, struct str text, struct str except,
			 surface_pattern_fn fn, void *state);
/* The same for an alert name: exactly the skills that listen to it. */
void surfaces_alert(const struct surfaces *s, struct str alert, struct str except,
		    surface_pattern_fn fn, void *state);

/*
 * What a domain sees of the others: the candidates of its plan, and the deployed surfaces of domains that the plan does not change. A domain of the
 * plan that is being deleted stands in `beside` with no skills.
 */
struct surface_view {
	const struct surfaces *deployed; /* NULL: none */
	const struct surfaces *beside; /* wins over deployed; NULL: none */
};
const struct surface *surface_view_find(const struct surface_view *v, struct str domain);
const struct surface_skill *surface_view_skill(const struct surface_view *v, struct str domain,
					       struct str skill);
/* Each domain once, those of the plan first, then by name. */
void surface_view_each(const struct surface_view *v,
		       void (*fn)(void *state, const struct surface *d), void *state);
void surface_view_candidates(const struct surface_view *v, struct str text, struct str except,
			     surface_pattern_fn fn, void *state);
void surface_view_alert(const struct surface_view *v, struct str alert, struct str except,
			surface_pattern_fn fn, void *state);
/*
 * What the domains but `except` expose, as one digest: "aspora.surfaces.v1" over (name, surface digest) of those with skills, in the order of names.
 * Surface digests are kept, so this costs the number of domains.
 */
struct digest surface_view_digest(const struct surface_view *v, struct str except);

#endif
