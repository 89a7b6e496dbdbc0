/*
 * The skills repository that a person works in: the folder with skills/ at or above the current one, what is in it now, and what was in a
 * commit of it. The caller: 1. cli_folder_open() 2. cli_read_folder(), cli_read_commit() 3. cli_tree_release().
 */
#ifndef CLI_FOLDER_H
#define CLI_FOLDER_H

#include "cli/cli.h"
#include "skill/snapshot.h"

struct mirror;
struct tree_work_memory;

/* What of the repository is meant; empty: all. Strings live with the command. */
struct cli_scope {
	struct str domain, skill;
};

struct cli_folder {
	const char *root; /* absolute */
	struct mirror *clone; /* the Git repository that holds it; opened when first needed */
	const char *subpath; /* of root in its work tree; NULL: the same */
};

/*
 * Finds the folder from --folder or the current one, and what `operand` (may be NULL) means in it: "D/N", "D", or a folder at, above or below a skill's.
 * A folder given as the operand may also be one of another repository. Errors: ERR_NOT_FOUND, with what to do; ERR_INVALID (no such name).
 */
NODISCARD int cli_folder_open(struct cli *c, const char *operand, struct cli_folder *ret,
			      struct cli_scope *ret_scope, struct err *err);
void cli_folder_release(struct cli_folder *f);
/* What -f of other tools takes, and no folder is: standard input, an address. ERR_USAGE. */
NODISCARD int cli_path_check(const char *path, struct err *err);
/* Whether a word that is no path on the disk may be a name, "D" or "D/N", and not a path that is missing. */
bool cli_may_be_name(const char *word);

/* One state of it. */
struct cli_tree {
	struct tree_source *source;
	bool in_clone; /* a commit, in which the folder has a path */
	struct snapshot *snap;
};
void cli_tree_release(struct cli_tree *t);

/* Errors: those of the tree; ERR_GIT. Bad content is findings, not an error. */
NODISCARD int cli_read_folder(struct cli_folder *f, struct cli_tree *ret, struct err *err);
/*
 * The state in a commit: a branch, a tag, an id or its first digits, and steps back such as HEAD~1. What previous (of another commit; NULL: none) has
 * under the same tree id is not read again. Errors: ERR_NOT_FOUND (no Git repository, no such commit).
 */
NODISCARD int cli_read_commit(struct cli *c, struct cli_folder *f, const char *name,
			      const struct snapshot *previous, struct cli_tree *ret,
			      struct err *err);
/* The two halves of it. A tree that has been read is read again: what it knew is not. */
struct cli_passed {
	bool (*over)(void *state, struct str domain); /* as snapshot_opts.pass_over */
	void *state;
};
/* The folder, in a clone, under the ids that a commit would have. memory as in tree_work_open(). Errors: ERR_NOT_FOUND (no Git repository), and its own. */
NODISCARD int cli_open_work(struct cli *c, struct cli_folder *f,
			    const struct tree_work_memory *memory, struct cli_tree *ret,
			    struct err *err);
NODISCARD int cli_open_commit(struct cli *c, struct cli_folder *f, const char *name,
			      struct cli_tree *ret, struct err *err);
NODISCARD int cli_read_open(const struct cli_folder *f, const struct snapshot *previous,
			    const struct cli_passed *passed, struct cli_tree *t, struct err *err);
/*
 * The same state again, under the platform configuration and FIRM.md of another one instead of its own. ret has no source of its own: it is t's, and
 * is not to be used after it.
 */
NODISCARD int cli_read_again(const struct cli_folder *f, const struct cli_tree *t,
			     const struct snapshot *platform_of, struct snapshot **ret,
			     struct err *err);
/* The commit's id, in f->clone, which is opened; errors as above. */
NODISCARD int cli_find_commit(struct cli *c, struct cli_folder *f, const char *name,
			      struct tree_id *ret, struct err *err);
/* Whether that would be a commit; errors as above. */
NODISCARD int cli_check_commit(struct cli *c, struct cli_folder *f, const char *name,
			       struct err *err);

/* ERR_NOT_FOUND with the nearest name when the scope names what is not there. */
NODISCARD int cli_scope_check(const struct cli *c, const struct snapshot *s,
			      const struct cli_scope *scope, struct err *err);
/* The one skill that scope names; ERR_USAGE when it names none, ERR_NOT_FOUND as above. */
NODISCARD int cli_scope_skill(const struct cli *c, const struct snapshot *s,
			      const struct cli_scope *scope, struct domain **ret_domain,
			      struct domain_skill **ret, struct err *err);
bool cli_scope_has(const struct cli_scope *scope, struct str domain, struct str skill);

#endif
