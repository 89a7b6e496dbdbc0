/*
 * The policy that judges one domain: per rule deny, warn or off, from the built-in table, then platform, then domain
 * (policy.rules of aspora.config.yaml). A lower level may only tighten. A setting below the rule's own severity is a waiver: it needs a reason, may
 * have a last day (`until`), and what it waived is printed. A waiver that has expired, has no reason, or loosens what a higher level said does not
 * hold: the stricter mode does, and a finding (SK-CASCADE, AD-POLICY-001) says why.
 *
 * The policy that is *released* admits its successor: `platform` here is the platform configuration of the last release, not the candidate's. Only when there
 * is none yet does the candidate's own stand in.
 */
#ifndef ADMISSION_POLICY_H
#define ADMISSION_POLICY_H

#include "admission/facts.h"
#include "skill/snapshot.h"

const char *rule_mode_name(int mode);

struct rule_setting {
	int mode; /* enum rule_mode: 0 off, 1 warn, 2 deny */
	bool waived; /* mode is below the rule's own severity */
	bool expired; /* there was a waiver; its last day has passed */
	struct str reason, until;
	const struct config_doc *doc; /* who set it; NULL: the built-in table */
	uint32_t line, column;
};

struct policy {
	const struct config_doc *platform, *domain; /* either may be NULL */
	struct rule_setting *settings; /* by index into the rule table */
	int64_t now_ms;
	struct digest digest; /* policy_digest() of the two */
};

/* The policy for one domain; domain NULL: for the platform itself. Everything lives in a. Keeps both documents. */
void policy_make(struct arena *a, const struct config_doc *platform,
		 const struct config_doc *domain, const struct admit_facts *facts,
		 struct policy *ret);
/* Reads a waiver's last day, "2026-12-31": the first millisecond (UTC) on which it no longer holds. */
NODISCARD bool policy_day_end(struct str day, int64_t *ret_ms);

#endif
