/* The postmaster's command line. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/mem.h"
#include "store/cluster_int.h"

#define LOG_MAX ((off_t)4 * 1024 * 1024)

/* A small machine's server: nothing over TCP, no replication, plans that do not pay for compilation. */
static const char *const settings[] = {"listen_addresses=",
				       "port=5432",
				       "unix_socket_permissions=0777",
				       "max_connections=100",
				       "shared_buffers=64MB",
				       "work_mem=8MB",
				       "maintenance_work_mem=64MB",
				       "effective_cache_size=512MB",
				       "max_wal_size=1GB",
				       "min_wal_size=80MB",
				       "checkpoint_timeout=15min",
				       "wal_compression=on",
				       "random_page_cost=1.1",
				       "jit=off",
				       "password_encryption=scram-sha-256",
				       "log_min_messages=warning",
				       "logging_collector=off",
				       "log_timezone=UTC",
				       "timezone=UTC",
				       "max_wal_senders=0",
				       "wal_level=minimal",
				       "autovacuum_naptime=30s",
				       "autovacuum_vacuum_cost_delay=2ms"};
static const char *const loose_settings[] = {"fsync=off", "synchronous_commit=off",
					     "full_page_writes=off"};

static int open_log(struct store_cluster *c, struct err *err)
{
	struct stat st;
	bool big = stat(c->log, &st) == 0 && st.st_size > LOG_MAX;
	int fd = open(c->log,
		      O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | (big ? O_TRUNC : 0),
		      0600);
	if (fd < 0)
		return err_sys(err, ERR_IO, errno, "%s", c->log);
	return fd;
}

static void add_settings(const char **argv, size_t *n, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		argv[(*n)++] = "-c";
		argv[(*n)++] = list[i];
	}
}

int cluster_launch(struct store_cluster *c, struct err *err)
{
	static const char *const env[] = {"PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC", NULL};
	CLEANUP_FREE char *program = io_join(c->bindir, "postgres");
	CLEANUP_FREE char *socket_setting = mem_printf("unix_socket_directories=%s", c->socket_dir);
	const char *socket_settings[] = {socket_setting};
	const char *argv[2 * (ARRAY_SIZE(settings) + ARRAY_SIZE(loose_settings)) + 8] = {
		program, "-D", c->data};
	size_t n = 3;
	add_settings(argv, &n, socket_settings, 1);
	add_settings(argv, &n, settings, ARRAY_SIZE(settings));
	if (c->loose)
		add_settings(argv, &n, loose_settings, ARRAY_SIZE(loose_settings));
	argv[n] = NULL;
	CLEANUP_FD int log = open_log(c, err);
	if (log < 0)
		return log;
	struct child_fd fds[] = {{log, 1}, {log, 2}};
	struct child_opts o = {.argv = argv,
			       .env = env,
			       .dir = "/",
			       .fds = fds,
			       .fd_count = 2,
			       .uid = c->uid,
			       .gid = c->gid,
			       .drop_user = c->drop_user,
			       .new_session = true,
			       .outlive_parent = true};
	struct child child = CHILD_INIT;
	int r = child_start(&child, &o, err);
	if (r < 0)
		return r;
	c->pid = child.pid;
	c->pidfd = child.pidfd;
	c->ours = true;
	c->adopted = false;
	return 0;
}
