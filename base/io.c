#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/mem.h"

#define READ_STEP ((size_t)64 * 1024)

static int code_of(int errnum)
{
	return errnum == ENOENT || errnum == ENOTDIR ? ERR_NOT_FOUND : ERR_IO;
}

/* Reads what fits under the limit, and one byte more to learn whether that was all. */
static int read_to_end(int fd, struct buf *out, const char *what, struct err *err)
{
	for (;;) {
		char extra;
		size_t room = MIN(out->limit - out->len, READ_STEP);
		char *to = room ? buf_reserve(out, room) : &extra;
		ssize_t n = to ? read(fd, to, room ? room : 1) : 0;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, ERR_IO, errno, "cannot read %s", what);
		if (n == 0)
			return buf_check(out, what, err);
		if (room)
			buf_grew(out, (size_t)n);
		else
			out->overflow = true;
		if (out->overflow)
			return buf_check(out, what, err);
	}
}

int io_read_file(const char *path, struct buf *out, struct err *err)
{
	CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, code_of(errno), errno, "cannot open %s", path);
	return read_to_end(fd, out, path, err);
}

int io_read_fd(int fd, struct buf *out, struct err *err)
{
	return read_to_end(fd, out, "the input", err);
}

int io_write_all(int fd, struct str data, struct err *err)
{
	while (data.len) {
		ssize_t n = write(fd, data.p, data.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(err, ERR_IO, errno, "cannot write");
		data = str_sub(data, (size_t)n, data.len);
	}
	return 0;
}

static int sync_folder_of(const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	CLEANUP_FREE char *dir = slash ? mem_strndup(path, (size_t)(slash - path) + (slash == path))
				       : mem_strdup(".");
	CLEANUP_FD int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) < 0)
		return err_sys(err, ERR_IO, errno, "cannot sync the folder %s", dir);
	return 0;
}

static int write_beside(int fd, const char *beside, const char *path, struct str data, mode_t mode,
			struct err *err)
{
	int rc = io_write_all(fd, data, err);
	if (rc < 0)
		return err_context(err, "%s", path), rc;
	if (fchmod(fd, mode) < 0 || fsync(fd) < 0)
		return err_sys(err, ERR_IO, errno, "cannot write %s", path);
	if (rename(beside, path) < 0)
		return err_sys(err, ERR_IO, errno, "cannot replace %s", path);
	return 0;
}

int io_write_file(const char *path, struct str data, mode_t mode, struct err *err)
{
	CLEANUP_FREE char *beside = mem_printf("%s.XXXXXX", path);
	CLEANUP_FD int fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, code_of(errno), errno, "cannot create a file beside %s", path);
	int rc = write_beside(fd, beside, path, data, mode, err);
	if (rc < 0) {
		unlink(beside);
		return rc;
	}
	return sync_folder_of(path, err);
}

static bool is_folder(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int io_mkdirs(const char *path, mode_t mode, struct err *err)
{
	CLEANUP_FREE char *copy = mem_strdup(path);
	for (char *p = copy + 1; *copy; p++) {
		char c = *p;
		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		if (mkdir(copy, mode) < 0) {
			int e = errno;
			if (!is_folder(copy))
				return err_sys(err, ERR_IO, e, "cannot make the folder %s", copy);
		}
		*p = c;
		if (c == '\0')
			break;
	}
	return 0;
}

int io_temp_dir(const char *prefix, char **ret_path, struct err *err)
{
	const char *tmp = getenv("TMPDIR");
	CLEANUP_FREE char *path = mem_printf("%s/%s-XXXXXX", tmp && *tmp ? tmp : "/tmp", prefix);
	if (!mkdtemp(path))
		return err_sys(err, ERR_IO, errno, "cannot make a temporary folder %s", path);
	*ret_path = TAKE_PTR(path);
	return 0;
}

int io_open_beneath(int root_fd, const char *relative, int flags, mode_t mode, int *ret_fd,
		    struct err *err)
{
	/* openat2(2) refuses a mode where nothing is made. */
	struct open_how how = {
		.flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
		.mode = flags & (O_CREAT | __O_TMPFILE) ? mode : 0,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	int fd, tries = 0;
	do /* EAGAIN: something was renamed during the walk */
		fd = (int)syscall(SYS_openat2, root_fd, relative, &how, sizeof(how));
	while (fd < 0 && (errno == EINTR || (errno == EAGAIN && ++tries < 100)));
	if (fd >= 0) {
		*ret_fd = fd;
		return 0;
	}
	switch (errno) {
	case EXDEV:
		return err_set(err, ERR_DENIED, "%s leads out of its folder", relative);
	case ELOOP:
		return err_set(err, ERR_DENIED, "%s goes through a symbolic link", relative);
	case ENOSYS:
		return err_set(err, ERR_UNSUPPORTED, "the kernel has no openat2 (Linux 5.6)");
	default:
		return err_sys(err, code_of(errno), errno, "cannot open %s", relative);
	}
}

int io_set_nonblock(int fd, bool on, struct err *err)
{
	int flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK) < 0)
		return err_sys(err, ERR_IO, errno, "cannot change descriptor %d", fd);
	return 0;
}

int io_pipe(int ret_fds[2], struct err *err)
{
	if (pipe2(ret_fds, O_CLOEXEC) < 0)
		return err_sys(err, ERR_IO, errno, "cannot make a pipe");
	return 0;
}

int io_socketpair(int ret_fds[2], struct err *err)
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ret_fds) < 0)
		return err_sys(err, ERR_IO, errno, "cannot make a socket pair");
	return 0;
}

char *io_join(const char *dir, const char *name)
{
	size_t len = strlen(dir);
	return mem_printf("%s%s%s", dir, len == 0 || dir[len - 1] == '/' ? "" : "/", name);
}

bool io_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

char *io_config_path(const char *name)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	/* The base directory specification: a relative path is as good as none. */
	if (config && *config == '/')
		return io_join(config, name);
	if (!home || !*home) {
		struct passwd *pw = getpwuid(getuid());
		home = pw ? pw->pw_dir : "/";
	}
	CLEANUP_FREE char *dir = io_join(home, ".config");
	return io_join(dir, name);
}

char *io_self_dir(void)
{
	char path[4096];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);
	if (len <= 0)
		return mem_strdup(".");
	path[len] = '\0';
	char *slash = strrchr(path, '/');
	return slash == path ? mem_strdup("/") : mem_strndup(path, (size_t)(slash - path));
}
