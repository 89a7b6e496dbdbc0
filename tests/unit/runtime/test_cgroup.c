#include "runtime/cgroup.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/child.h"
#include "base/io.h"
#include "base/mem.h"
#include "tests/unit/support.h"

/* --- detection, over trees of plain files --- */

static void put(const char *root, const char *name, const char *text)
{
	CLEANUP_FREE char *path = io_join(root, name);
	CLEANUP_FREE char *dir = mem_strdup(path);
	*strrchr(dir, '/') = '\0';
	assert_ok(io_mkdirs(dir, 0755, &support_err));
	assert_ok(io_write_file(path, str_of(text), 0644, &support_err));
}

static void folder(const char *root, const char *name)
{
	CLEANUP_FREE char *path = io_join(root, name);
	assert_ok(io_mkdirs(path, 0755, &support_err));
}

static const char *described(const struct cgroup_host *h)
{
	static struct buf b = BUF_INIT(4096);
	buf_reset(&b);
	cgroup_describe(h, &b);
	return buf_cstr(&b);
}

static const char *below(const char *root, const char *path)
{
	ck_assert(str_starts(str_of(path), str_of(root)));
	return path + strlen(root);
}

#define MOUNT_V1(point, options)                                                                   \
	"31 24 0:27 / " point " rw,relatime shared:9 - cgroup cgroup rw," options "\n"
#define MOUNT_V2(point) "42 24 0:28 / " point " rw,relatime - cgroup2 cgroup2 rw\n"

START_TEST(a_host_without_groups_has_none_and_is_no_error)
{
	struct cgroup_host h;
	const char *root = support_dir();
	cgroup_detect(root, &h);
	ck_assert_int_eq(h.version, 0);
	ck_assert_str_eq(described(&h), "");
	put(root, "proc/self/mountinfo", "garbage\n\n1 2\n22 1 0:5 / /proc rw - proc proc rw\n");
	put(root, "proc/self/cgroup", "0::/\nnonsense\n");
	cgroup_detect(root, &h);
	ck_assert_int_eq(h.version, 0);
	struct cgroup g;
	assert_ok(cgroup_make(&h, "aspora-x-y", &run_limits_default, &g, &support_err));
	ck_assert(cgroup_enter(&g));
	cgroup_kill(&h, "aspora-x-y");
	assert_ok(cgroup_remove(&h, "aspora-x-y", &support_err));
}
END_TEST

START_TEST(version_1_controllers_are_found_where_this_process_is)
{
	struct cgroup_host h;
	const char *root = support_dir();
	put(root, "proc/self/mountinfo",
	    MOUNT_V1("/cg/memory", "memory") MOUNT_V1("/cg/cpu,cpuacct", "cpu,cpuacct")
		    MOUNT_V1("/cg/pids", "pids") MOUNT_V1("/cg/freezer", "freezer"));
	put(root, "proc/self/cgroup",
	    "9:pids:/\n8:cpu,cpuacct:/a\n4:memory:/jobs/17\n2:freezer:/gone\n0::/\n");
	folder(root, "cg/memory/jobs/17");
	folder(root, "cg/cpu,cpuacct/a");
	folder(root, "cg/pids");
	folder(root, "cg/freezer");
	cgroup_detect(root, &h);
	ck_assert_int_eq(h.version, 1);
	ck_assert_str_eq(described(&h), "cgroup v1: memory, pids, cpu");
	ck_assert_str_eq(below(root, h.base[CGROUP_MEMORY]), "/cg/memory/jobs/17");
	ck_assert_str_eq(below(root, h.base[CGROUP_CPU]), "/cg/cpu,cpuacct/a");
	ck_assert_str_eq(below(root, h.base[CGROUP_CPUACCT]), "/cg/cpu,cpuacct/a");
	ck_assert_str_eq(below(root, h.base[CGROUP_PIDS]), "/cg/pids");
	/* A path that is not visible from here gives the top. */
	ck_assert_str_eq(below(root, h.base[CGROUP_FREEZER]), "/cg/freezer");
}
END_TEST

START_TEST(version_1_counts_only_what_can_be_written)
{
	struct cgroup_host h;
	const char *root = support_dir();
	put(root, "proc/self/mountinfo",
	    MOUNT_V1("/cg/memory", "memory") MOUNT_V1("/cg/pids", "pids"));
	put(root, "proc/self/cgroup", "9:pids:/\n4:memory:/\n");
	folder(root, "cg/pids");
	/* The memory hierarchy is a file: nothing can be made in it. */
	put(root, "cg/memory", "");
	cgroup_detect(root, &h);
	ck_assert_int_eq(h.version, 1);
	ck_assert_str_eq(described(&h), "cgroup v1: pids");
}
END_TEST

START_TEST(a_mount_of_a_part_of_the_tree_is_understood)
{
	struct cgroup_host h;
	const char *root = support_dir();
	/* As a container sees it: the mount's root is the container's group. */
	put(root, "proc/self/mountinfo",
	    "31 24 0:27 /docker/abc /cg/pids rw - cgroup cgroup rw,pids\n");
	put(root, "proc/self/cgroup", "9:pids:/docker/abc/sub\n");
	folder(root, "cg/pids/sub");
	cgroup_detect(root, &h);
	ck_assert_str_eq(below(root, h.base[CGROUP_PIDS]), "/cg/pids/sub");
}
END_TEST

START_TEST(what_somebody_left_who_was_killed_is_no_obstacle)
{
	struct cgroup_host h;
	const char *root = support_dir();
	put(root, "proc/self/mountinfo", MOUNT_V1("/sys/fs/cgroup/pids", "pids"));
	put(root, "proc/self/cgroup", "3:pids:/\n");
	folder(root, "sys/fs/cgroup/pids/aspora-try");
	CLEANUP_FREE char *left = io_join(root, "sys/fs/cgroup/pids/aspora-try");
	cgroup_detect(root, &h);
	ck_assert_int_eq(h.version, 1);
	ck_assert(h.has[CGROUP_PIDS]);
	ck_assert(!io_exists(left));
	/* In use by somebody, or no group at all, it is not ours to write. */
	folder(root, "sys/fs/cgroup/pids/aspora-try/inside");
	cgroup_detect(root, &h);
	ck_assert(!h.has[CGROUP_PIDS]);
}
END_TEST

static int detect_often(void *state)
{
	struct cgroup_host h;
	for (int i = 0; i < 300; i++) {
		cgroup_detect(state, &h);
		if (!h.has[CGROUP_PIDS])
			return 1;
	}
	return 0;
}

START_TEST(many_may_look_at_once)
{
	const char *root = support_dir();
	struct child c[4];
	put(root, "proc/self/mountinfo", MOUNT_V1("/sys/fs/cgroup/pids", "pids"));
	put(root, "proc/self/cgroup", "3:pids:/\n");
	folder(root, "sys/fs/cgroup/pids");
	for (size_t i = 0; i < ARRAY_SIZE(c); i++) {
		c[i] = (struct child)CHILD_INIT;
		assert_ok(child_fork(&c[i], detect_often, (void *)(uintptr_t)root, NULL, 0,
				     &support_err));
	}
	for (size_t i = 0; i < ARRAY_SIZE(c); i++) {
		struct child_end end;
		assert_ok(child_wait(&c[i], 60000, &end, &support_err));
		ck_assert(end.exited && end.status == 0);
	}
}
END_TEST

START_TEST(version_2_comes_first_where_controllers_reach_children)
{
	struct cgroup_host h;
	const char *root = support_dir();
	put(root, "proc/self/mountinfo", MOUNT_V1("/v1/pids", "pids") MOUNT_V2("/cg"));
	put(root, "proc/self/cgroup", "9:pids:/\n0::/system.slice/asporad.service\n");
	folder(root, "v1/pids");
	put(root, "cg/system.slice/asporad.service/cgroup.controllers",
	    "cpuset cpu io memory pids\n");
	put(root, "cg/system.slice/asporad.service/cgroup.subtree_control", "memory pids\n");
	cgroup_detect(root, &h);
	ck_assert_int_eq(h.version, 2);
	ck_assert_str_eq(described(&h), "cgroup v2: memory, pids");
	ck_assert_str_eq(below(root, h.base[CGROUP_MEMORY]), "/cg/system.slice/asporad.service");
}
END_TEST

START_TEST(version_2_looks_above_the_leaf_it_moved_its_roles_to)
{
	struct cgroup_host h;
	const char *root = support_dir();
	put(root, "proc/self/mountinfo", MOUNT_V2("/cg"));
	put(root, "proc/self/cgroup", "0::/s/asporad.service/aspora-roles\n");
	folder(root, "cg/s/asporad.service/aspora-roles");
	put(root, "cg/s/asporad.service/cgroup.controllers", "cpu memory pids\n");
	put(root, "cg/s/asporad.service/cgroup.subtree_control", "cpu memory pids\n");
	cgroup_detect(root, &h);
	ck_assert_str_eq(described(&h), "cgroup v2: memory, pids, cpu");
	ck_assert_str_eq(below(root, h.base[CGROUP_PIDS]), "/cg/s/asporad.service");
}
END_TEST

START_TEST(version_2_without_controllers_leaves_version_1)
{
	struct cgroup_host h;
	const char *root = support_dir();
	put(root, "proc/self/mountinfo", MOUNT_V2("/cg/unified") MOUNT_V1("/cg/pids", "pids"));
	put(root, "proc/self/cgroup", "9:pids:/\n0::/\n");
	put(root, "cg/unified/cgroup.controllers", "hugetlb\n");
	put(root, "cg/unified/cgroup.subtree_control", "");
	folder(root, "cg/pids");
	cgroup_detect(root, &h);
	ck_assert_str_eq(described(&h), "cgroup v1: pids");
}
END_TEST

START_TEST(root_makes_a_group_of_its_own_at_the_top_of_version_2)
{
	struct cgroup_host h;
	const char *root = support_dir();
	if (geteuid() != 0)
		SKIP("only root may make a group at the top");
	put(root, "proc/self/mountinfo", MOUNT_V2("/cg"));
	put(root, "proc/self/cgroup", "0::/user.slice/session-3.scope\n");
	folder(root, "cg/user.slice/session-3.scope");
	put(root, "cg/cgroup.controllers", "memory pids\n");
	put(root, "cg/cgroup.subtree_control", "memory pids\n");
	put(root, "cg/aspora/cgroup.controllers", "memory pids\n");
	put(root, "cg/aspora/cgroup.subtree_control", "memory pids\n");
	cgroup_detect(root, &h);
	ck_assert_int_eq(h.version, 2);
	ck_assert_str_eq(below(root, h.base[CGROUP_MEMORY]), "/cg/aspora");
}
END_TEST

/* --- the real thing --- */

static int ready_fd;

static int sleeper(void *state)
{
	if (!cgroup_enter(state))
		return 1;
	if (fork() == 0)
		pause();
	(void)!write(ready_fd, "x", 1);
	pause();
	return 0;
}

static struct cgroup_host real;

static bool find_real(void)
{
	cgroup_detect(NULL, &real);
	return real.version > 0;
}

/* cgroup2 may be mounted beside version 1: then its killing can be tried, if no limits. */
static bool find_unified(void)
{
	static const char *const places[] = {"/sys/fs/cgroup/unified", "/sys/fs/cgroup"};
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		CLEANUP_FREE char *file = io_join(places[i], "cgroup.controllers");
		if (!io_exists(file) || access(places[i], W_OK) < 0)
			continue;
		memset(&real, 0, sizeof(real));
		real.version = 2;
		for (int c = 0; c < CGROUP_CONTROLLERS; c++)
			snprintf(real.base[c], CGROUP_PATH_MAX, "%s", places[i]);
		return true;
	}
	return false;
}

static void name_of(char out[CGROUP_NAME_MAX], const char *what)
{
	snprintf(out, CGROUP_NAME_MAX, "aspora-test%d-%s", (int)getpid(), what);
}

static int count_one(void *state, const char *name, struct err *err)
{
	(void)err;
	(void)name;
	++*(int *)state;
	return 0;
}

static int listed(const char *prefix)
{
	int n = 0;
	assert_ok(cgroup_list(&real, prefix, count_one, &n, &support_err));
	return n;
}

static void make_fill_and_remove(void)
{
	char name[CGROUP_NAME_MAX], x;
	int fds[2];
	struct cgroup g;
	struct child c = CHILD_INIT;
	struct child_end end;
	name_of(name, "full");
	assert_ok(cgroup_make(&real, name, &run_limits_default, &g, &support_err));
	ck_assert_int_eq(listed(name), 1);
	/* In use, the name is taken. */
	assert_ok(io_pipe(fds, &support_err));
	ready_fd = fds[1];
	assert_ok(child_fork(&c, sleeper, &g, &ready_fd, 1, &support_err));
	close(fds[1]);
	ck_assert_int_eq(read(fds[0], &x, 1), 1);
	struct cgroup again;
	assert_err(cgroup_make(&real, name, &run_limits_default, &again, &support_err), ERR_SANDBOX,
		   "cannot make the control group");
	ck_assert_int_eq(listed(name), 1);
	/* Removal takes the grandchild too; the pipe ends when the last of them has gone. */
	assert_ok(cgroup_remove(&real, name, &support_err));
	ck_assert_int_eq(listed(name), 0);
	ck_assert_int_eq(read(fds[0], &x, 1), 0);
	assert_ok(child_wait(&c, 10000, &end, &support_err));
	ck_assert(!end.exited && end.status == SIGKILL);
	assert_ok(cgroup_remove(&real, name, &support_err));
}

START_TEST(a_group_is_made_filled_emptied_and_removed)
{
	if (!find_real())
		SKIP("no control groups are writable here");
	make_fill_and_remove();
}
END_TEST

START_TEST(version_2_kills_by_one_write)
{
	if (!find_unified())
		SKIP("no version 2 hierarchy is writable here");
	make_fill_and_remove();
}
END_TEST

START_TEST(what_a_crash_left_empty_is_made_again)
{
	char name[CGROUP_NAME_MAX];
	struct cgroup g;
	if (!find_real())
		SKIP("no control groups are writable here");
	name_of(name, "left");
	assert_ok(cgroup_make(&real, name, &run_limits_default, &g, &support_err));
	assert_ok(cgroup_make(&real, name, &run_limits_default, &g, &support_err));
	assert_ok(cgroup_remove(&real, name, &support_err));
}
END_TEST

static void make_with_limits(void)
{
	char name[CGROUP_NAME_MAX];
	struct cgroup g;
	struct run_limits l = run_limits_complete(
		&(struct run_limits){.memory_bytes = 33 << 20, .pids = 17, .cpu_millis = 250});
	name_of(name, "limits");
	assert_ok(cgroup_make(&real, name, &l, &g, &support_err));
	struct {
		int controller;
		const char *v1, *v2, *value1, *value2;
	} rows[] = {
		{CGROUP_MEMORY, "memory.limit_in_bytes", "memory.max", "34603008", "34603008"},
		{CGROUP_PIDS, "pids.max", "pids.max", "17", "17"},
		{CGROUP_CPU, "cpu.cfs_quota_us", "cpu.max", "25000", "25000 100000"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(buf_release) struct buf b = BUF_INIT(4096);
		if (!real.has[rows[i].controller])
			continue;
		CLEANUP_FREE char *path = mem_printf("%s/%s/%s", real.base[rows[i].controller],
						     name,
						     real.version == 1 ? rows[i].v1 : rows[i].v2);
		assert_ok(io_read_file(path, &b, &support_err));
		assert_str(str_trim(buf_str(&b)),
			   real.version == 1 ? rows[i].value1 : rows[i].value2);
	}
	struct cgroup_usage u;
	cgroup_usage(&real, name, &u);
	ck_assert(!u.out_of_memory);
	assert_ok(cgroup_remove(&real, name, &support_err));
	cgroup_usage(&real, name, &u);
	ck_assert_int_eq(u.memory_peak_bytes, 0);
}

START_TEST(limits_are_what_the_kernel_was_told)
{
	if (!find_real())
		SKIP("no control groups are writable here");
	make_with_limits();
}
END_TEST

/* A kernel gives a controller to one version at a time: where version 1 has them, the second hierarchy has none that we want. */
START_TEST(version_2_limits_are_what_the_kernel_was_told)
{
	CLEANUP(buf_release) struct buf given = BUF_INIT(4096);
	if (!find_unified())
		SKIP("no version 2 hierarchy is writable here");
	CLEANUP_FREE char *file = io_join(real.base[0], "cgroup.controllers");
	assert_ok(io_read_file(file, &given, &support_err));
	struct str words = str_trim(buf_str(&given));
	if (str_find(words, STR("memory"), 0) < 0 || str_find(words, STR("pids"), 0) < 0)
		SKIP("memory and pids belong to version 1 on this kernel; version 2 at %s has: "
		     "%.*s",
		     real.base[0], STR_ARG(words));
	if (!find_real() || real.version != 2)
		SKIP("version 2 gives its controllers to no group that we may make here");
	make_with_limits();
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_host_without_groups_has_none_and_is_no_error),
	CASE(version_1_controllers_are_found_where_this_process_is),
	CASE(version_1_counts_only_what_can_be_written),
	CASE(a_mount_of_a_part_of_the_tree_is_understood),
	CASE(what_somebody_left_who_was_killed_is_no_obstacle),
	CASE(many_may_look_at_once),
	CASE(version_2_comes_first_where_controllers_reach_children),
	CASE(version_2_looks_above_the_leaf_it_moved_its_roles_to),
	CASE(version_2_without_controllers_leaves_version_1),
	CASE(root_makes_a_group_of_its_own_at_the_top_of_version_2),
	CASE(a_group_is_made_filled_emptied_and_removed),
	CASE(version_2_kills_by_one_write),
	CASE(what_a_crash_left_empty_is_made_again),
	CASE(limits_are_what_the_kernel_was_told),
	CASE(version_2_limits_are_what_the_kernel_was_told),
	{0},
};

int main(void)
{
	return support_main("runtime/cgroup", cases);
}
