/*
 * Files of a skills repository as the body of POST /api/v1/uploads: what `aspora apply -f` sends.
 */
#ifndef CLI_UPLOAD_H
#define CLI_UPLOAD_H

#include "base/json.h"
#include "cli/cli.h"

struct cli_upload {
	struct json *j; /* inside the open array of files */
	size_t files; /* so far */
	struct buf
		folders; /* a line each: the domains that were given whole, "skills/ecm"; the caller releases it */
};

/*
 * Adds what path means: a repository (its skills, not the platform's own files), a domain, a skill, a file (of a skill: the whole skill, for a version is
 * a whole), or the name D or D/N in the folder that the command works in. Errors: ERR_NOT_FOUND, ERR_INVALID (a link, a name that no tree
 * may have; no file of a domain), ERR_TOO_LARGE.
 */
NODISCARD int cli_upload_add(struct cli *c, struct cli_upload *u, const char *path,
			     struct err *err);

/*
 * All of them, as the members "files" and "folders" of the body that j is in. Errors: as above.
 */
NODISCARD int cli_upload_write(struct cli *c, struct json *j, const struct opt_strings *paths,
			       size_t *ret_files, struct err *err);

#endif
