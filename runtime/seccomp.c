#include "runtime/seccomp.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "base/io.h"
#include "runtime/seccomp_table.h"

#define PROGRAM_MAX ((size_t)64 * 1024)
#define LOW_HALF                                                                                   \
	0xffffffffULL /* the kernel looks at 32 bits of an ioctl request or a socket domain; so do we */

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

/* One refusal by argument: when (argument & mask) == value. */
struct refusal {
	const char *name;
	unsigned argument;
	uint64_t mask, value;
	int errnum;
};

static const struct refusal refusals[] = {
	/* Typing into a terminal that a person reads. */
	{"ioctl", 1, LOW_HALF, TIOCSTI, EPERM},
	{"ioctl", 1, LOW_HALF, 0x541c /* TIOCLINUX */, EPERM},
	{"ioctl", 1, LOW_HALF, TIOCSCTTY, EPERM},
	/* New namespaces by way of clone(); clone3() is not allowed at all, its flags cannot be seen. */
	{"clone", 0, CLONE_NEWUSER, CLONE_NEWUSER, EPERM},
	{"clone", 0, CLONE_NEWNS, CLONE_NEWNS, EPERM},
	{"clone", 0, CLONE_NEWPID, CLONE_NEWPID, EPERM},
	{"clone", 0, CLONE_NEWNET, CLONE_NEWNET, EPERM},
	{"clone", 0, CLONE_NEWIPC, CLONE_NEWIPC, EPERM},
	{"clone", 0, CLONE_NEWUTS, CLONE_NEWUTS, EPERM},
	{"clone", 0, CLONE_NEWCGROUP, CLONE_NEWCGROUP, EPERM},
	/* Raw sockets want a capability that nobody has; this is the second lock. */
	{"socket", 1, 0xf, SOCK_RAW, EPERM},
	{"socket", 1, 0xf, SOCK_PACKET, EPERM},
	{"socketpair", 1, 0xf, SOCK_RAW, EPERM},
	/* Set-user-ID bits have no effect here, and no use. */
	{"chmod", 1, 04000, 04000, EPERM},
	{"chmod", 1, 02000, 02000, EPERM},
	{"fchmod", 1, 04000, 04000, EPERM},
	{"fchmod", 1, 02000, 02000, EPERM},
	{"fchmodat", 2, 04000, 04000, EPERM},
	{"fchmodat", 2, 02000, 02000, EPERM},
};

/* The only address families: local sockets, and loopback, which is all the network there is. */
static const int families[] = {AF_UNIX, AF_INET, AF_INET6};

static int refused(struct err *err, const char *name, int rc)
{
	return err_sys(err, ERR_UNSUPPORTED, -rc, "cannot make the system call filter (%s)", name);
}

static int allow_list(scmp_filter_ctx ctx, struct err *err)
{
	for (size_t i = 0; seccomp_table[i].name; i++) {
		const struct seccomp_entry *e = &seccomp_table[i];
		int nr = seccomp_syscall_resolve_name(e->name);
		if (nr == __NR_SCMP_ERROR)
			continue; /* newer than this libseccomp, or of another machine: not allowed then */
		int rc = seccomp_rule_add(ctx, e->allow ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(EPERM),
					  nr, 0);
		if (rc < 0 && rc != -EDOM)
			return refused(err, e->name, rc);
	}
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		int rc = seccomp_rule_add(
			ctx, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
			SCMP_A0(SCMP_CMP_MASKED_EQ, LOW_HALF, (uint64_t)families[i]));
		if (rc < 0)
			return refused(err, "socket", rc);
	}
	int rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(socketpair), 1,
				  SCMP_A0(SCMP_CMP_MASKED_EQ, LOW_HALF, AF_UNIX));
	return rc < 0 ? refused(err, "socketpair", rc) : 0;
}

static int refuse_list(scmp_filter_ctx ctx, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		const struct refusal *r = &refusals[i];
		int nr = seccomp_syscall_resolve_name(r->name);
		struct scmp_arg_cmp cmp = SCMP_CMP64(r->argument, SCMP_CMP_MASKED_EQ, r->mask,
						     r->value);
		if (nr == __NR_SCMP_ERROR)
			continue;
		int rc = seccomp_rule_add_array(ctx, SCMP_ACT_ERRNO((uint32_t)r->errnum), nr, 1,
						&cmp);
		if (rc < 0 && rc != -EDOM)
			return refused(err, r->name, rc);
	}
	return 0;
}

int seccomp_program(int filter, struct buf *out, struct err *err)
{
	/* What is not in the table does not exist here: libraries that probe for it take another way. */
	scmp_filter_ctx ctx = seccomp_init(filter == 0 ? SCMP_ACT_ERRNO(ENOSYS) : SCMP_ACT_ALLOW);
	if (!ctx)
		return refused(err, "init", -ENOMEM);
	/* A binary search instead of a walk over 300 names at every call. */
	(void)seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	CLEANUP_FD int fd = memfd_create("filter", MFD_CLOEXEC);
	int rc = filter == 0 ? allow_list(ctx, err) : refuse_list(ctx, err);
	if (rc == 0 && (fd < 0 || (rc = seccomp_export_bpf(ctx, fd)) < 0))
		rc = refused(err, "export", fd < 0 ? -errno : rc);
	seccomp_release(ctx);
	if (rc == 0 && lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(err, ERR_IO, errno, "cannot read the system call filter");
	return rc < 0 ? rc : io_read_fd(fd, out, err);
}

int seccomp_fd(int filter, int *ret_fd, struct err *err)
{
	static struct buf programs[SECCOMP_FILTERS] = {BUF_INIT(PROGRAM_MAX),
						       BUF_INIT(PROGRAM_MAX)};
	struct buf *p = &programs[filter];
	int rc = p->len ? 0 : seccomp_program(filter, p, err);
	if (rc < 0)
		return rc;
	/* bubblewrap reads to the end, so every sandbox needs an offset of its own. */
	CLEANUP_FD int fd = memfd_create("filter", MFD_CLOEXEC);
	if (fd < 0)
		return err_sys(err, ERR_IO, errno, "cannot make a memory file");
	rc = io_write_all(fd, buf_str(p), err);
	if (rc < 0)
		return rc;
	if (lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(err, ERR_IO, errno, "cannot rewind a memory file");
	*ret_fd = TAKE_FD(fd);
	return 0;
}

const char *seccomp_row(size_t i, const char **ret_what)
{
	*ret_what = seccomp_table[i].allow ? "allow" : "refuse";
	return seccomp_table[i].name;
}
