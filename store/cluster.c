#include "store/cluster.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/io.h"
#include "base/mem.h"
#include "store/cluster_int.h"

/* What the postmaster wrote of itself: pid, data folder, start, port, socket folder … 0: there is no such file. */
static pid_t recorded_pid(const struct store_cluster *c)
{
	CLEANUP_FREE char *path = io_join(c->data, "postmaster.pid");
	CLEANUP(buf_release) struct buf text = BUF_INIT(4096);
	if (io_read_file(path, &text, NULL) < 0)
		return 0;
	return (pid_t)strtol(buf_cstr(&text), NULL, 10);
}

/* A postmaster works in its data folder; a process that merely got its number does not. */
static bool is_our_postmaster(const struct store_cluster *c, pid_t pid)
{
	char link[64], cwd[4096], exe[4096];
	snprintf(link, sizeof(link), "/proc/%ld/cwd", (long)pid);
	ssize_t n = readlink(link, cwd, sizeof(cwd) - 1);
	if (n <= 0)
		return false;
	cwd[n] = '\0';
	CLEANUP_FREE char *real = realpath(c->data, NULL);
	if (!real || strcmp(cwd, real) != 0)
		return false;
	snprintf(link, sizeof(link), "/proc/%ld/exe", (long)pid);
	n = readlink(link, exe, sizeof(exe) - 1);
	if (n <= 0)
		return true; /* not ours to see; the folder says enough */
	exe[n] = '\0';
	return strstr(exe, "postgres") != NULL;
}

static void forget(struct store_cluster *c)
{
	if (c->pidfd >= 0)
		close(c->pidfd);
	if (c->ours && c->pid > 0)
		waitpid(c->pid, NULL, WNOHANG);
	c->pidfd = -1;
	c->pid = 0;
	c->ours = false;
	c->adopted = false;
}

static bool adopt(struct store_cluster *c)
{
	pid_t pid = recorded_pid(c);
	if (pid <= 1 || !is_our_postmaster(c, pid))
		return false;
	int fd = pidfd_open(pid, 0);
	/* Between the look and the open the number may have gone to another. */
	if (fd < 0 || !is_our_postmaster(c, pid)) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	c->pid = pid;
	c->pidfd = fd;
	c->adopted = true;
	return true;
}

/*
 * A pid file of a dead postmaster whose number another process of the same user has now would keep PostgreSQL from starting. The number is
 * replaced by one that cannot be; the rest stays, because PostgreSQL looks there for shared memory that orphans still use.
 */
static int defuse_stale_pid(struct store_cluster *c, struct err *err)
{
	pid_t pid = recorded_pid(c);
	if (pid <= 0 || is_our_postmaster(c, pid) || (kill(pid, 0) < 0 && errno == ESRCH))
		return 0;
	CLEANUP_FREE char *path = io_join(c->data, "postmaster.pid");
	CLEANUP(buf_release) struct buf text = BUF_INIT(4096);
	int r = io_read_file(path, &text, err);
	if (r < 0)
		return r;
	ptrdiff_t line = str_find_byte(buf_str(&text), '\n', 0);
	if (line < 0)
		return 0;
	CLEANUP(buf_release) struct buf out = BUF_INIT(8192);
	buf_addz(&out, "999999999");
	buf_add_str(&out, str_sub(buf_str(&text), (size_t)line, text.len));
	r = io_write_file(path, buf_str(&out), 0600, err);
	return r < 0 ? r : cluster_chown(c, path, err);
}

bool store_cluster_alive(const struct store_cluster *c)
{
	if (c->pidfd < 0)
		return false;
	struct pollfd p = {c->pidfd, POLLIN, 0};
	return poll(&p, 1, 0) == 0;
}

static int64_t log_size(const struct store_cluster *c)
{
	struct stat st;
	return stat(c->log, &st) == 0 ? (int64_t)st.st_size : 0;
}

/* What the server has said since `from`. */
static void log_since(const struct store_cluster *c, int64_t from, struct buf *out)
{
	CLEANUP_FD int fd = open(c->log, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || lseek(fd, MAX(from, log_size(c) - 600), SEEK_SET) < 0)
		return;
	if (io_read_fd(fd, out, NULL) < 0)
		buf_addz(out, " …");
}

/* Waits until it accepts connections. 1: it ended because processes of a predecessor are still there: try again. */
static int wait_ready(struct store_cluster *c, int64_t log_from, int64_t deadline, struct err *err)
{
	struct err last = ERR_INIT;
	while (clock_real.mono_ms(NULL) < deadline) {
		if (cluster_ping(c, &last) >= 0)
			return 0;
		struct pollfd p = {c->pidfd, POLLIN, 0};
		if (poll(&p, 1, 20) == 0)
			continue;
		CLEANUP(buf_release) struct buf words = BUF_INIT(4096);
		log_since(c, log_from, &words);
		forget(c);
		if (strstr(buf_cstr(&words), "pre-existing shared memory block") ||
		    strstr(buf_cstr(&words), "postmaster.pid"))
			return 1;
		return err_set(err, ERR_DATABASE, "PostgreSQL ended while starting; %s says: %s",
			       c->log, buf_cstr(&words));
	}
	return err_set(err, ERR_TIMEOUT, "PostgreSQL in %s did not accept connections in time: %s",
		       c->data, last.msg);
}

static int start(struct store_cluster *c, struct err *err)
{
	int64_t deadline = clock_real.mono_ms(NULL) + c->start_timeout_ms;
	for (;;) {
		int64_t log_from = log_size(c);
		int r = 0;
		if (!adopt(c)) {
			r = defuse_stale_pid(c, err);
			if (r >= 0)
				r = cluster_launch(c, err);
		}
		if (r < 0)
			return r;
		r = wait_ready(c, log_from, deadline, err);
		if (r <= 0)
			return r;
		/* Backends of a postmaster that was killed go within a second or two. */
		poll(NULL, 0, 100);
	}
}

static int lock_folder(struct store_cluster *c, struct err *err)
{
	CLEANUP_FREE char *path = io_join(c->dir, "postgres.lock");
	c->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (c->lock_fd < 0)
		return err_sys(err, ERR_IO, errno, "%s", path);
	if (flock(c->lock_fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	err_set(err, ERR_CONFLICT, "another asporad uses the state folder %s", c->dir);
	return err_remedy(err, "stop it first, or give this one a folder of its own (--state)");
}

int store_cluster_start(const struct store_cluster_opts *o, struct store_cluster **ret,
			struct err *err)
{
	CLEANUP(store_cluster_freep) struct store_cluster *c = mem_zalloc(sizeof(*c));
	c->lock_fd = c->pidfd = -1;
	int r = io_mkdirs(o->dir, 0711, err);
	if (r < 0)
		return r;
	c->dir = realpath(o->dir, NULL);
	if (!c->dir)
		return err_sys(err, ERR_IO, errno, "%s", o->dir);
	c->data = io_join(c->dir, "postgres");
	c->log = io_join(c->dir, "postgres.log");
	c->loose = o->fast_and_loose;
	c->start_timeout_ms = o->start_timeout_ms ? o->start_timeout_ms : 60000;
	r = lock_folder(c, err);
	if (r >= 0)
		r = cluster_find_user(c, o->user, err);
	if (r >= 0)
		r = cluster_find_programs(c, o->bindir, err);
	if (r >= 0)
		r = cluster_prepare(c, err);
	if (r >= 0)
		r = start(c, err);
	if (r >= 0)
		r = cluster_make_roles(c, err);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(c);
	return 0;
}

int store_cluster_visit(const char *dir, struct store_access *ret, struct err *err)
{
	CLEANUP(store_cluster_freep) struct store_cluster *c = mem_zalloc(sizeof(*c));
	struct err busy = ERR_INIT;
	c->lock_fd = c->pidfd = -1;
	c->dir = realpath(dir, NULL);
	if (!c->dir && errno == ENOENT)
		return err_set(err, ERR_NOT_FOUND, "there is no state folder %s", dir);
	if (!c->dir)
		return err_sys(err, ERR_IO, errno, "%s", dir);
	int r = lock_folder(c, &busy);
	if (r >= 0)
		return err_set(err, ERR_NOT_FOUND, "no asporad runs with the state folder %s",
			       c->dir);
	if (r != ERR_CONFLICT) {
		*err = busy;
		return r;
	}
	cluster_name_socket_dir(c);
	return store_cluster_access(c, STORE_OWNER, ret, err);
}

int store_cluster_restart(struct store_cluster *c, struct err *err)
{
	if (store_cluster_alive(c))
		return 0;
	forget(c);
	int r = start(c, err);
	return r < 0 ? r : cluster_make_roles(c, err);
}

int store_cluster_stop(struct store_cluster *c, struct err *err)
{
	if (!store_cluster_alive(c)) {
		forget(c);
		return 0;
	}
	if (pidfd_send_signal(c->pidfd, SIGINT, NULL, 0) < 0)
		return err_sys(err, ERR_IO, errno, "stopping PostgreSQL");
	struct pollfd p = {c->pidfd, POLLIN, 0};
	int64_t deadline = clock_real.mono_ms(NULL) + 30000;
	int n;
	do {
		n = poll(&p, 1, (int)MAX(0, deadline - clock_real.mono_ms(NULL)));
	} while (n < 0 && errno == EINTR);
	if (n == 0)
		return err_set(err, ERR_TIMEOUT,
			       "PostgreSQL (process %ld) did not stop within 30 s", (long)c->pid);
	forget(c);
	return 0;
}

pid_t store_cluster_pid(const struct store_cluster *c)
{
	return c->pid;
}

bool store_cluster_adopted(const struct store_cluster *c)
{
	return c->adopted;
}

const char *store_cluster_socket_dir(const struct store_cluster *c)
{
	return c->socket_dir;
}

int store_cluster_version(const struct store_cluster *c)
{
	return c->version;
}

int store_cluster_pidfd(const struct store_cluster *c)
{
	return c->pidfd;
}

void store_cluster_free(struct store_cluster *c)
{
	if (!c)
		return;
	if (c->pidfd >= 0)
		close(c->pidfd);
	if (c->lock_fd >= 0)
		close(c->lock_fd);
	for (size_t i = 0; i < STORE_ROLES_; i++)
		secret_release(&c->passwords[i]);
	free(c->dir);
	free(c->data);
	free(c->log);
	free(c->bindir);
	free(c->socket_dir);
	free(c);
}

void store_cluster_freep(struct store_cluster **c)
{
	store_cluster_free(*c);
}
