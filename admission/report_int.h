/*
 * Inside the reports: one file per format, and what they share.
 */
#ifndef ADMISSION_REPORT_INT_H
#define ADMISSION_REPORT_INT_H

#include "admission/report.h"

extern const struct report_format report_text, report_json, report_sarif, report_junit,
	report_markdown, report_github, report_gitlab;

/* Every finding of the admission: the repository's, the platform's, then each domain's. */
typedef void (*report_finding_fn)(void *state, const struct finding *f);
void report_each_finding(const struct admission *a, report_finding_fn fn, void *state);

struct report_counts {
	size_t deny, warn, note;
};
void report_count(const struct admission *a, struct report_counts *ret);

/* What a change gives a skill beyond what it had. */
typedef void (*report_growth_fn)(void *state, const struct skill_change *c,
				 const struct change_detail *d);
void report_each_growth(const struct domain_change *c, report_growth_fn fn, void *state);
bool report_has_growth(const struct domain_change *c);
/* The same over all domains, as what it would be as a finding: a note at the skill's SKILL.md, of the rule "growth". Points into a for the call. */
void report_each_growth_as_note(const struct admission *a, report_finding_fn fn, void *state);

/*
 * A difference as findings: what was refused, and a note for each skill that changes (at its SKILL.md) or domain that changes without one, of the rule
 * "growth" where it gains something and "change" otherwise. Points into d and an arena for the call.
 */
void report_each_change(const struct report_difference *d, report_finding_fn fn, void *state);
/* The same of one domain, with what was refused of it. */
void report_each_change_of(const struct report_difference *d, const struct domain_change *c,
			   report_finding_fn fn, void *state);
/* Findings that are about no domain of the plan. */
void report_each_refused_beside(const struct report_difference *d, report_finding_fn fn,
				void *state);
/* Why a domain is in the plan none of whose skills changes; "" when one does. */
const char *report_domain_words(const struct domain_change *c);
/* "1 to create, 2 to update, 0 to delete, 7 unchanged" */
void report_plan_summary(struct buf *out, const struct plan *p);

/* "3 domains": n and the word, in the plural unless n is 1. */
void report_number(struct buf *out, size_t n, const char *word);
/* "0.50" for 500,000 micro-dollars. out: 32 bytes. */
char *report_usd(int64_t microusd, char out[32]);
/* "denied", "allowed", "allowed in part", "waiting": what became of the domain. */
const char *report_outcome(const struct admission_domain *d);
/* "2 domains allowed, 1 denied; 3 findings deny, 1 warns" */
void report_summary(struct buf *out, const struct admission *a);

#endif
