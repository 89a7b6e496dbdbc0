/*
 * What was learnt about the skills of a domain when it was judged last. One changed skill of half a thousand does not have the others looked at
 * again: a skill that is the same object (snapshots share what did not change) has the same text and the same clean files; what rules that look at
 * nothing else had not to say of it, they have not to say under the same policy; and nobody's routes meet its routes beside the same surfaces.
 *
 * Only silence is remembered. Whatever is found is found anew, so that a verdict has the same words whatever was judged before.
 * Kept in struct admit_memory, one list a domain.
 */
#ifndef ADMISSION_JUDGED_H
#define ADMISSION_JUDGED_H

#include "admission/guard_memory.h"
#include "admission/memory.h"

struct judged_skill {
	struct skill *skill; /* one reference */
	const struct text_facts *text; /* in the memory; NULL: it was not */
	uint32_t visits; /* patterns that were looked at for its routes */
	bool crowded; /* its triggers may meet others */
	bool clean; /* the guard has seen all its files and found nothing */
	bool silent; /* clean, and no rule without RULE_BESIDE had anything to say */
};

struct judged {
	char name[NAME_MAX_BYTES + 1]; /* the domain's */
	const struct admit_guard *guard; /* that clean and silent are by */
	struct digest policy; /* under which silent holds */
	struct digest surfaces; /* of all domains, beside which crowded and visits hold */
	size_t count;
	struct judged_skill skills[]; /* by name */
};

/* Walks the skills of a domain in order of their names beside what was learnt. */
struct judged_walk {
	const struct judged *was; /* NULL: nothing */
	size_t next;
};

/* NULL when nothing is known; points into m until it learns of the domain again or is swept. m may be NULL. */
const struct judged *admit_memory_judged(const struct admit_memory *m, struct str domain);
/* What is known of this very skill; NULL: nothing. */
const struct judged_skill *judged_next(struct judged_walk *w, const struct skill *s);
/* Room for the skills of one domain, their pointers yet to be set. Gives. */
struct judged *judged_new(struct str domain, size_t count);
/* Takes j in the place of what was known of its domain, and references to its skills. */
void admit_memory_learn(struct admit_memory *m, struct judged *j);

#endif
