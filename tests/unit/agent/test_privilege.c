/* What a role gives up, and what it keeps. */
#include "agent/privilege.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/io.h"
#include "tests/unit/support.h"

static const struct account nobody = {.uid = 65534, .gid = 65534, .name = "nobody"};

/* Runs fn in a child that is tied to us, and gives its status. */
static int status_of(int (*fn)(void *state), void *state)
{
	struct child c = CHILD_INIT;
	struct child_end end;
	assert_ok(child_fork(&c, fn, state, NULL, 0, &support_err));
	assert_ok(child_wait(&c, 10000, &end, &support_err));
	ck_assert(end.exited);
	return end.status;
}

static int becomes_nobody(void *state)
{
	int tied = 0;
	(void)state;
	if (privilege_drop(&nobody, NULL) < 0 || getuid() != 65534 || getgid() != 65534)
		return 2;
	if (setuid(0) == 0 || getgroups(0, NULL) != 0)
		return 3;
	return prctl(PR_GET_PDEATHSIG, &tied) == 0 && tied == SIGKILL ? 0 : 4;
}

START_TEST(who_becomes_another_still_dies_with_its_parent)
{
	if (geteuid() != 0)
		SKIP("only root becomes another");
	ck_assert_int_eq(status_of(becomes_nobody, NULL), 0);
}
END_TEST

static int becomes_nobody_untied(void *state)
{
	int tied = -1;
	(void)state;
	prctl(PR_SET_PDEATHSIG, 0);
	if (privilege_drop(&nobody, NULL) < 0)
		return 2;
	return prctl(PR_GET_PDEATHSIG, &tied) == 0 && tied == 0 ? 0 : 4;
}

START_TEST(who_was_not_tied_is_not_tied_by_it)
{
	if (geteuid() != 0)
		SKIP("only root becomes another");
	ck_assert_int_eq(status_of(becomes_nobody_untied, NULL), 0);
}
END_TEST

static int stays(void *state)
{
	const struct account self = {.uid = geteuid(), .gid = getegid(), .name = "self"};
	(void)state;
	return privilege_drop(&self, NULL) == 0 && geteuid() == self.uid ? 0 : 2;
}

START_TEST(becoming_oneself_changes_nothing)
{
	ck_assert_int_eq(status_of(stays, NULL), 0);
}
END_TEST

static int hardens(void *state)
{
	struct rlimit core;
	const bool *allow = state;
	if (privilege_harden(*allow, NULL) < 0 || getrlimit(RLIMIT_CORE, &core) < 0)
		return 2;
	if (core.rlim_max != 0 || prctl(PR_GET_DUMPABLE) != 0)
		return 3;
	return (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1) == !*allow ? 0 : 4;
}

START_TEST(a_hardened_process_leaves_no_core_and_gains_nothing_by_exec)
{
	bool allow = _i == 1;
	ck_assert_int_eq(status_of(hardens, &allow), 0);
}
END_TEST

START_TEST(an_account_that_is_not_there_is_named_with_a_remedy)
{
	struct account a;
	if (geteuid() != 0)
		SKIP("only root looks for an account");
	assert_err(privilege_account(STR("no-such-account"), &a, &support_err), ERR_NOT_FOUND,
		   "no account named no-such-account");
	ck_assert_ptr_nonnull(
		strstr(support_err.remedy, "adduser --system --group no-such-account"));
	assert_ok(privilege_account(STR("nobody"), &a, &support_err));
	ck_assert_uint_eq(a.uid, 65534);
	ck_assert_str_eq(a.name, "nobody");
	/* Without a name one of the usual ones, none of them root. */
	assert_ok(privilege_account(STR_NULL, &a, &support_err));
	ck_assert_uint_ne(a.uid, 0);
}
END_TEST

START_TEST(a_folder_is_its_owners_alone_and_a_file_in_its_place_is_refused)
{
	struct account self = {.uid = geteuid(), .gid = getegid()};
	CLEANUP_FREE char *path = io_join(support_dir(), "keys");
	struct stat st;
	if (geteuid() == 0)
		self = nobody;
	assert_ok(privilege_folder(path, &self, &support_err));
	ck_assert_int_eq(chmod(path, 0755), 0);
	assert_ok(privilege_folder(path, &self, &support_err));
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0700);
	ck_assert_uint_eq(st.st_uid, self.uid);
	ck_assert_int_eq(rmdir(path), 0);
	ck_assert_int_eq(symlink("/etc", path), 0);
	assert_err(privilege_folder(path, &self, &support_err), ERR_IO, path);
	ck_assert_int_eq(stat("/etc", &st), 0);
	ck_assert_uint_eq(st.st_uid, 0);
}
END_TEST

static const struct support_case cases[] = {
	CASE(who_becomes_another_still_dies_with_its_parent),
	CASE(who_was_not_tied_is_not_tied_by_it),
	CASE(becoming_oneself_changes_nothing),
	CASE_LOOP(a_hardened_process_leaves_no_core_and_gains_nothing_by_exec, 2),
	CASE(an_account_that_is_not_there_is_named_with_a_remedy),
	CASE(a_folder_is_its_owners_alone_and_a_file_in_its_place_is_refused),
	{0},
};

int main(void)
{
	return support_main("agent/privilege", cases);
}
