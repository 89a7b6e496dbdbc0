#include "agent/privilege.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

static int account_named(const char *name, struct account *ret, struct err *err)
{
	char space[4096];
	struct passwd entry, *found = NULL;
	int rc = getpwnam_r(name, &entry, space, sizeof(space), &found);
	if (rc != 0)
		return err_sys(err, ERR_IO, rc, "looking up the account %s", name);
	if (!found)
		return err_set(err, ERR_NOT_FOUND, "there is no account named %s", name);
	ret->uid = entry.pw_uid;
	ret->gid = entry.pw_gid;
	snprintf(ret->name, sizeof(ret->name), "%s", name);
	return 0;
}

int privilege_account(struct str wanted, struct account *ret, struct err *err)
{
	if (geteuid() != 0) {
		*ret = (struct account){.uid = geteuid(), .gid = getegid(), .name = ""};
		return 0;
	}
	if (wanted.len) {
		char name[64];
		snprintf(name, sizeof(name), "%.*s", STR_ARG(wanted));
		int rc = account_named(name, ret, err);
		if (rc == ERR_NOT_FOUND)
			err_remedy(err, "create it with: adduser --system --group %s", name);
		return rc;
	}
	static const char *const usual[] = {"aspora", "postgres", "nobody"};
	int rc = ERR_NOT_FOUND;
	for (size_t i = 0; i < ARRAY_SIZE(usual) && rc == ERR_NOT_FOUND; i++)
		rc = account_named(usual[i], ret, err);
	return rc;
}

int privilege_harden(bool allow_setuid_exec, struct err *err)
{
	struct rlimit none = {0, 0};
	if (setrlimit(RLIMIT_CORE, &none) < 0)
		return err_sys(err, ERR_IO, errno, "forbidding core dumps");
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return err_sys(err, ERR_IO, errno, "forbidding memory reads through /proc");
	if (!allow_setuid_exec && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_sys(err, ERR_IO, errno, "forbidding new privileges");
	return 0;
}

int privilege_drop(const struct account *a, struct err *err)
{
	int with_parent = 0;
	pid_t parent = getppid();
	if (geteuid() == a->uid && getegid() == a->gid)
		return 0;
	if (prctl(PR_GET_PDEATHSIG, &with_parent) < 0)
		return err_sys(err, ERR_IO, errno, "asking what ends with its parent");
	if (setgroups(0, NULL) < 0 || setgid(a->gid) < 0 || setuid(a->uid) < 0)
		return err_sys(err, ERR_IO, errno, "becoming the account %s", a->name);
	if (a->uid != 0 && setuid(0) == 0)
		return err_set(err, ERR_INTERNAL, "privileges were not given up for good");
	/* Another account makes the kernel forget that we are to die with our parent. */
	if (with_parent && prctl(PR_SET_PDEATHSIG, with_parent) < 0)
		return err_sys(err, ERR_IO, errno, "tying it to its parent again");
	if (with_parent && getppid() != parent)
		return err_set(err, ERR_CANCELLED, "asporad has ended meanwhile");
	return 0;
}

int privilege_folder(const char *path, const struct account *a, struct err *err)
{
	int rc = io_mkdirs(path, 0700, err);
	if (rc < 0)
		return rc;
	struct stat st;
	if (lstat(path, &st) < 0)
		return err_sys(err, ERR_IO, errno, "%s", path);
	if (!S_ISDIR(st.st_mode))
		return err_set(err, ERR_IO, "%s is not a folder", path);
	if (geteuid() == 0 && st.st_uid != a->uid && lchown(path, a->uid, a->gid) < 0)
		return err_sys(err, ERR_IO, errno, "giving %s to %s", path, a->name);
	if (chmod(path, 0700) < 0)
		return err_sys(err, ERR_IO, errno, "%s", path);
	return 0;
}
