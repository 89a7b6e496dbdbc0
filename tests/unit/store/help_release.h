/*
 * Content for store tests, without parsing any: a domain with skills, admitted and released.
 */
#ifndef TESTS_UNIT_STORE_HELP_RELEASE_H
#define TESTS_UNIT_STORE_HELP_RELEASE_H

#include "store/release.h"
#include "tests/unit/support_pg.h"

/* A digest that stands for a word. */
struct digest word_digest(const char *word);
struct tree_id word_tree(const char *word);
const struct store_signer *support_signer(void);

/* One skill at a version, named by words: content, runtime and context are digests of them. */
struct support_skill {
	const char *name;
	const char *content;
	const char *pattern; /* of its command trigger; NULL: none */
	int concurrency, per_minute; /* 0: none */
	int64_t per_run_microusd, per_day_microusd;
	bool deleted;
};

/* Writes versions, contexts, an allow verdict (unless admitted is false) and the release of a domain's skills. Returns commit's result. */
int support_release_in(struct store *s, const struct lease *l, const char *source,
		       const char *domain, const char *candidate,
		       const struct support_skill *skills, size_t count, bool admitted,
		       int64_t *ret_rev);
/* The same from source "main" (declared at first use), asserted. Returns the revision. */
int64_t support_release(struct store *s, const struct lease *l, const char *domain,
			const char *candidate, const struct support_skill *skills, size_t count);
void support_declare(struct store *s, const struct lease *l, const char *const *names);
struct rollout_key;
struct rollout_key support_key(const char *domain, const char *skill, const char *content);
/* Released skills made stable at once, as control would. */
void support_promote(struct store *s, const struct lease *control, const char *domain,
		     const struct support_skill *skills, size_t count);

#endif
