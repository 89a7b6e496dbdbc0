#include "runtime/seccomp_table.h"

#include <stddef.h>

#define ALLOW(n)                                                                                   \
	{                                                                                          \
		n, true                                                                            \
	}
#define REFUSE(n)                                                                                  \
	{                                                                                          \
		n, false                                                                           \
	}

/* clang-format off */
const struct seccomp_entry seccomp_table[] = {
	/* files */
	ALLOW("access"), ALLOW("faccessat"), ALLOW("faccessat2"), ALLOW("open"), ALLOW("openat"),
	ALLOW("openat2"), ALLOW("creat"), ALLOW("close"), ALLOW("close_range"), ALLOW("read"), ALLOW("readv"),
	ALLOW("pread64"), ALLOW("preadv"), ALLOW("preadv2"), ALLOW("write"), ALLOW("writev"), ALLOW("pwrite64"),
	ALLOW("pwritev"), ALLOW("pwritev2"),
	ALLOW("lseek"), ALLOW("_llseek"), ALLOW("stat"), ALLOW("lstat"), ALLOW("fstat"), ALLOW("newfstatat"),
	ALLOW("statx"), ALLOW("stat64"), ALLOW("lstat64"), ALLOW("fstat64"), ALLOW("fstatat64"),
	ALLOW("statfs"), ALLOW("fstatfs"), ALLOW("statfs64"), ALLOW("fstatfs64"), ALLOW("truncate"),
	ALLOW("ftruncate"), ALLOW("truncate64"), ALLOW("ftruncate64"), ALLOW("fallocate"),
	ALLOW("rename"), ALLOW("renameat"), ALLOW("renameat2"), ALLOW("link"), ALLOW("linkat"), ALLOW("unlink"),
	ALLOW("unlinkat"), ALLOW("symlink"), ALLOW("symlinkat"), ALLOW("readlink"), ALLOW("readlinkat"),
	ALLOW("mkdir"), ALLOW("mkdirat"), ALLOW("rmdir"), ALLOW("getdents"), ALLOW("getdents64"),
	ALLOW("chdir"), ALLOW("fchdir"), ALLOW("getcwd"), ALLOW("chmod"), ALLOW("fchmod"), ALLOW("fchmodat"),
	ALLOW("fchmodat2"), ALLOW("chown"), ALLOW("fchown"), ALLOW("lchown"), ALLOW("fchownat"), ALLOW("umask"),
	ALLOW("utime"), ALLOW("utimes"), ALLOW("utimensat"), ALLOW("futimesat"), ALLOW("mknod"),
	ALLOW("mknodat"),
	ALLOW("getxattr"), ALLOW("lgetxattr"), ALLOW("fgetxattr"), ALLOW("listxattr"), ALLOW("llistxattr"),
	ALLOW("flistxattr"), ALLOW("setxattr"), ALLOW("lsetxattr"), ALLOW("fsetxattr"), ALLOW("removexattr"),
	ALLOW("lremovexattr"), ALLOW("fremovexattr"),
	ALLOW("fcntl"), ALLOW("fcntl64"), ALLOW("flock"), ALLOW("dup"), ALLOW("dup2"), ALLOW("dup3"),
	ALLOW("ioctl"), ALLOW("fsync"), ALLOW("fdatasync"), ALLOW("sync"), ALLOW("sync_file_range"),
	ALLOW("syncfs"), ALLOW("fadvise64"), ALLOW("fadvise64_64"), ALLOW("readahead"),
	ALLOW("sendfile"), ALLOW("sendfile64"), ALLOW("splice"), ALLOW("tee"), ALLOW("vmsplice"),
	ALLOW("copy_file_range"), ALLOW("pipe"), ALLOW("pipe2"), ALLOW("memfd_create"),
	ALLOW("inotify_init"), ALLOW("inotify_init1"), ALLOW("inotify_add_watch"), ALLOW("inotify_rm_watch"),
	/* waiting */
	ALLOW("select"), ALLOW("_newselect"), ALLOW("pselect6"), ALLOW("poll"), ALLOW("ppoll"),
	ALLOW("epoll_create"), ALLOW("epoll_create1"), ALLOW("epoll_ctl"), ALLOW("epoll_wait"),
	ALLOW("epoll_pwait"), ALLOW("epoll_pwait2"), ALLOW("eventfd"), ALLOW("eventfd2"),
	ALLOW("signalfd"), ALLOW("signalfd4"), ALLOW("timerfd_create"), ALLOW("timerfd_settime"),
	ALLOW("timerfd_gettime"),
	/* memory */
	ALLOW("brk"), ALLOW("mmap"), ALLOW("mmap2"), ALLOW("munmap"), ALLOW("mremap"), ALLOW("mprotect"),
	ALLOW("madvise"), ALLOW("mincore"), ALLOW("msync"), ALLOW("mlock"), ALLOW("mlock2"), ALLOW("munlock"),
	ALLOW("mlockall"), ALLOW("munlockall"), ALLOW("membarrier"), ALLOW("pkey_alloc"), ALLOW("pkey_free"),
	ALLOW("pkey_mprotect"),
	/* processes */
	ALLOW("clone"), ALLOW("fork"), ALLOW("vfork"), ALLOW("execve"), ALLOW("execveat"), ALLOW("exit"),
	ALLOW("exit_group"), ALLOW("wait4"), ALLOW("waitid"), ALLOW("waitpid"), ALLOW("getpid"),
	ALLOW("getppid"), ALLOW("gettid"), ALLOW("getpgid"), ALLOW("getpgrp"), ALLOW("setpgid"),
	ALLOW("getsid"), ALLOW("setsid"),
	ALLOW("getuid"), ALLOW("geteuid"), ALLOW("getgid"), ALLOW("getegid"), ALLOW("getuid32"),
	ALLOW("geteuid32"), ALLOW("getgid32"), ALLOW("getegid32"), ALLOW("getresuid"), ALLOW("getresgid"),
	ALLOW("getgroups"), ALLOW("setuid"), ALLOW("setgid"), ALLOW("setreuid"), ALLOW("setregid"),
	ALLOW("setresuid"), ALLOW("setresgid"), ALLOW("setfsuid"), ALLOW("setfsgid"),
	ALLOW("capget"), ALLOW("capset"), ALLOW("prctl"), ALLOW("arch_prctl"), ALLOW("set_tid_address"),
	ALLOW("set_robust_list"), ALLOW("get_robust_list"), ALLOW("rseq"), ALLOW("futex"), ALLOW("futex_waitv"),
	ALLOW("futex_time64"),
	ALLOW("sched_yield"), ALLOW("sched_getaffinity"), ALLOW("sched_setaffinity"), ALLOW("sched_getparam"),
	ALLOW("sched_setparam"), ALLOW("sched_getscheduler"), ALLOW("sched_setscheduler"),
	ALLOW("sched_get_priority_max"), ALLOW("sched_get_priority_min"),
	ALLOW("sched_rr_get_interval"), ALLOW("sched_getattr"), ALLOW("sched_setattr"), ALLOW("getpriority"),
	ALLOW("setpriority"), ALLOW("ioprio_get"), ALLOW("ioprio_set"), ALLOW("getrlimit"), ALLOW("setrlimit"),
	ALLOW("ugetrlimit"), ALLOW("prlimit64"), ALLOW("getrusage"), ALLOW("getcpu"), ALLOW("get_mempolicy"),
	ALLOW("pidfd_open"), ALLOW("pidfd_send_signal"), ALLOW("restart_syscall"),
	ALLOW("landlock_create_ruleset"), ALLOW("landlock_add_rule"), ALLOW("landlock_restrict_self"),
	ALLOW("seccomp"),
	/* signals and time */
	ALLOW("kill"), ALLOW("tkill"), ALLOW("tgkill"), ALLOW("rt_sigaction"), ALLOW("rt_sigprocmask"),
	ALLOW("rt_sigreturn"), ALLOW("sigreturn"), ALLOW("rt_sigpending"), ALLOW("rt_sigsuspend"),
	ALLOW("rt_sigtimedwait"), ALLOW("rt_sigqueueinfo"), ALLOW("rt_tgsigqueueinfo"), ALLOW("sigaltstack"),
	ALLOW("pause"), ALLOW("alarm"),
	ALLOW("getitimer"), ALLOW("setitimer"), ALLOW("nanosleep"), ALLOW("clock_nanosleep"),
	ALLOW("clock_gettime"), ALLOW("clock_getres"), ALLOW("clock_gettime64"), ALLOW("clock_getres_time64"),
	ALLOW("clock_nanosleep_time64"), ALLOW("gettimeofday"), ALLOW("time"), ALLOW("times"),
	ALLOW("timer_create"), ALLOW("timer_settime"), ALLOW("timer_gettime"), ALLOW("timer_getoverrun"),
	ALLOW("timer_delete"),
	/* local sockets and loopback; socket and socketpair by family */
	ALLOW("bind"), ALLOW("listen"), ALLOW("accept"), ALLOW("accept4"), ALLOW("connect"),
	ALLOW("getsockname"), ALLOW("getpeername"), ALLOW("getsockopt"), ALLOW("setsockopt"), ALLOW("shutdown"),
	ALLOW("sendto"), ALLOW("sendmsg"), ALLOW("sendmmsg"), ALLOW("recvfrom"), ALLOW("recvmsg"),
	ALLOW("recvmmsg"),
	/* System V memory is private to the sandbox and counted as memory */
	ALLOW("shmget"), ALLOW("shmat"), ALLOW("shmdt"), ALLOW("shmctl"), ALLOW("semget"), ALLOW("semop"),
	ALLOW("semtimedop"), ALLOW("semctl"), ALLOW("msgget"), ALLOW("msgsnd"), ALLOW("msgrcv"),
	ALLOW("msgctl"),
	/* the machine, read only */
	ALLOW("uname"), ALLOW("sysinfo"), ALLOW("getrandom"),
	/* Known, and refused by name, so that the answer is EPERM. */
	REFUSE("mount"), REFUSE("umount"), REFUSE("umount2"), REFUSE("pivot_root"), REFUSE("chroot"),
	REFUSE("fsopen"), REFUSE("fsconfig"), REFUSE("fsmount"), REFUSE("fspick"), REFUSE("open_tree"),
	REFUSE("move_mount"), REFUSE("mount_setattr"), REFUSE("swapon"), REFUSE("swapoff"), REFUSE("quotactl"),
	REFUSE("quotactl_fd"),
	REFUSE("unshare"), REFUSE("setns"), REFUSE("ptrace"), REFUSE("process_vm_readv"),
	REFUSE("process_vm_writev"), REFUSE("process_madvise"), REFUSE("kcmp"), REFUSE("pidfd_getfd"),
	REFUSE("bpf"), REFUSE("perf_event_open"), REFUSE("userfaultfd"), REFUSE("keyctl"), REFUSE("add_key"),
	REFUSE("request_key"), REFUSE("io_uring_setup"), REFUSE("io_uring_enter"), REFUSE("io_uring_register"),
	REFUSE("init_module"), REFUSE("finit_module"), REFUSE("delete_module"), REFUSE("create_module"),
	REFUSE("kexec_load"), REFUSE("kexec_file_load"), REFUSE("reboot"),
	REFUSE("iopl"), REFUSE("ioperm"), REFUSE("modify_ldt"), REFUSE("vm86"), REFUSE("vm86old"),
	REFUSE("personality"), REFUSE("acct"), REFUSE("syslog"), REFUSE("sethostname"), REFUSE("setdomainname"),
	REFUSE("settimeofday"), REFUSE("stime"), REFUSE("clock_settime"), REFUSE("clock_settime64"),
	REFUSE("adjtimex"), REFUSE("clock_adjtime"),
	REFUSE("name_to_handle_at"), REFUSE("open_by_handle_at"), REFUSE("lookup_dcookie"),
	REFUSE("fanotify_init"), REFUSE("fanotify_mark"), REFUSE("nfsservctl"), REFUSE("uselib"),
	REFUSE("ustat"), REFUSE("sysfs"), REFUSE("_sysctl"), REFUSE("vhangup"),
	REFUSE("mbind"), REFUSE("set_mempolicy"), REFUSE("set_mempolicy_home_node"), REFUSE("migrate_pages"),
	REFUSE("move_pages"), REFUSE("setgroups"), REFUSE("mq_open"), REFUSE("mq_unlink"),
	REFUSE("mq_timedsend"), REFUSE("mq_timedreceive"), REFUSE("mq_notify"), REFUSE("mq_getsetattr"),
	REFUSE("memfd_secret"), REFUSE("io_setup"), REFUSE("io_submit"), REFUSE("io_getevents"),
	REFUSE("io_pgetevents"), REFUSE("io_cancel"), REFUSE("io_destroy"),
	{NULL, false},
};
