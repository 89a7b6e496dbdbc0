/*
 * The escape probes: scripts that try to get out, run as handlers in each driver that this host can probe; see escape.probes.
 */
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "tests/unit/runtime/rig_drivers.h"

struct probe {
	char name[128], kind[8];
	struct str script;
};

static struct probe probes[200];
static size_t probe_count;
static struct buf probes_text, library;

static void read_probes(void)
{
	CLEANUP_FREE char *path = mem_printf("%s/tests/unit/runtime/escape.probes", support_root());
	CLEANUP_FREE char *lib = mem_printf("%s/tests/unit/runtime/escape_lib.py", support_root());
	buf_init(&probes_text, 1 << 20);
	buf_init(&library, 1 << 20);
	assert_ok(io_read_file(path, &probes_text, &support_err));
	assert_ok(io_read_file(lib, &library, &support_err));
	struct str text = buf_str(&probes_text);
	ptrdiff_t at = str_find(text, STR("\n== "), 0);
	while (at >= 0) {
		size_t from = (size_t)at + 4;
		size_t eol = (size_t)str_find_byte(text, '\n', from);
		ptrdiff_t next = str_find(text, STR("\n== "), eol);
		struct probe *p = &probes[probe_count++];
		ck_assert_int_eq(sscanf(text.p + from, "%127s %7s", p->name, p->kind), 2);
		p->script = str_sub(text, eol + 1, next < 0 ? text.len : (size_t)next + 1);
		at = next;
	}
}

/* Host sockets that no sandbox may reach. */
static int abstract_listener(char *name, size_t size)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	snprintf(name, size, "aspora-escape-%d", (int)getpid());
	memcpy(a.sun_path + 1, name, strlen(name));
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
	ck_assert(fd >= 0 && bind(fd, (struct sockaddr *)&a, len) == 0 && listen(fd, 1) == 0);
	return fd;
}

static int loopback_listener(int *ret_port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert(fd >= 0 && bind(fd, (struct sockaddr *)&a, len) == 0 && listen(fd, 1) == 0 &&
		  getsockname(fd, (struct sockaddr *)&a, &len) == 0);
	*ret_port = ntohs(a.sin_port);
	return fd;
}

#define PROBE_GROUPS 4

/* A quarter of the probes each, so that one slow machine has time for all. */
START_TEST(no_probe_escapes)
{
	static const struct sandbox_env env[] = {{STR("DECLARED"), STR("value with = and spaces")}};
	char name[64], handler[64];
	int port;
	CLEANUP_FD UNUSED int abstract = abstract_listener(name, sizeof(name));
	CLEANUP_FD UNUSED int loopback = loopback_listener(&port);
	read_probes();
	ck_assert_uint_ge(probe_count, 60);
	EACH_DRIVER(r)
	{
		CLEANUP_FREE char *context = mem_printf("{\"input\":{\"abstract\":\"%s\",\"port\":%"
							"d,\"pids\":48,\"tmp_bytes\":16777216}}",
							name, port);
		r.req.context_json = str_of(context);
		r.req.env = env;
		r.req.env_count = ARRAY_SIZE(env);
		r.req.limits.pids = 48;
		r.req.limits.tmp_bytes = 16 << 20;
		r.req.limits.memory_bytes = 128 << 20;
		for (size_t k = (size_t)_i; k < probe_count; k += PROBE_GROUPS) {
			const struct probe *p = &probes[k];
			snprintf(handler, sizeof(handler), "code/probe.%s", p->kind);
			r.manifest.count = 0;
			rig_file(&r, "code/escape_lib.py", buf_str(&library), false);
			rig_file(&r, handler, p->script, true);
			rig_go(&r, handler, false);
			ck_assert_msg(r.rc == 0, "%s: %s: %s", p->name, err_text(r.rc), r.err.msg);
			ck_assert_msg(
				strstr(buf_cstr(&r.result.result_json), "\"output\":\"denied\"}"),
				"%s, %s: %s %s", usable[d_], p->name,
				buf_cstr(&r.result.result_json), buf_cstr(&r.result.stderr_tail));
		}
		NOTHING_LEFT();
	}
}
END_TEST

/* Two tenants at once: neither sees a trace of the other. */
START_TEST(two_sandboxes_see_nothing_of_each_other)
{
	EACH_DRIVER(r)
	{
		struct run_instance *i = NULL;
		struct rig other;
		rig_file(&r, "code/handler.sh", STR("echo secret >/tmp/mine; sleep 60\n"), true);
		r.req.manifest = &r.manifest;
		r.req.blobs = &r.reader;
		r.req.handler = STR("code/handler.sh");
		r.req.instance = "tenant-a";
		assert_ok(run_instance_open(rt, &r.req, &i, &r.result, &support_err));
		rig_init(&other, rt, usable[d_]);
		other.req.instance = "tenant-b";
		rig_run(&other, "code/handler.sh",
			"find /tmp /dev/shm -type f | grep -q . && echo '\"files\"' && exit\n"
			"grep -l tenan[t]-a /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null "
			"| "
			"grep -q . && echo '\"processes\"' && exit\n"
			"echo '\"nothing\"'\n");
		assert_output(&other, "\"nothing\"");
		rig_release(&other);
		run_instance_close(i);
		NOTHING_LEFT();
	}
}
END_TEST

static const struct support_case cases[] = {
	{&no_probe_escapes, PROBE_GROUPS, 300},
	CASE(two_sandboxes_see_nothing_of_each_other),
	{0},
};

int main(void)
{
	return support_main("runtime/escape", cases);
}
