/* The argument vector of bubblewrap, user numbers, names: what decides how closed a sandbox is, without starting one. */
#include <stdio.h>

#include "runtime/driver/bubblewrap_int.h"
#include "runtime/init/protocol.h"
#include "tests/unit/runtime/rig.h"

static struct words words;
static const struct bundle bundle = {{{0}}, NULL, false};

static struct sandbox_spec spec_of(struct str handler)
{
	return (struct sandbox_spec){.instance = "EXEC-1",
				     .bundle = &bundle,
				     .handler = handler,
				     .limits = run_limits_default};
}

static void make(const struct sandbox_spec *s)
{
	static const int fds[] = {4, 5};
	words_release(&words);
	bwrap_args(&(struct bwrap_args){.mode = BWRAP_OWN_UID,
					.spec = s,
					.owner = "owner1",
					.bundle = "/b",
					.init = "/i",
					.etc = "/e",
					.seccomp_fds = fds},
		   &words);
}

/* The place of a run of words, or -1. */
static int place(const char *const *want)
{
	for (size_t i = 0; i < words.count; i++) {
		size_t k = 0;
		while (want[k] && i + k < words.count && strcmp(words.items[i + k], want[k]) == 0)
			k++;
		if (!want[k])
			return (int)i;
	}
	return -1;
}
#define PLACE(...) place((const char *const[]){__VA_ARGS__, NULL})

START_TEST(every_namespace_is_left_and_every_capability_dropped)
{
	static const char *const flags[] = {
		"--unshare-user", "--unshare-ipc",    "--unshare-pid", "--unshare-net",
		"--unshare-uts",  "--disable-userns", "--clearenv",    "--die-with-parent",
		"--new-session",  "--as-pid-1"};
	struct sandbox_spec s = spec_of(STR("code/handler.py"));
	make(&s);
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		ck_assert_msg(PLACE(flags[i]) >= 0, "no %s", flags[i]);
	ck_assert_int_ge(PLACE("--cap-drop", "ALL"), 0);
	ck_assert_int_ge(PLACE("--uid", "65534", "--gid", "65534"), 0);
	ck_assert_int_ge(PLACE("--add-seccomp-fd", "4"), 0);
	ck_assert_int_ge(PLACE("--add-seccomp-fd", "5"), 0);
	/* Nothing that shares, and nothing bound writable. */
	ck_assert_int_lt(PLACE("--share-net"), 0);
	ck_assert_int_lt(PLACE("--bind"), 0);
	ck_assert_int_lt(PLACE("--dev-bind"), 0);
}
END_TEST

START_TEST(the_root_is_closed_after_everything_is_mounted)
{
	struct sandbox_spec s = spec_of(STR("code/handler.py"));
	make(&s);
	int closed = PLACE("--remount-ro", "/");
	ck_assert_int_gt(closed, PLACE("--ro-bind", "/usr", "/usr"));
	ck_assert_int_gt(closed, PLACE("--ro-bind", "/e", "/etc"));
	ck_assert_int_gt(closed, PLACE("--ro-bind", "/b", BUNDLE_MOUNT));
	ck_assert_int_gt(closed, PLACE("--ro-bind", "/i", INIT_MOUNT));
	ck_assert_int_gt(closed, PLACE("--size", "67108864", "--tmpfs", "/tmp"));
	/* Kernel settings after /proc, or they would be covered again. */
	ck_assert_int_gt(PLACE("--ro-bind-try", "/proc/sys", "/proc/sys"),
			 PLACE("--proc", "/proc"));
	ck_assert_int_gt(PLACE("--remount-ro", "/dev"), PLACE("--tmpfs", "/dev/shm"));
}
END_TEST

START_TEST(the_command_is_aspora_init_with_its_name_and_limits)
{
	struct sandbox_spec s = spec_of(STR("code/handler.py"));
	make(&s);
	int at = PLACE("--", INIT_MOUNT, "--name", "owner1.EXEC-1", "--pids", "64", "--handler",
		       "code/handler.py");
	ck_assert_int_ge(at, 0);
	ck_assert_int_eq(at + 8, (int)words.count);
	s.probe = true;
	make(&s);
	ck_assert_str_eq(words.items[words.count - 1], "--probe");
	s.bundle = NULL;
	make(&s);
	ck_assert_str_eq(words.items[words.count - 1], "--self-test");
	ck_assert_int_lt(PLACE("--handler"), 0);
}
END_TEST

START_TEST(words_from_data_stay_values)
{
	struct sandbox_env env = {STR("A"), STR("--bind / /")};
	struct sandbox_spec s = spec_of(STR("--bind"));
	s.env = &env;
	s.env_count = 1;
	make(&s);
	ck_assert_int_ge(PLACE("--setenv", "A", "--bind / /", "--", INIT_MOUNT), 0);
	/* A handler named like an option is the word after --handler, behind the end of bubblewrap's own. */
	ck_assert_int_gt(PLACE("--handler", "--bind"), PLACE("--", INIT_MOUNT));
}
END_TEST

START_TEST(user_numbers_belong_to_instances)
{
	uid_t a = bwrap_uid("EXEC-1"), again = bwrap_uid("EXEC-1"), b = bwrap_uid("EXEC-2");
	if (a == 0)
		SKIP("this user namespace has no numbers to give");
	ck_assert_uint_eq(a, again);
	ck_assert_uint_ne(a, b);
	/* None that a distribution or a person has: systemd's own numbers end below 64,600 or begin above 65,500. */
	ck_assert((a >= 0x70000000u && a < 0x80000000u) || (a >= 64600 && a < 65500));
}
END_TEST

START_TEST(group_names_carry_owner_and_instance)
{
	char name[CGROUP_NAME_MAX];
	struct runtime *rt = rig_runtime(support_dir());
	CLEANUP_FREE char *want = mem_printf("aspora-%s-EXEC-1", runtime_owner(rt));
	bwrap_group_name(rt, "EXEC-1", name);
	ck_assert_str_eq(name, want);
	/* The longest names there may be fit whole. */
	char longest[SANDBOX_NAME_MAX + 1];
	memset(longest, 'x', SANDBOX_NAME_MAX);
	longest[SANDBOX_NAME_MAX] = '\0';
	bwrap_group_name(rt, longest, name);
	ck_assert_uint_eq(strlen(name),
			  strlen("aspora--") + strlen(runtime_owner(rt)) + SANDBOX_NAME_MAX);
	runtime_close(rt);
}
END_TEST

static const struct support_case cases[] = {
	CASE(every_namespace_is_left_and_every_capability_dropped),
	CASE(the_root_is_closed_after_everything_is_mounted),
	CASE(the_command_is_aspora_init_with_its_name_and_limits),
	CASE(words_from_data_stay_values),
	CASE(user_numbers_belong_to_instances),
	CASE(group_names_carry_owner_and_instance),
	{0},
};

int main(void)
{
	return support_main("runtime/bubblewrap", cases);
}
