/* Finding sandboxes without control groups: by the command lines of the processes that are there. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/pidfd.h>

#include "base/io.h"
#include "base/mem.h"
#include "runtime/driver/bubblewrap_int.h"
#include "runtime/init/protocol.h"

#define COMMAND_LINE_MAX ((size_t)64 * 1024)

static bool is_ours(struct str program)
{
	ptrdiff_t slash = -1;
	for (size_t i = 0; i < program.len; i++)
		if (program.p[i] == '/')
			slash = (ptrdiff_t)i;
	return str_eqz(program, INIT_MOUNT) ||
	       str_eqz(str_sub(program, (size_t)(slash + 1), program.len), "bwrap");
}

/* The instance that a command line names, when it is of this owner. */
static bool read_instance(struct str line, const char *owner, char out[SANDBOX_NAME_MAX + 1])
{
	struct str word, prefix = str_of(owner);
	bool name_next = false;
	if (!str_split(&line, '\0', &word) || !is_ours(word))
		return false;
	while (str_split(&line, '\0', &word)) {
		if (!name_next) {
			name_next = str_eqz(word, "--name");
			continue;
		}
		if (!str_starts(word, prefix) || word.len <= prefix.len + 1 ||
		    word.p[prefix.len] != '.' || word.len - prefix.len - 1 > SANDBOX_NAME_MAX)
			return false;
		snprintf(out, SANDBOX_NAME_MAX + 1, "%.*s",
			 STR_ARG(str_sub(word, prefix.len + 1, word.len)));
		return true;
	}
	return false;
}

static int look_at(const char *name, const char *owner, bwrap_process_fn fn, void *state,
		   struct err *err)
{
	int64_t pid;
	char instance[SANDBOX_NAME_MAX + 1];
	if (!str_to_i64(str_of(name), &pid) || pid <= 1)
		return 0;
	/* Held before it is looked at: the number cannot pass to another process in between. */
	CLEANUP_FD int fd = pidfd_open((pid_t)pid, 0);
	CLEANUP_FREE char *path = mem_printf("/proc/%s/cmdline", name);
	CLEANUP(buf_release) struct buf line = BUF_INIT(COMMAND_LINE_MAX);
	if (fd < 0 || io_read_file(path, &line, NULL) < 0 ||
	    !read_instance(buf_str(&line), owner, instance))
		return 0;
	return fn(state, fd, instance, err);
}

int bwrap_processes(const char *owner, bwrap_process_fn fn, void *state, struct err *err)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	int rc = 0;
	if (!d)
		return err_sys(err, ERR_IO, errno, "cannot list the processes of this host");
	while (rc >= 0 && (e = readdir(d)))
		rc = look_at(e->d_name, owner, fn, state, err);
	closedir(d);
	return rc;
}
