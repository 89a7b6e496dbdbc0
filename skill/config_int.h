/*
 * Shared by the files of config: the columns of the table that are ours.
 */
#ifndef SKILL_CONFIG_INT_H
#define SKILL_CONFIG_INT_H

#include "skill/config.h"

/* Levels, tighten rule and digest class, in the user bits of struct field's flags. */
#define AT(level) (1u << (FIELD_USER_SHIFT + (level)))
#define TIGHTEN_SHIFT (FIELD_USER_SHIFT + 3)
#define TIGHTEN(t) ((unsigned)(t) << TIGHTEN_SHIFT)
#define IN_RUNTIME (1u << (FIELD_USER_SHIFT + 6))
#define IN_CONTEXT (1u << (FIELD_USER_SHIFT + 7))
#define FLOOR (1u << (FIELD_USER_SHIFT + 8))

#define CONFIG_LEAVES_MAX 64

static inline const void *leaf_value(const struct config_leaf *l, const struct config *c)
{
	return (const char *)c + l->offset;
}

/* What holds where nobody says anything. Points to what lives as long as the process. */
const struct config *config_defaults(void);
/* The place of the entry that sets the leaf, or NULL. */
const struct field_set_entry *config_set_entry(const struct config_doc *doc,
					       const struct field *leaf);
/* Index of a leaf by its row, or -1. */
int config_leaf_index(const struct field *f);

/* What a decoded document says that no table can judge: names, references, schemes. Adds findings. */
struct config_check {
	const struct config_doc *doc;
	struct findings *findings;
	struct str domain, skill;
};
void config_check(const struct config_check *c);
/* A finding about a node of the document. */
struct finding *config_finding(const struct config_check *c, const char *rule, enum severity s,
			       const struct doc_node *at, const char *fmt, ...) PRINTF(5, 6);
/* Gives a finding made of a document's error its byte span, and the replacement where one is certain (yes for true). */
void config_explain_err(struct findings *f, struct finding *told, struct str text);
/* Why this may not be the name of an environment variable of a sandbox, or NULL. */
const char *config_env_fault(struct str name);
/* Why the value of this setting looks like a secret written out, or NULL. */
const char *config_secret_fault(struct str name, struct str value);

#endif
