/*
 * What would happen if the folder were merged: a plan against a base, and the admission of it, by the code that asporad uses. The base stands for
 * what is deployed.
 */
#ifndef CLI_JUDGE_H
#define CLI_JUDGE_H

#include "admission/admit.h"
#include "base/opt.h"
#include "cli/folder.h"
#include "cli/still.h"

struct cli_judged {
	struct cli_folder folder;
	struct cli_scope scope;
	struct cli_tree want; /* the folder, or the commit that is judged */
	struct cli_tree base; /* empty without a base: everything is new */
	struct cli_still still; /* domains that both have alike, and that were not read */
	struct deployed have;
	struct plan_old old;
	struct plan *plan;
	struct surfaces *surfaces;
	struct admission *admission;
	/* The first look, when it refused the platform configuration: its words are in the admission. */
	struct {
		struct snapshot *snap;
		struct plan *plan;
		struct admission *admission;
	} refused;
	const char *base_name; /* what the base was called; NULL: there is none */
	struct admit_signature signature; /* for the facts: cli_signers_look() */
	size_t signature_count; /* of commits that were looked at */
	const struct mcp_server *seen; /* what servers say now, for the facts */
	size_t seen_count;
};

/* What is compared with what, as options say it; each as in cli_read_commit(), or NULL. */
struct cli_sides {
	const char *commit; /* NULL: the folder as it is */
	const char *base;
	const char *usual_base; /* where nobody names one; NULL: nothing is deployed */
	bool differing; /* only the domains that differ are wanted: the others need not be read */
	bool no_index; /* every file of the folder is read, whatever Git's index knows of it */
};

/*
 * Reads both sides and compares. operand as in cli_folder_open(), commit (NULL: the folder as it is) and base (NULL: nothing is deployed) as in
 * cli_read_commit(). Release in any case.
 */
NODISCARD int cli_judge_plan(struct cli *c, const char *operand, const struct cli_sides *sides,
			     struct cli_judged *ret, struct err *err);

/* The same for verbs whose operands are [COMMIT] [DOMAIN | DIR], the first short for a base. */
NODISCARD int cli_judge_sides(struct cli *c, const struct cli_sides *sides, struct cli_judged *ret,
			      struct err *err);
/*
 * Admits the plan. The platform configuration of the base judges, and so does the candidate's own. When that or FIRM.md is refused, the domains are looked
 * at again under those of the base, as asporad does.
 */
NODISCARD int cli_judge_admit(struct cli *c, struct cli_judged *j, struct err *err);
/* Reads "SERVER=FILE" each: what those servers answer to tools/list. Errors: ERR_USAGE, ERR_IO, those of mcp_server_read(). */
NODISCARD int cli_judge_seen(struct cli *c, const struct opt_strings *given, struct cli_judged *j,
			     struct err *err);
/* One such file. */
NODISCARD int cli_read_tools(struct cli *c, struct str server, const char *path,
			     struct mcp_server *ret, struct err *err);
void cli_judged_release(struct cli_judged *j);

#endif
