/*
 * A verdict: allow or deny for one domain candidate under one policy beside what other domains expose to it. The key is exactly those three
 * digests; an allow verdict is what a desired row has a foreign key to.
 */
#ifndef SKILL_VERDICT_H
#define SKILL_VERDICT_H

#include "skill/finding.h"
#include "skill/snapshot.h"

struct verdict_key {
	struct str domain;
	struct digest candidate, policy, surface;
};

struct verdict {
	struct verdict_key key;
	bool allow;
	struct findings findings; /* of every severity; a SEVERITY_DENY one is why it is a deny */
	uint32_t rules_version;
};

/*
 * A surface: what one domain exposes to others and asks of them: names, roles and routes of its skills, the forwards that it asks for and
 * allows. Admission of a domain sees others only through this, so that its verdict has a digest.
 */
struct surface_skill {
	struct str name;
	enum role role;
	struct str *patterns; /* command patterns */
	struct str *alerts;
	size_t pattern_count, alert_count;
	struct str *forwards; /* targets "domain/skill" that its own configuration forwards to */
	size_t forward_count;
	struct str path;
	uint32_t line, column;
};

struct surface {
	struct str domain;
	struct surface_skill *skills;
	size_t skill_count;
	struct config_forward *forwards;
	size_t forward_count;
};

/*
 * In a; points into d where it can. Skills by name; patterns, alerts and forwards sorted. A skill's place is that of its first trigger; the
 * domain's forwards are those of its own configuration.
 */
void surface_of(struct arena *a, const struct domain *d, struct surface *ret);
/* JSON, as an element, that surface_from_json reads back: what the store keeps of deployed domains. */
void surface_json(struct json *j, const struct surface *s);
/* Strings point into n's arena. Errors: ERR_INVALID with the member that is missing or of the wrong type. */
NODISCARD int surface_from_json(struct arena *a, const struct doc_node *n, struct surface *ret,
				struct err *err);
/*
 * "aspora.surface.v1" over several, in the given order (sort by domain). Places are left out: an edit that only moves a trigger down a line is no reason
 * to judge other domains anew. Records as in digest.h: domain; count and skills (name, role, count and patterns, count and alerts, count and
 * forwards); count and forwards (when_domain, when_text, forward_to).
 */
struct digest surface_digest(const struct surface *surfaces, size_t count);

#endif
