/*
 * What a command is about: a kind, and a name of it, as people write them: "skills", "skill ecm/manager", "sk/ecm/manager", "source main".
 */
#ifndef CLI_RESOURCE_H
#define CLI_RESOURCE_H

#include "cli/gateway.h"
#include "skill/kind.h"

struct cli_ref {
	const struct kind *kind;
	const char *domain; /* NULL: none, or all */
	const char *name; /* NULL: the list */
};

/*
 * word is "KIND" or "KIND/NAME", name (may be NULL) what came after it, domain (may be NULL) that of -d or of the context. Errors: ERR_USAGE with the
 * nearest kind; ERR_USAGE when a namespaced name has no domain.
 */
NODISCARD int cli_ref_parse(struct cli *c, const char *word, const char *name, const char *domain,
			    struct cli_ref *ret, struct err *err);
/* What may be done with a kind (VERB_*), by name: *ret_count of them in ret, which has room for CLI_KIND_VERBS. */
#define CLI_KIND_VERBS 6
void cli_kind_verbs(unsigned verbs, const char **ret, size_t *ret_count);
/* "/api/v1/domains/ecm/skills/manager"; for a list "/api/v1/skills?domain=ecm". */
const char *cli_ref_path(struct cli *c, const struct cli_ref *ref);
/* "skill ecm/manager", for messages; in the arena. */
const char *cli_ref_text(struct cli *c, const struct cli_ref *ref);
/* Adds where the objects of the kind are listed to an err that has no advice. Returns its code. */
int cli_not_listed(const struct kind *k, struct err *err);
/* The domain that is meant: what was given (may be NULL), else that of the context, else NULL. In the command's arena. */
const char *cli_domain(const struct cli_gateway *g, const char *given);
/*
 * The skill that the operands from `first` on name: "ecm/manager", "skill/ecm/manager", "skill ecm/manager", or "manager" where the context has a
 * domain. In the command's arena. Errors: ERR_USAGE, ERR_INVALID.
 */
NODISCARD int cli_operand_ref(struct cli_gateway *g, int first, const char **ret_domain,
			      const char **ret_skill, struct err *err);

#endif
