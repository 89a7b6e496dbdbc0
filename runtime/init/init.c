/* PID 1 of the sandbox: sets up, then one loop. */
#include "runtime/init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * aspora-init --name OWNER.INSTANCE --pids N --handler PATH [--probe]
 * aspora-init --name OWNER.INSTANCE --self-test
 * The name is there so that an orphan can be told by its command line.
 */
struct args {
	const char *handler;
	long pids;
	bool probe, self_test;
};

static struct args read_args(int argc, char **argv)
{
	struct args a = {NULL, 0, false, false};
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--probe") == 0)
			a.probe = true;
		else if (strcmp(argv[i], "--self-test") == 0)
			a.self_test = true;
		else if (strcmp(argv[i], "--name") == 0 && i + 1 < argc)
			i++;
		else if (strcmp(argv[i], "--pids") == 0 && i + 1 < argc)
			a.pids = strtol(argv[++i], NULL, 10);
		else if (strcmp(argv[i], "--handler") == 0 && i + 1 < argc)
			a.handler = argv[++i];
		else
			die("unknown argument %s", argv[i]);
	}
	if (!a.handler && !a.self_test)
		die("no --handler");
	return a;
}

/* Whoever is the host's root outside may write these without any capability. Opening alone changes nothing. */
static void no_kernel_settings(void)
{
	static const char *const files[] = {
		"/proc/sys/kernel/core_pattern",   "/proc/sys/kernel/modprobe",
		"/proc/sys/vm/overcommit_memory",  "/proc/sysrq-trigger",
		"/proc/sys/fs/protected_symlinks", NULL};
	for (size_t i = 0; files[i]; i++)
		if (open(files[i], O_WRONLY | O_CLOEXEC) >= 0)
			die("the sandbox is not closed: its user may write %s", files[i]);
}

/* What the sandbox promises about every process in it, read where the kernel says it. */
static void self_test(void)
{
	static const char *const wanted[] = {"CapInh:\t0000000000000000",
					     "CapPrm:\t0000000000000000",
					     "CapEff:\t0000000000000000",
					     "CapBnd:\t0000000000000000",
					     "CapAmb:\t0000000000000000",
					     "NoNewPrivs:\t1",
					     "Seccomp:\t2",
					     "Uid:\t65534\t65534\t65534",
					     NULL};
	char text[8192];
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		die("cannot read /proc/self/status: %s", strerror(errno));
	text[n] = '\0';
	for (size_t i = 0; wanted[i]; i++)
		if (!strstr(text, wanted[i]))
			die("the sandbox is not closed: %s does not hold", wanted[i]);
	if (getpid() != 1)
		die("the sandbox has no process numbers of its own");
	no_kernel_settings();
	_exit(0);
}

/* The most processes and threads, counted in the sandbox's own user namespace. */
static void limit_processes(long pids)
{
	struct rlimit r = {(rlim_t)pids, (rlim_t)pids};
	if (pids > 0 && setrlimit(RLIMIT_NPROC, &r) < 0)
		die("cannot limit processes: %s", strerror(errno));
}

static void reap(void)
{
	int status;
	pid_t pid;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		invoke_reaped(pid, status);
}

static int wait_ms(void)
{
	int64_t d = invoke_deadline();
	if (!d)
		return -1;
	int64_t left = d - now_ms();
	return left < 0 ? 0 : left > 60000 ? 60000 : (int)left;
}

static void loop(int signals)
{
	struct pollfd p[2 + 3 + 1 + CLIENTS_MAX];
	struct signalfd_siginfo info;
	for (;;) {
		p[0] = (struct pollfd){DOOR_FD, stream_events(), 0};
		p[1] = (struct pollfd){signals, POLLIN, 0};
		size_t mine = invoke_fill(p + 2);
		size_t theirs = listen_fill(p + 2 + mine);
		if (poll(p, 2 + mine + theirs, wait_ms()) < 0) {
			if (errno == EINTR)
				continue;
			die("poll: %s", strerror(errno));
		}
		invoke_tick();
		/* Loopback before the handler's end: what it asked before it ended still counts. */
		listen_handle(p + 2 + mine, theirs);
		invoke_handle(p + 2, mine);
		if (p[0].revents || stream_events() & POLLOUT)
			stream_handle(p[0].revents);
		if (p[1].revents && read(signals, &info, sizeof(info)) > 0)
			reap();
	}
}

int main(int argc, char **argv)
{
	struct args args = read_args(argc, argv);
	static struct runner runner;
	struct bytes why = {NULL, 0, 0};
	/* The handler runs as the same user: without this it could write our memory. */
	prctl(PR_SET_DUMPABLE, 0);
	if (args.self_test)
		self_test();
	limit_processes(args.pids);
	signal(SIGPIPE, SIG_IGN);
	if (fcntl(DOOR_FD, F_SETFD, FD_CLOEXEC) < 0)
		die("descriptor %d is not the door", DOOR_FD);
	fcntl(DOOR_FD, F_SETFL, O_NONBLOCK);
	close_range(DOOR_FD + 1, ~0u, 0);
	const char *fault = runner_find(args.handler, &runner, &why);
	if (fault)
		init_error(fault, why.p, why.len);
	if (args.probe)
		probe_run(&runner);
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	int signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals < 0)
		die("no signalfd: %s", strerror(errno));
	listen_open();
	invoke_begin(&runner);
	loop(signals);
}
