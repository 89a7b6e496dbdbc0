/*
 * The system calls of a sandbox, as two filters that both hold: an allow-list by name, and refusals that look at arguments. They are made
 * once per process and handed to bubblewrap as programs.
 */
#ifndef RUNTIME_SECCOMP_H
#define RUNTIME_SECCOMP_H

#include "base/buf.h"
#include "base/err.h"

#define SECCOMP_FILTERS 2

/* Appends the BPF program. Errors: ERR_UNSUPPORTED (libseccomp refuses). */
NODISCARD int seccomp_program(int filter, struct buf *out, struct err *err);
/* The same as a fresh descriptor at offset 0. */
NODISCARD int seccomp_fd(int filter, int *ret_fd, struct err *err);

/* Rows of the tables, for tests and the manual: name and what happens ("allow", "refuse"). NULL past the end. */
const char *seccomp_row(size_t i, const char **ret_what);

#endif
