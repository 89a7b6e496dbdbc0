/* Finding and ending sandboxes that somebody else started: by their control groups, and by the command lines of the processes that are there. */
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/pidfd.h>

#include "base/io.h"
#include "base/mem.h"
#include "runtime/driver/bubblewrap_int.h"
#include "runtime/init/protocol.h"
#include "runtime/runtime_int.h"

#define COMMAND_LINE_MAX ((size_t)64 * 1024)
#define END_WAIT_MS 5000
#define REAP_LOOKS 20

/* "--name OWNER.INSTANCE" is an argument of both bubblewrap and aspora-init. */
typedef int (*bwrap_process_fn)(void *state, int pidfd, const char *instance, struct err *err);

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

static int processes(const char *owner, bwrap_process_fn fn, void *state, struct err *err)
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

void bwrap_group_name(const struct runtime *rt, const char *instance, char out[CGROUP_NAME_MAX])
{
	snprintf(out, CGROUP_NAME_MAX, "aspora-%s-%s", runtime_owner(rt), instance);
}

/* --- list and reap --- */

struct finder {
	sandbox_found_fn fn;
	void *state;
	size_t prefix;
	struct sandbox_found *seen;
	size_t count, cap;
};

static int found(struct finder *f, const char *instance, struct err *err)
{
	for (size_t i = 0; i < f->count; i++)
		if (strcmp(f->seen[i].instance, instance) == 0)
			return 0;
	GROW(f->seen, f->count, f->cap);
	struct sandbox_found *new_ = &f->seen[f->count++];
	snprintf(new_->instance, sizeof(new_->instance), "%s", instance);
	return f->fn(f->state, new_, err);
}

static int found_group(void *state, const char *name, struct err *err)
{
	struct finder *f = state;
	return found(f, name + f->prefix, err);
}

static int found_process(void *state, int pidfd, const char *instance, struct err *err)
{
	(void)pidfd;
	return found(state, instance, err);
}

int bwrap_list(struct runtime *rt, sandbox_found_fn fn, void *state, struct err *err)
{
	char prefix[CGROUP_NAME_MAX];
	bwrap_group_name(rt, "", prefix);
	struct finder f = {fn, state, strlen(prefix), NULL, 0, 0};
	int rc = cgroup_list(&rt->cgroups, prefix, found_group, &f, err);
	if (rc >= 0)
		rc = processes(rt->owner, found_process, &f, err);
	free(f.seen);
	return rc < 0 ? rc : 0;
}

struct ender {
	const char *instance;
	int found;
};

static int end_process(void *state, int pidfd, const char *instance, struct err *err)
{
	struct ender *e = state;
	(void)err;
	if (strcmp(instance, e->instance) != 0 || pidfd_send_signal(pidfd, SIGKILL, NULL, 0) < 0)
		return 0;
	struct pollfd gone = {pidfd, POLLIN, 0};
	e->found++;
	poll(&gone, 1, END_WAIT_MS);
	return 0;
}

int bwrap_reap(struct runtime *rt, const char *instance, struct err *err)
{
	char group[CGROUP_NAME_MAX];
	bwrap_group_name(rt, instance, group);
	cgroup_kill(&rt->cgroups, group);
	/* One that was just starting may have forked behind our back: until a look finds none. */
	struct ender e = {instance, 1};
	for (int looks = 0; e.found && looks < REAP_LOOKS; looks++) {
		e.found = 0;
		int rc = processes(rt->owner, end_process, &e, err);
		if (rc < 0)
			return rc;
	}
	if (e.found)
		return err_set(err, ERR_SANDBOX, "the sandbox %s does not end", instance);
	return cgroup_remove(&rt->cgroups, group, err);
}
