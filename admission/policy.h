/*
 * The policy that judges one domain: per rule deny, warn or off, from the built-in table, then platform, then domain, then skill
 * (policy.rules of aspora.config.yaml). A lower level may only tighten. A setting below the rule's own severity is a waiver: it needs a reason, may
 * have a last day (`until`), and what it waived is printed. A waiver that has expired, has no reason, or loosens what a higher level said does not
 * hold: the stricter mode does, and a finding AD-POLICY-… says why.
 *
 * The policy that is *released* admits its successor: `platform` here is the platform configuration of the last release, not the candidate's. Only when there
 * is none yet does the candidate's own stand in.
 */
#ifndef ADMISSION_POLICY_H
#define ADMISSION_POLICY_H

#include "admission/facts.h"
#include "skill/snapshot.h"

enum rule_mode { RULE_OFF, RULE_WARN, RULE_DENY };
const char *rule_mode_name(enum rule_mode m);

struct rule_setting {
	enum rule_mode mode;
	bool waived; /* mode is below the rule's own severity */
	struct str reason, until;
	const struct config_doc *doc; /* who set it; NULL: the built-in table */
	uint32_t line, column;
};

struct policy {
	const struct config_doc *platform, *domain; /* either may be NULL */
	struct rule_setting *settings; /* by index into the rule table */
	int64_t now_ms;
	struct digest digest; /* policy_digest() of the two */
	/* The date changed the outcome: some waiver has expired. Goes into the verdict's key, so that an allow of yesterday is not today's. */
	bool dated;
};

/* The platform's policy for a domain. Everything lives in a. What does not hold is said in f. domain_name may be empty (the platform itself). */
void policy_make(struct arena *a, const struct config_doc *platform,
		 const struct config_doc *domain, struct str domain_name,
		 const struct admit_facts *facts, struct findings *f, struct policy *ret);
/* The mode of a rule for one skill: its own configuration may tighten further. skill may be NULL. */
struct rule_setting policy_setting(const struct policy *p, size_t rule_index,
				   const struct config_doc *skill);

#endif
