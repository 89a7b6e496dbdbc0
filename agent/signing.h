/*
 * The operator's files of signers, as they are now, and what is known of commits under them. Files that change are read again, and what was known is
 * forgotten: somebody else may be trusted now. One for each source that names signers.
 */
#ifndef AGENT_SIGNING_H
#define AGENT_SIGNING_H

#include "agent/config_signers.h"
#include "gitsync/signature_check.h"

struct signing;

struct signing *signing_new(const struct agent_signers *files); /* borrows files; gives */
void signing_free(struct signing *g); /* NULL is fine */
/* The files on the disk are not those that were read last, or none was yet. Some calls of stat(2). */
bool signing_is_stale(const struct signing *g);
/* Reads them if so. Errors: ERR_NOT_FOUND, ERR_TOO_LARGE, ERR_INVALID, ERR_IO naming the key and the file; then they are stale still. */
NODISCARD int signing_read(struct signing *g, struct err *err);
/* They will be read again, and every commit looked at anew. */
void signing_forget(struct signing *g);
/* As read last; points into g, until the next signing_read(). */
struct signers signing_signers(const struct signing *g);
const struct signature *signing_find(const struct signing *g, const struct tree_id *commit);
/* SIGNATURE_UNCHECKED is not learnt. */
void signing_learn(struct signing *g, const struct tree_id *commit, const struct signature *s);

#endif
