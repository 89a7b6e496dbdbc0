/* The fixed argument vector of bubblewrap; nothing in it but names and numbers of ours comes from data. */
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "runtime/driver/bubblewrap_int.h"
#include "runtime/init/protocol.h"

void words_add(struct words *w, const char *fmt, ...)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT((size_t)1 << 20);
	va_list ap;
	va_start(ap, fmt);
	buf_vaddf(&b, fmt, ap);
	va_end(ap);
	GROW(w->items, w->count, w->cap);
	w->items[w->count++] = buf_take(&b);
}

void words_release(struct words *w)
{
	for (size_t i = 0; i < w->count; i++)
		free((char *)(uintptr_t)w->items[i]);
	free(w->items);
	*w = (struct words){NULL, 0, 0};
}

static void add_all(struct words *w, const char *const *list)
{
	for (; *list; list++)
		words_add(w, "%s", *list);
}

static void add3(struct words *w, const char *a, const char *b, const char *c)
{
	words_add(w, "%s", a);
	words_add(w, "%s", b);
	words_add(w, "%s", c);
}

/* /bin, /lib … are links into /usr on merged systems, and folders on others. */
static void add_root(struct words *w)
{
	static const char *const tops[] = {"/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"};
	add3(w, "--ro-bind", "/usr", "/usr");
	for (size_t i = 0; i < ARRAY_SIZE(tops); i++) {
		struct stat st;
		char to[64];
		if (lstat(tops[i], &st) < 0)
			continue;
		ssize_t n = S_ISLNK(st.st_mode) ? readlink(tops[i], to, sizeof(to) - 1) : 0;
		if (n > 0) {
			to[n] = '\0';
			add3(w, "--symlink", to, tops[i]);
		} else if (S_ISDIR(st.st_mode)) {
			add3(w, "--ro-bind", tops[i], tops[i]);
		}
	}
}

static void add_etc(struct words *w, const char *etc)
{
	add3(w, "--ro-bind", etc, "/etc");
	/* awk and its like are links through here; libraries are found faster with the cache. */
	add3(w, "--ro-bind-try", "/etc/alternatives", "/etc/alternatives");
	add3(w, "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache");
}

/*
 * Kernel settings that belong to a namespace of the sandbox, or that whoever is root outside may write without a capability. bubblewrap leaves
 * them alone when it takes their folder for unwritable.
 */
static void add_proc(struct words *w)
{
	static const char *const closed[] = {"/proc/sys", "/proc/irq",	"/proc/bus",
					     "/proc/fs",  "/proc/acpi", "/proc/scsi"};
	add3(w, "--proc", "/proc", "--dev");
	words_add(w, "/dev");
	for (size_t i = 0; i < ARRAY_SIZE(closed); i++)
		add3(w, "--ro-bind-try", closed[i], closed[i]);
}

static void add_env(struct words *w, const struct sandbox_spec *s)
{
	static const char *const pairs[][2] = {
		{"PATH", SANDBOX_PATH},
		{"HOME", "/tmp"},
		{"TMPDIR", "/tmp"},
		{"LANG", "C.UTF-8"},
		{"PYTHONDONTWRITEBYTECODE", "1"},
		{"ASPORA_DOOR", DOOR_URL},
		{"AWS_LAMBDA_RUNTIME_API", DOOR_ADDRESS},
		{"ANTHROPIC_BASE_URL", DOOR_URL},
		{"OPENAI_BASE_URL", DOOR_URL "/v1"},
		/* SDKs refuse to start without a key. The door needs none: whoever can reach it is the sandbox. */
		{"ANTHROPIC_API_KEY", "door"},
		{"OPENAI_API_KEY", "door"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
		add3(w, "--setenv", pairs[i][0], pairs[i][1]);
	for (size_t i = 0; i < s->env_count; i++) {
		words_add(w, "--setenv");
		words_add(w, "%.*s", STR_ARG(s->env[i].name));
		words_add(w, "%.*s", STR_ARG(s->env[i].value));
	}
}

static void add_writable(struct words *w, const struct sandbox_spec *s)
{
	static const char *const shm[] = {"--perms", "1777",	 "--size",	 "1048576",
					  "--tmpfs", "/dev/shm", "--remount-ro", "/dev",
					  "--perms", "1777",	 "--size",	 NULL};
	add_all(w, shm);
	words_add(w, "%lld", (long long)s->limits.tmp_bytes);
	words_add(w, "--tmpfs");
	words_add(w, "/tmp");
}

void bwrap_args(const struct bwrap_args *a, struct words *w)
{
	static const char *const head[] = {"bwrap",
					   "--unshare-user",
					   "--unshare-ipc",
					   "--unshare-pid",
					   "--unshare-net",
					   "--unshare-uts",
					   "--unshare-cgroup-try",
					   "--disable-userns",
					   "--die-with-parent",
					   "--new-session",
					   "--as-pid-1",
					   "--clearenv",
					   "--cap-drop",
					   "ALL",
					   "--hostname",
					   "sandbox",
					   "--uid",
					   "65534",
					   "--gid",
					   "65534",
					   NULL};
	add_all(w, head);
	add_root(w);
	add_etc(w, a->etc);
	add_proc(w);
	add_writable(w, a->spec);
	add3(w, "--ro-bind", a->bundle, BUNDLE_MOUNT);
	add3(w, "--ro-bind", a->init, INIT_MOUNT);
	add3(w, "--remount-ro", "/", "--chdir");
	words_add(w, BUNDLE_MOUNT);
	for (int i = 0; i < 2; i++) {
		words_add(w, "--add-seccomp-fd");
		words_add(w, "%d", a->seccomp_fds[i]);
	}
	add_env(w, a->spec);
	add3(w, "--", INIT_MOUNT, "--name");
	words_add(w, "%s.%s", a->owner, a->spec->instance);
	if (!a->spec->bundle) {
		words_add(w, "--self-test");
		return;
	}
	words_add(w, "--pids");
	words_add(w, "%lld", (long long)a->spec->limits.pids);
	words_add(w, "--handler");
	words_add(w, "%.*s", STR_ARG(a->spec->handler));
	if (a->spec->probe)
		words_add(w, "--probe");
}
