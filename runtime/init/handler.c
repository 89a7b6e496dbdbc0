/* Which interpreter runs a handler, and how it is started and ended. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/init/init.h"

#define PY_CHECK                                                                                   \
	"import sys; p = sys.argv[1]\n"                                                            \
	"with open(p, 'rb') as f: compile(f.read(), p, 'exec', dont_inherit=True)"

/* One row per extension and interpreter; of several rows for one extension the first whose program is there is used. */
struct interpreter {
	const char *extension;
	const char
		*argv[4]; /* argv[0] is looked up in SANDBOX_PATH; NULL: no interpreter is known */
	const char *check[5];
};

static const struct interpreter interpreters[] = {
	{"py", {"python3"}, {"python3", "-I", "-c", PY_CHECK}},
	{"js", {"node"}, {"node", "--check"}},
	{"mjs", {"node"}, {"node", "--check"}},
	{"cjs", {"node"}, {"node", "--check"}},
	{"sh", {"sh"}, {"sh", "-n"}},
	{"ts", {"deno", "run", "--allow-all"}, {"deno", "check"}},
	{"ts", {"bun", "run"}, {NULL}},
	{"ts", {"tsx"}, {NULL}},
	{"ts", {NULL}, {NULL}},
	{"go", {NULL}, {NULL}},
};

static bool find_program(const char *name, char *out, size_t size)
{
	const char *dirs = SANDBOX_PATH;
	while (*dirs) {
		size_t n = strcspn(dirs, ":");
		snprintf(out, size, "%.*s/%s", (int)n, dirs, name);
		if (access(out, X_OK) == 0)
			return true;
		dirs += n + (dirs[n] == ':');
	}
	return false;
}

static const char *no_interpreter(const char *handler, const char *extension, const char *program,
				  struct bytes *why)
{
	if (program && strcmp(extension, "ts") != 0) {
		bytes_addf(why, "%s needs %s, which is not installed on this host (looked in %s)",
			   handler, program, SANDBOX_PATH);
		return FAULT_INTERPRETER;
	}
	bytes_addf(
		why,
		"%s: .%s handlers are not supported yet on this host; write it as .py, .js or .sh",
		handler, extension);
	return FAULT_KIND;
}

/* The program that a file's first line names; false when it has no such line. */
static bool first_line(const char *path, char program[256])
{
	char line[256] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, line, sizeof(line) - 1);
	if (fd >= 0)
		close(fd);
	if (n < 3 || line[0] != '#' || line[1] != '!')
		return false;
	const char *from = line + 2 + strspn(line + 2, " \t");
	size_t len = strcspn(from, " \t\r\n");
	memcpy(program, from, len);
	program[len] = '\0';
	return len > 0;
}

/* A file without a known extension runs by its first line. */
static const char *runner_itself(const char *handler, struct runner *ret, struct bytes *why)
{
	char program[256];
	if (!first_line(ret->path, program) || access(ret->path, X_OK) < 0) {
		bytes_addf(why,
			   "%s: cannot tell how to run it; give it the extension .py, .js or .sh, "
			   "or make it "
			   "executable with a first line such as #!/usr/bin/python3",
			   handler);
		return FAULT_KIND;
	}
	if (access(program, X_OK) == 0)
		return NULL;
	bytes_addf(why,
		   "%s: its first line names %s, which is not in a sandbox (only /usr of this host "
		   "is)",
		   handler, program);
	return FAULT_KIND;
}

const char *runner_find(const char *handler, struct runner *ret, struct bytes *why)
{
	struct stat st;
	memset(ret, 0, sizeof(*ret));
	int n = snprintf(ret->path, sizeof(ret->path), "%s/%s", BUNDLE_MOUNT, handler);
	if (n < 0 || (size_t)n >= sizeof(ret->path) || stat(ret->path, &st) < 0 ||
	    !S_ISREG(st.st_mode)) {
		bytes_addf(why, "%s is not among the files of the skill", handler);
		return FAULT_MISSING;
	}
	const char *slash = strrchr(handler, '/');
	const char *dot = strrchr(slash ? slash : handler, '.');
	const char *wanted = NULL;
	bool known = false;
	char program[512];
	for (size_t i = 0; dot && i < sizeof(interpreters) / sizeof(*interpreters); i++) {
		const struct interpreter *t = &interpreters[i];
		if (strcmp(dot + 1, t->extension) != 0)
			continue;
		known = true;
		if (!wanted)
			wanted = t->argv[0];
		if (!t->argv[0] || !find_program(t->argv[0], program, sizeof(program)))
			continue;
		memcpy(ret->argv, t->argv, sizeof(ret->argv));
		memcpy(ret->check, t->check, sizeof(ret->check));
		return NULL;
	}
	return known ? no_interpreter(handler, dot + 1, wanted, why)
		     : runner_itself(handler, ret, why);
}

static void become(const char *const *words, const char *path, const int fds[3], int report)
{
	const char *argv[8];
	size_t n = 0;
	for (; words[n] && n < 5; n++)
		argv[n] = words[n];
	argv[n] = path;
	argv[n + 1] = NULL;
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	setsid();
	/* The kernel takes the handler before aspora-init when memory runs out. */
	int oom = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (oom >= 0)
		(void)!write(oom, "1000", 4);
	/* dup2 onto the same number would leave close-on-exec set; the pipes are all above 2. */
	if (chdir(BUNDLE_MOUNT) == 0 && dup2(fds[0], 0) >= 0 && dup2(fds[1], 1) >= 0 &&
	    dup2(fds[2], 2) >= 0)
		execvp(argv[0], (char *const *)(uintptr_t)argv);
	int e = errno;
	(void)!write(report, &e, sizeof(e));
	_exit(127);
}

static bool three_pipes(int p[4][2])
{
	for (int i = 0; i < 4; i++)
		if (pipe2(p[i], O_CLOEXEC) < 0)
			die("no pipe: %s", strerror(errno));
	return true;
}

bool process_start(const char *const *argv, const char *path, struct process *ret)
{
	int p[4][2]; /* stdin, stdout, stderr, and how exec went */
	three_pipes(p);
	pid_t pid = fork();
	if (pid == 0)
		become(argv, path, (const int[3]){p[0][0], p[1][1], p[2][1]}, p[3][1]);
	int failed = pid < 0 ? errno : 0;
	close(p[0][0]);
	close(p[1][1]);
	close(p[2][1]);
	close(p[3][1]);
	if (!failed && read(p[3][0], &failed, sizeof(failed)) != (ssize_t)sizeof(failed))
		failed = 0;
	close(p[3][0]);
	*ret = (struct process){pid, p[0][1], p[1][0], p[2][0]};
	for (int i = 0; i < 3; i++) {
		int fd = i == 0 ? ret->in : i == 1 ? ret->out : ret->errout;
		fcntl(fd, F_SETFL, O_NONBLOCK);
	}
	if (!failed)
		return true;
	close(ret->in);
	close(ret->out);
	close(ret->errout);
	ret->pid = 0;
	errno = failed;
	return false;
}

void process_kill_all(void)
{
	kill(-1, SIGKILL);
}
