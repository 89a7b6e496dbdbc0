/*
 * Giving up what a process does not need, before it reads its first input. Dropping is for good: there is no way back.
 */
#ifndef AGENT_PRIVILEGE_H
#define AGENT_PRIVILEGE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/str.h"

struct account {
	uid_t uid;
	gid_t gid;
	char name[64];
};

/*
 * The account that roles run as when we are root: `wanted`, or with an empty name the first of aspora, postgres, nobody that exists. When we are not
 * root it is our own. Errors: ERR_NOT_FOUND when `wanted` does not exist.
 */
NODISCARD int privilege_account(struct str wanted, struct account *ret, struct err *err);

/* No core dumps, not readable through /proc by others, no new privileges by exec. Every role calls it first. */
NODISCARD int privilege_harden(bool allow_setuid_exec, struct err *err);
/* Becomes the account (supplementary groups dropped). A no-op when we are it already. Errors: ERR_IO. */
NODISCARD int privilege_drop(const struct account *a, struct err *err);
/* Gives a folder to the account, mode 0700, made when absent. */
NODISCARD int privilege_folder(const char *path, const struct account *a, struct err *err);

#endif
