#include "tests/unit/store/help_proxy.h"

#include <poll.h>
#include <sys/prctl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"

static char data[1 << 16];

static struct sockaddr_un address(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	memcpy(a.sun_path, path, MIN(strlen(path), sizeof(a.sun_path) - 1));
	return a;
}

static int connect_unix(const char *path)
{
	struct sockaddr_un a = address(path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0)
		_exit(3);
	return fd;
}

static bool pass(int to, size_t n, bool trickle)
{
	size_t piece = trickle ? 1 : n;
	for (size_t at = 0; at < n; at += piece) {
		if (write(to, data + at, piece) != (ssize_t)piece)
			return false;
	}
	return true;
}

/* Whether the fault is due once these bytes have come: of a statement "commit" on its way, or of a long answer. */
static bool due(enum proxy_fault fault, bool from_client, size_t n)
{
	if (fault == PROXY_TORN)
		return !from_client && n >= 4096;
	return fault != PROXY_TRICKLE && from_client && memmem(data, n, "\0commit", 8);
}

static void carry(int client, int server, enum proxy_fault fault, bool faulty)
{
	bool armed = false;
	for (;;) {
		struct pollfd p[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
		if (poll(p, 2, 30000) <= 0)
			return;
		bool from_client = p[0].revents != 0;
		ssize_t n = read(from_client ? client : server, data, sizeof(data));
		if (n <= 0)
			return;
		if (armed) {
			if (fault == PROXY_MUTE)
				continue;
			return;
		}
		armed = faulty && due(fault, from_client, (size_t)n);
		if (armed && fault == PROXY_CUT_REQUEST)
			return;
		if (armed && fault == PROXY_TORN) {
			pass(client, (size_t)n / 2, false);
			return;
		}
		if (!pass(from_client ? server : client, (size_t)n,
			  faulty && fault == PROXY_TRICKLE))
			return;
	}
}

static void serve(int listener, const char *server_path, enum proxy_fault fault)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGCHLD, SIG_IGN);
	for (int n = 0;; n++) {
		int client = accept(listener, NULL, NULL);
		if (client < 0)
			_exit(3);
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			carry(client, connect_unix(server_path), fault, n == 0);
			_exit(0);
		}
		close(client);
	}
}

struct store *proxy_open(enum proxy_fault fault, int64_t wait_ms, pid_t *ret_pid)
{
	const struct store_access *real = support_pg_access(STORE_SYNC);
	const char *dir = support_pg_dir();
	CLEANUP_FREE char *listen_path = io_join(dir, ".s.PGSQL.5432");
	CLEANUP_FREE char *server_path = io_join(store_cluster_socket_dir(support_pg_cluster()),
						 ".s.PGSQL.5432");
	struct sockaddr_un a = address(listen_path);
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&a, sizeof(a)), 0);
	ck_assert_int_eq(listen(listener, 8), 0);
	*ret_pid = fork();
	if (*ret_pid == 0)
		serve(listener, server_path, fault);
	close(listener);
	CLEANUP(store_access_release) struct store_access access = STORE_ACCESS_INIT;
	access.conninfo = mem_printf("%s host='%s'", real->conninfo, dir);
	secret_set(&access.password, secret_lend(&real->password));
	struct store_opts o = {.wait_ms = wait_ms};
	struct store *s = NULL;
	assert_ok(store_open(&access, STORE_SYNC, &o, &s, &support_err));
	return s;
}
