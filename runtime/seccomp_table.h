/* The table of system calls; see seccomp.h. What stands in no row answers ENOSYS. */
#ifndef RUNTIME_SECCOMP_TABLE_H
#define RUNTIME_SECCOMP_TABLE_H

#include <stdbool.h>

struct seccomp_entry {
	const char *name; /* NULL ends */
	bool allow; /* else EPERM */
};
extern const struct seccomp_entry seccomp_table[];

#endif
