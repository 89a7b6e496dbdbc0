/*
 * Files and descriptors. Everything opened is close-on-exec. Reads have a limit. Paths that came from data never
 * reach these functions; where a root and a relative path meet, io_open_beneath() resolves without leaving the
 * root (openat2 RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS).
 */
#ifndef BASE_IO_H
#define BASE_IO_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

/* Appends the whole file to out; out's limit bounds it. Errors: ERR_NOT_FOUND, ERR_TOO_LARGE, ERR_IO. */
NODISCARD int io_read_file(const char *path, struct buf *out, struct err *err);
NODISCARD int io_read_fd(int fd, struct buf *out, struct err *err); /* to end of file */
/* All of data, restarting on EINTR and short writes. Blocks. */
NODISCARD int io_write_all(int fd, struct str data, struct err *err);
/* Writes beside, fsyncs, renames over: the file is the old or the new one, never half. */
NODISCARD int io_write_file(const char *path, struct str data, mode_t mode, struct err *err);
NODISCARD int io_mkdirs(const char *path, mode_t mode, struct err *err); /* like mkdir -p */
NODISCARD int io_remove_tree(const char *path,
			     struct err *err); /* never follows symlinks; absent is fine */
/* A fresh folder under $TMPDIR or /tmp, mode 0700; gives the path. */
NODISCARD int io_temp_dir(const char *prefix, char **ret_path, struct err *err);
NODISCARD int io_open_beneath(int root_fd, const char *relative, int flags, mode_t mode,
			      int *ret_fd, struct err *err);
NODISCARD int io_set_nonblock(int fd, bool on, struct err *err);
NODISCARD int io_pipe(int ret_fds[2], struct err *err); /* close-on-exec */
NODISCARD int io_socketpair(int ret_fds[2], struct err *err); /* stream, close-on-exec */
char *io_join(const char *dir, const char *name); /* gives "dir/name" */
bool io_exists(const char *path);

/* Joins $XDG_CONFIG_HOME (or ~/.config) and name; gives. */
char *io_config_path(const char *name);
/* Directory of the running executable; gives. Where our other programs and libexec are found. */
char *io_self_dir(void);

#endif
