#include "tests/unit/base/processes.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/child_int.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"

START_TEST(output_error_output_and_status_are_collected)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(64), errout = BUF_INIT(64);
	struct child_opts o = {.argv = ARGV("sh", "-c", "echo out; echo err >&2; exit 3")};
	struct child_end end;
	char text[64];
	assert_ok(child_run(&o, STR_NULL, &out, &errout, 30 * SECOND, &end, &support_err));
	assert_str(buf_str(&out), "out\n");
	assert_str(buf_str(&errout), "err\n");
	ck_assert(end.exited);
	ck_assert_int_eq(end.status, 3);
	ck_assert_str_eq(child_end_text(&end, text, sizeof(text)), "exit status 3");
}
END_TEST

START_TEST(a_program_may_run_under_another_name)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(256);
	struct child_opts o = {
		.argv = ARGV("a name: of its own", "-c", "tr '\\0' '|' </proc/$$/cmdline"),
		.program = "sh"};
	struct child_end end;
	assert_ok(child_run(&o, STR_NULL, &out, NULL, 30 * SECOND, &end, &support_err));
	assert_str(buf_str(&out), "a name: of its own|-c|tr '\\0' '|' </proc/$$/cmdline|");
	o.program = "/nonexistent/sh";
	assert_err(child_run(&o, STR_NULL, &out, NULL, 30 * SECOND, &end, &support_err),
		   ERR_NOT_FOUND, "/nonexistent/sh");
}
END_TEST

START_TEST(death_by_signal_is_named)
{
	char text[64];
	struct child_end end = shell("kill -KILL $$", NULL);
	ck_assert(!end.exited);
	ck_assert_str_eq(child_end_text(&end, text, sizeof(text)), "killed by SIGKILL");
	end.status = SIGRTMIN + 1;
	child_end_text(&end, text, sizeof(text));
	ck_assert_ptr_nonnull(strstr(text, "killed by signal "));
}
END_TEST

START_TEST(input_larger_than_any_pipe_is_read_whole)
{
	CLEANUP(buf_release) struct buf in = BUF_INIT(BUF_MAX), out = BUF_INIT(BUF_MAX);
	buf_add_repeat(&in, 'x', 3 << 20);
	struct child_opts o = {.argv = ARGV("cat")};
	struct child_end end;
	assert_ok(child_run(&o, buf_str(&in), &out, NULL, 60 * SECOND, &end, &support_err));
	ck_assert_int_eq(end.status, 0);
	ck_assert(str_eq(buf_str(&in), buf_str(&out)));
}
END_TEST

START_TEST(no_input_reads_as_empty_and_a_program_may_ignore_its_input)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(64);
	shell("wc -c", &out);
	assert_str(str_trim(buf_str(&out)), "0");
	struct child_opts o = {.argv = ARGV("true")};
	struct child_end end;
	assert_ok(child_run(&o, STR("ignored"), NULL, NULL, 30 * SECOND, &end, &support_err));
	ck_assert_int_eq(end.status, 0);
}
END_TEST

START_TEST(output_at_the_limit_is_kept_and_one_byte_more_is_refused)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(5);
	struct child_opts o = {.argv = ARGV("printf", "12345")};
	struct child_end end;
	assert_ok(child_run(&o, STR_NULL, &out, NULL, 30 * SECOND, &end, &support_err));
	assert_str(buf_str(&out), "12345");
	buf_reset(&out);
	o.argv = ARGV("printf", "123456");
	assert_err(child_run(&o, STR_NULL, &out, NULL, 30 * SECOND, &end, &support_err),
		   ERR_TOO_LARGE, "the output of printf is larger than its limit of 5 bytes");
	buf_reset(&out);
	o.argv = ARGV("sh", "-c", "yes >&2");
	assert_err(child_run(&o, STR_NULL, NULL, &out, 30 * SECOND, &end, &support_err),
		   ERR_TOO_LARGE, "the error output of sh");
}
END_TEST

START_TEST(the_deadline_kills_the_whole_group)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(64);
	struct child_opts o = {.argv = ARGV("sh", "-c", "sleep 600 & echo $!; wait")};
	struct child_end end;
	int64_t before = clock_mono(&clock_real);
	assert_err(child_run(&o, STR_NULL, &out, NULL, 300, &end, &support_err), ERR_TIMEOUT,
		   "sh did not end within 300ms");
	ck_assert_int_lt(clock_mono(&clock_real) - before, 10 * SECOND);
	wait_until_gone(pid_in(&out));
}
END_TEST

START_TEST(what_a_program_leaves_running_does_not_hold_us_and_is_killed)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(64);
	struct child_end end = shell("sleep 600 & echo $!", &out);
	ck_assert_int_eq(end.status, 0);
	wait_until_gone(pid_in(&out));
}
END_TEST

START_TEST(a_missing_program_is_an_error_of_the_start)
{
	struct child c = CHILD_INIT;
	struct child_opts o = {.argv = ARGV("no-such-program-here")};
	assert_err(child_start(&c, &o, &support_err), ERR_NOT_FOUND,
		   "the program no-such-program-here is not in PATH");
	ck_assert_str_eq(support_err.remedy, "install it, or add its folder to PATH");
	o.argv = ARGV("/no/such/program");
	assert_err(child_start(&c, &o, &support_err), ERR_NOT_FOUND,
		   "cannot start /no/such/program: running the program: No such file");
	o.argv = ARGV("/etc/passwd");
	assert_err(child_start(&c, &o, &support_err), ERR_IO, "Permission denied");
	ck_assert_int_eq(c.pid, 0);
	ck_assert_int_eq(c.pidfd, -1);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
	ck_assert_int_eq(errno, ECHILD);
}
END_TEST

START_TEST(a_step_that_fails_before_the_program_is_named)
{
	struct child c = CHILD_INIT;
	struct child_opts o = {.argv = ARGV("true"), .dir = "/no/such/folder"};
	assert_err(child_start(&c, &o, &support_err), ERR_IO, "entering its folder: No such file");
	struct child_fd bad = {9999, 5};
	o = (struct child_opts){.argv = ARGV("true"), .fds = &bad, .fd_count = 1};
	assert_err(child_start(&c, &o, &support_err), ERR_IO, "placing its descriptors: Bad file");
}
END_TEST

START_TEST(environment_and_folder_are_as_given)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(256);
	struct child_opts o = {.argv = ARGV("sh", "-c", "pwd; echo $ONLY; echo ${HOME-none}"),
			       .env = ARGV("ONLY=this"),
			       .dir = "/usr"};
	struct child_end end;
	assert_ok(child_run(&o, STR_NULL, &out, NULL, 30 * SECOND, &end, &support_err));
	assert_str(buf_str(&out), "/usr\nthis\nnone\n");
}
END_TEST

START_TEST(descriptors_swap_places)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(64);
	int a = dup2(file_with("A"), 40), b = dup2(file_with("B"), 41);
	struct child_fd fds[] = {{a, b}, {b, a}};
	struct child_opts o = {
		.argv = ARGV("sh", "-c", "cat <&40; cat <&41"), .fds = fds, .fd_count = 2};
	/* sh knows descriptors of one digit only. */
	o.argv = ARGV("cat", "/dev/fd/40", "/dev/fd/41");
	struct child_end end;
	assert_ok(child_run(&o, STR_NULL, &out, NULL, 30 * SECOND, &end, &support_err));
	assert_str(buf_str(&out), "BA");
}
END_TEST

START_TEST(a_child_has_the_descriptors_it_was_given_and_no_others)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(256);
	int leaked = dup2(file_with("secret"), 50); /* not close-on-exec */
	ck_assert_int_eq(leaked, 50);
	struct child_fd fds[] = {{leaked, 7}};
	struct child_opts o = {
		.argv = ARGV("sh", "-c", "ls /proc/$$/fd; true"), .fds = fds, .fd_count = 1};
	struct child_end end;
	assert_ok(child_run(&o, STR_NULL, &out, NULL, 30 * SECOND, &end, &support_err));
	assert_str(buf_str(&out), "0\n1\n2\n7\n");
}
END_TEST

START_TEST(a_child_starts_even_where_the_standard_descriptors_are_closed)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(256);
	close(0);
	struct child_opts o = {.argv = ARGV("sh", "-c", "readlink /proc/$$/fd/0")};
	struct child_end end;
	assert_ok(child_run(&o, STR_NULL, &out, NULL, 30 * SECOND, &end, &support_err));
	assert_str(buf_str(&out), "/dev/null\n");
}
END_TEST

START_TEST(signals_are_clean_in_a_child)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	sigset_t some;
	sigemptyset(&some);
	sigaddset(&some, SIGTERM);
	sigprocmask(SIG_BLOCK, &some, NULL);
	signal(SIGPIPE, SIG_IGN);
	struct child_opts o = {.argv = ARGV("grep", "-E", "^Sig(Blk|Ign):", "/proc/self/status")};
	struct child_end end;
	assert_ok(child_run(&o, STR_NULL, &out, NULL, 30 * SECOND, &end, &support_err));
	/* Signals 32 and 33 are the C library's own: it lets nobody change them, and whoever started us may have ignored them. */
	uint64_t blocked = 1, ignored = 1;
	ck_assert_int_eq(sscanf(buf_cstr(&out), "SigBlk:\t%" SCNx64 "\nSigIgn:\t%" SCNx64, &blocked,
				&ignored),
			 2);
	ck_assert_uint_eq(blocked, 0);
	ck_assert_uint_eq(ignored & ~UINT64_C(0x180000000), 0);
	sigset_t now;
	sigprocmask(SIG_BLOCK, NULL, &now);
	ck_assert(sigismember(&now, SIGTERM) && !sigismember(&now, SIGUSR1));
}
END_TEST

START_TEST(limits_hold_in_the_child)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(64);
	struct child_limit limits[] = {{RLIMIT_NOFILE, 17}, {RLIMIT_CORE, 0}};
	struct child_opts o = {.argv = ARGV("sh", "-c", "ulimit -n; ulimit -Hc"),
			       .limits = limits,
			       .limit_count = 2};
	struct child_end end;
	assert_ok(child_run(&o, STR_NULL, &out, NULL, 30 * SECOND, &end, &support_err));
	assert_str(buf_str(&out), "17\n0\n");
}
END_TEST

START_TEST(a_dropped_user_keeps_no_group_and_cannot_return)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(64);
	if (getuid() != 0)
		SKIP("only root can change the user of a child");
	struct child_opts o = {.argv = ARGV("sh", "-c", "id -u; id -g; id -G; id -ru"),
			       .uid = 65534,
			       .gid = 65533,
			       .drop_user = true};
	struct child_end end;
	assert_ok(child_run(&o, STR_NULL, &out, NULL, 30 * SECOND, &end, &support_err));
	assert_str(buf_str(&out), "65534\n65533\n65533\n65534\n");
}
END_TEST

static int refuse(void *state)
{
	return *(int *)state;
}

START_TEST(work_before_the_program_can_end_the_child)
{
	int answer = 1;
	struct child_opts o = {.argv = ARGV("true"), .before_exec = refuse, .state = &answer};
	struct child_end end;
	assert_ok(child_run(&o, STR_NULL, NULL, NULL, 30 * SECOND, &end, &support_err));
	ck_assert_int_eq(end.status, 127);
	answer = 0;
	assert_ok(child_run(&o, STR_NULL, NULL, NULL, 30 * SECOND, &end, &support_err));
	ck_assert_int_eq(end.status, 0);
}
END_TEST

START_TEST(waiting_gives_up_in_time_and_can_be_taken_up_again)
{
	CLEANUP(child_release) struct child c = CHILD_INIT;
	struct child_opts o = {.argv = ARGV("sleep", "600")};
	struct child_end end;
	assert_ok(child_start(&c, &o, &support_err));
	assert_err(child_wait(&c, 0, &end, &support_err), ERR_TIMEOUT, "did not end in time");
	assert_err(child_wait(&c, 30, &end, &support_err), ERR_TIMEOUT, "did not end in time");
	child_kill(&c, SIGINT);
	assert_ok(child_wait(&c, -1, &end, &support_err));
	ck_assert(!end.exited && end.status == SIGINT);
	ck_assert_int_eq(c.pid, 0);
	child_stop(&c, 0); /* a forgotten one: nothing happens */
	child_kill(&c, SIGKILL);
}
END_TEST

START_TEST(stop_is_patient_and_then_is_not)
{
	CLEANUP(child_release) struct child c = CHILD_INIT;
	int fds[2];
	char ready[1];
	assert_ok(io_pipe(fds, &support_err));
	struct child_fd give = {fds[1], 1};
	struct child_opts o = {
		.argv = ARGV("sh", "-c", "trap '' TERM; echo; while :; do sleep 1; done"),
		.fds = &give,
		.fd_count = 1,
		.new_session = true};
	assert_ok(child_start(&c, &o, &support_err));
	ck_assert_int_eq(read(fds[0], ready, 1), 1); /* the trap is set */
	pid_t pid = c.pid;
	int64_t before = clock_mono(&clock_real);
	child_stop(&c, 50);
	ck_assert_int_ge(clock_mono(&clock_real) - before, 50);
	ck_assert_int_eq(kill(pid, 0), -1);
	ck_assert_int_eq(c.pid, 0);
}
END_TEST

static const struct support_case cases[] = {
	CASE(output_error_output_and_status_are_collected),
	CASE(a_program_may_run_under_another_name),
	CASE(death_by_signal_is_named),
	CASE(input_larger_than_any_pipe_is_read_whole),
	CASE(no_input_reads_as_empty_and_a_program_may_ignore_its_input),
	CASE(output_at_the_limit_is_kept_and_one_byte_more_is_refused),
	CASE(the_deadline_kills_the_whole_group),
	CASE(what_a_program_leaves_running_does_not_hold_us_and_is_killed),
	CASE(a_missing_program_is_an_error_of_the_start),
	CASE(a_step_that_fails_before_the_program_is_named),
	CASE(environment_and_folder_are_as_given),
	CASE(descriptors_swap_places),
	CASE(a_child_has_the_descriptors_it_was_given_and_no_others),
	CASE(a_child_starts_even_where_the_standard_descriptors_are_closed),
	CASE(signals_are_clean_in_a_child),
	CASE(limits_hold_in_the_child),
	CASE(a_dropped_user_keeps_no_group_and_cannot_return),
	CASE(work_before_the_program_can_end_the_child),
	CASE(waiting_gives_up_in_time_and_can_be_taken_up_again),
	CASE(stop_is_patient_and_then_is_not),
	{0},
};

int main(void)
{
	return support_main("base/child", cases);
}
