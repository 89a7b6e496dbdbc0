/*
 * Sandboxes of Linux namespaces, made by bubblewrap: no network but an empty loopback, a read-only root of /usr and the skill's files, a
 * sized /tmp, no capabilities, two system call filters, control groups.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>

#include "base/io.h"
#include "base/mem.h"
#include "runtime/driver/bubblewrap_int.h"
#include "runtime/init/protocol.h"
#include "runtime/runtime_int.h"
#include "runtime/seccomp.h"

#define PROBE_TIMEOUT_MS 10000
#define END_WAIT_MS 5000
#define QUIET_END_MS 500
#define ENV_MAX (64 * 1024)
#define CHILD_SECCOMP_FD 4 /* and 5 */

struct bwrap_sandbox {
	struct sandbox head;
	struct child child;
	const struct cgroup_host *cgroups;
	char group[CGROUP_NAME_MAX];
	bool ended;
	struct child_end end;
};

/* Everything that one start needs, released together. */
struct launch {
	struct words words;
	int seccomp[SECCOMP_FILTERS];
	struct child_fd fds[3 + SECCOMP_FILTERS];
	size_t fd_count;
	struct child_limit limits[12];
	size_t limit_count;
	struct bwrap_enter enter;
	struct cgroup cgroup;
};

static void launch_release(struct launch *l)
{
	words_release(&l->words);
	for (int i = 0; i < SECCOMP_FILTERS; i++)
		if (l->seccomp[i] >= 0)
			close(l->seccomp[i]);
}

/* What cannot be removed now is found by list() and reaped later. */
static void remove_group(const struct cgroup_host *h, const char *group)
{
	if (cgroup_remove(h, group, NULL) < 0)
		return;
}

static void add_limit(struct launch *l, int resource, int64_t value)
{
	l->limits[l->limit_count++] = (struct child_limit){resource, (rlim_t)value};
}

static void add_limits(struct launch *l, const struct cgroup_host *h, const struct run_limits *r)
{
	add_limit(l, RLIMIT_CORE, 0);
	add_limit(l, RLIMIT_NOFILE, 1024);
	add_limit(l, RLIMIT_FSIZE, r->tmp_bytes);
	add_limit(l, RLIMIT_MEMLOCK, 64 * 1024);
	add_limit(l, RLIMIT_MSGQUEUE, 0);
	add_limit(l, RLIMIT_RTPRIO, 0);
	/* Per process, where no control group holds all of them together. */
	if (!h->has[CGROUP_MEMORY]) {
		add_limit(l, RLIMIT_DATA, r->memory_bytes);
		/* The stacks of threads are as large as this says, and count as data whether used or not. */
		add_limit(l, RLIMIT_STACK, 2 * 1024 * 1024);
	}
	if (!h->has[CGROUP_CPU])
		add_limit(l, RLIMIT_CPU, r->timeout_ms * MAX(r->cpu_millis, 1000) / 1000000 + 2);
}

/* spec->bundle may be NULL (probe of the driver): the sandbox then has an empty bundle and tests itself. */
static int launch_make(struct runtime *rt, enum bwrap_mode mode, const struct sandbox_spec *spec,
		       struct launch *l, struct err *err)
{
	const char *bundle = spec->bundle ? spec->bundle->path : rt->etc;
	bool staged = mode == BWRAP_OWN_UID;
	const int in_child[SECCOMP_FILTERS] = {CHILD_SECCOMP_FD, CHILD_SECCOMP_FD + 1};
	for (int i = 0; i < SECCOMP_FILTERS; i++) {
		int rc = seccomp_fd(i, &l->seccomp[i], err);
		if (rc < 0)
			return rc;
		l->fds[l->fd_count++] = (struct child_fd){l->seccomp[i], in_child[i]};
	}
	l->enter = (struct bwrap_enter){mode,	       &l->cgroup, bundle,
					rt->init_path, rt->etc,	   bwrap_uid(spec->instance),
					getpid()};
	bwrap_args(&(struct bwrap_args){.mode = mode,
					.spec = spec,
					.owner = rt->owner,
					.bundle = staged ? STAGE_BUNDLE : bundle,
					.init = staged ? STAGE_INIT : rt->init_path,
					.etc = staged ? STAGE_ETC : rt->etc,
					.seccomp_fds = in_child},
		   &l->words);
	GROW(l->words.items, l->words.count, l->words.cap);
	l->words.items[l->words.count] = NULL;
	add_limits(l, &rt->cgroups, &spec->limits);
	return 0;
}

static struct child_opts launch_opts(struct launch *l)
{
	static const char *const nothing[] = {NULL};
	return (struct child_opts){.argv = l->words.items,
				   .env = nothing,
				   .dir = "/",
				   .fds = l->fds,
				   .fd_count = l->fd_count,
				   .limits = l->limits,
				   .limit_count = l->limit_count,
				   .new_session = true,
				   .before_exec = bwrap_enter,
				   .state = &l->enter};
}

/* --- probe --- */

static int try_mode(struct runtime *rt, enum bwrap_mode mode, struct err *err)
{
	CLEANUP(launch_release) struct launch l = {.seccomp = {-1, -1}};
	CLEANUP(buf_release) struct buf said = BUF_INIT(4096);
	struct sandbox_spec spec = {
		.instance = "probe", .handler = STR("-"), .limits = run_limits_default};
	struct child_end end;
	char text[64];
	int rc = launch_make(rt, mode, &spec, &l, err);
	if (rc < 0)
		return rc;
	struct child_opts o = launch_opts(&l);
	rc = child_run(&o, STR_NULL, NULL, &said, PROBE_TIMEOUT_MS, &end, err);
	if (rc == ERR_NOT_FOUND) {
		err_set(err, ERR_UNSUPPORTED, "bubblewrap is not installed");
		return err_remedy(err, "install the package bubblewrap, version 0.8 or newer");
	}
	if (rc < 0)
		return rc;
	if (end.exited && end.status == 0)
		return 0;
	/* Somebody else's doing, the kernel's out of memory for one: it says nothing of what works here. */
	if (!end.exited && end.status == SIGKILL)
		return err_set(err, ERR_SANDBOX, "bubblewrap was killed while it was tried");
	struct str words = str_trim(buf_str(&said));
	return err_set(err, ERR_UNSUPPORTED, "bubblewrap does not work here: %s",
		       words.len ? buf_cstr(&said) : child_end_text(&end, text, sizeof(text)));
}

static void add_version(struct buf *detail)
{
	static const char *const argv[] = {"bwrap", "--version", NULL};
	CLEANUP(buf_release) struct buf out = BUF_INIT(256);
	struct child_end end;
	if (child_run(&(struct child_opts){.argv = argv}, STR_NULL, &out, NULL, PROBE_TIMEOUT_MS,
		      &end, NULL) == 0)
		buf_add_str(detail, str_trim(buf_str(&out)));
}

static int probe(struct runtime *rt, struct buf *detail, struct err *err)
{
	static const struct {
		enum bwrap_mode mode;
		bool root;
		const char *words;
	} modes[] = {
		{BWRAP_OWN_UID, true, "a user of its own for each instance"},
		{BWRAP_ROOT, true, "root's user namespace (this host gives no other user numbers)"},
		{BWRAP_SAME, false, "the agent's own user"},
	};
	int rc = ERR_UNSUPPORTED;
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		if (modes[i].root != (geteuid() == 0))
			continue;
		/* No way out on the host itself, where root is root: what kept the first from working is the reason. */
		if (modes[i].mode == BWRAP_ROOT && bwrap_is_host_root()) {
			if (err && !err->remedy[0])
				err_remedy(err, "run asporad as an ordinary user, or with "
						"CAP_SYS_ADMIN and CAP_SETUID");
			break;
		}
		rc = try_mode(rt, modes[i].mode, err);
		if (rc == ERR_SANDBOX)
			return rc;
		if (rc < 0)
			continue;
		if (err)
			*err = (struct err)ERR_INIT;
		runtime_state(rt, &driver_bubblewrap)->mode = (int)modes[i].mode;
		add_version(detail);
		buf_addf(detail, ", %s, %s", modes[i].words, runtime_limits_describe(rt));
		return 0;
	}
	return rc;
}

/* --- start --- */

/* They become arguments of bubblewrap, so what it would stumble over is told here. */
static int check_env(const struct sandbox_spec *s, struct err *err)
{
	size_t bytes = 0;
	for (size_t i = 0; i < s->env_count; i++) {
		struct str n = s->env[i].name, v = s->env[i].value;
		bool ok = n.len > 0 && !(n.p[0] >= '0' && n.p[0] <= '9');
		for (size_t k = 0; k < n.len && ok; k++)
			ok = n.p[k] == '_' || (n.p[k] >= 'A' && n.p[k] <= 'Z') ||
			     (n.p[k] >= 'a' && n.p[k] <= 'z') || (n.p[k] >= '0' && n.p[k] <= '9');
		if (!ok || str_find_byte(v, '\0', 0) >= 0) {
			err_set(err, ERR_INVALID,
				"\"%.*s\" cannot be set as an environment variable", STR_ARG(n));
			return err_remedy(
				err, "write a name of letters, digits and _, and text without NUL");
		}
		bytes += n.len + v.len;
		if (n.len > ENV_MAX || v.len > ENV_MAX || bytes > ENV_MAX)
			return err_set(err, ERR_TOO_LARGE, "runtime.env has more than %d bytes",
				       ENV_MAX);
	}
	return 0;
}

static int check_spec(const struct sandbox_spec *s, struct err *err)
{
	size_t n = strlen(s->instance);
	bool ok = n > 0 && n <= SANDBOX_NAME_MAX;
	for (size_t i = 0; i < n && ok; i++) {
		char c = s->instance[i];
		ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		     c == '-';
	}
	if (!ok)
		return err_set(err, ERR_INVALID, "\"%s\" is not a name for a sandbox", s->instance);
	int rc = check_env(s, err);
	if (rc < 0 || !s->network)
		return rc;
	err_set(err, ERR_UNSUPPORTED, "the bubblewrap driver gives no network to a sandbox");
	return err_remedy(
		err, "remove runtime.network; the skill reaches models and tools through the door");
}

static int start_child(struct runtime *rt, const struct sandbox_spec *spec, int door, int said,
		       struct bwrap_sandbox *s, struct err *err)
{
	CLEANUP(launch_release) struct launch l = {.seccomp = {-1, -1}};
	enum bwrap_mode mode = (enum bwrap_mode)runtime_state(rt, &driver_bubblewrap)->mode;
	int rc = launch_make(rt, mode, spec, &l, err);
	if (rc < 0)
		return rc;
	l.fds[l.fd_count++] = (struct child_fd){door, DOOR_FD};
	l.fds[l.fd_count++] = (struct child_fd){said, 1};
	l.fds[l.fd_count++] = (struct child_fd){said, 2};
	rc = cgroup_make(&rt->cgroups, s->group, &spec->limits, &l.cgroup, err);
	if (rc < 0)
		return rc;
	struct child_opts o = launch_opts(&l);
	rc = child_start(&s->child, &o, err);
	if (rc < 0)
		remove_group(&rt->cgroups, s->group);
	return rc;
}

static int start(struct runtime *rt, const struct sandbox_spec *spec, struct sandbox **ret,
		 struct err *err)
{
	int door[2], said[2], rc = check_spec(spec, err);
	if (rc < 0 || (rc = io_socketpair(door, err)) < 0)
		return rc;
	CLEANUP_FD int ours = door[0], theirs = door[1];
	rc = io_pipe(said, err);
	if (rc < 0)
		return rc;
	CLEANUP_FD int hear = said[0], speak = said[1];
	rc = io_set_nonblock(ours, true, err);
	if (rc == 0)
		rc = io_set_nonblock(hear, true, err);
	if (rc < 0)
		return rc;
	CLEANUP_FREE struct bwrap_sandbox *s = mem_zalloc(sizeof(*s));
	s->cgroups = &rt->cgroups;
	bwrap_group_name(rt, spec->instance, s->group);
	rc = start_child(rt, spec, theirs, speak, s, err);
	if (rc < 0)
		return rc;
	s->head = (struct sandbox){.driver = &driver_bubblewrap,
				   .door_fd = TAKE_FD(ours),
				   .wait_fd = s->child.pidfd,
				   .stderr_fd = TAKE_FD(hear)};
	snprintf(s->head.instance, sizeof(s->head.instance), "%s", spec->instance);
	*ret = &TAKE_PTR(s)->head;
	return 0;
}

static int poll_sandbox(struct sandbox *head, struct sandbox_status *ret, struct err *err)
{
	struct bwrap_sandbox *s = (struct bwrap_sandbox *)head;
	struct cgroup_usage usage;
	if (!s->ended) {
		int rc = child_wait(&s->child, 0, &s->end, err);
		if (rc < 0 && rc != ERR_TIMEOUT)
			return rc;
		s->ended = rc == 0;
	}
	cgroup_usage(s->cgroups, s->group, &usage);
	*ret = (struct sandbox_status){.ended = s->ended,
				       .exited = s->end.exited,
				       .status = s->end.status,
				       .out_of_memory = usage.out_of_memory,
				       .memory_peak_bytes = usage.memory_peak_bytes,
				       .cpu_ms = usage.cpu_ms};
	return 0;
}

static void kill_sandbox(struct sandbox *head)
{
	struct bwrap_sandbox *s = (struct bwrap_sandbox *)head;
	cgroup_kill(s->cgroups, s->group);
	/* Without control groups this takes bubblewrap, and --die-with-parent takes the rest. */
	if (!s->ended)
		child_kill(&s->child, SIGKILL);
}

static void release(struct sandbox *head)
{
	struct bwrap_sandbox *s = (struct bwrap_sandbox *)head;
	if (!s)
		return;
	/* With its door gone aspora-init ends by itself, and bubblewrap reaps it; that leaves no zombie for the host's init. */
	shutdown(s->head.door_fd, SHUT_RDWR);
	if (!s->ended && child_wait(&s->child, QUIET_END_MS, &s->end, NULL) == 0)
		s->ended = true;
	/* What bubblewrap leaves behind when it is killed itself, removing the group takes too. */
	if (!s->ended)
		kill_sandbox(head);
	if (!s->ended && child_wait(&s->child, END_WAIT_MS, &s->end, NULL) < 0)
		child_release(&s->child);
	/* aspora-init holds the other end, and as PID 1 it goes last. */
	struct pollfd gone = {s->head.door_fd, 0, 0};
	poll(&gone, 1, END_WAIT_MS);
	close(s->head.door_fd);
	close(s->head.stderr_fd);
	remove_group(s->cgroups, s->group);
	free(s);
}

static int prepare(struct runtime *rt, const struct digest *runtime, const struct manifest *m,
		   const struct blob_reader *blobs, struct bundle *ret, struct err *err)
{
	return bundle_prepare(runtime_bundle_root(rt), runtime, m, blobs, ret, err);
}

const struct driver driver_bubblewrap = {
	.name = "bubblewrap",
	.caps = DRIVER_NO_NETWORK | DRIVER_READ_ONLY_ROOT | DRIVER_SECCOMP | DRIVER_LIMITS |
		DRIVER_LIST | DRIVER_RUNS_HANDLERS,
	.isolation = ISOLATION_NAMESPACE,
	.probe = probe,
	.prepare = prepare,
	.start = start,
	.poll = poll_sandbox,
	.kill = kill_sandbox,
	.list = bwrap_list,
	.reap = bwrap_reap,
	.release = release,
};
