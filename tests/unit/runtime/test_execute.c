/* The executor against sandboxes that misbehave in ways no handler can: the fake driver's scripts. */
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

#include "base/child.h"
#include "runtime/execute_int.h"
#include "tests/unit/runtime/rig.h"

static struct runtime *rt;
static struct rig r;

static void set_up(driver_fake_fn script, void *state)
{
	runtime_close(rt);
	rig_release(&r);
	rt = rig_runtime(support_dir());
	driver_fake_script(script, state);
	rig_init(&r, rt, "fake");
	r.req.limits.start_timeout_ms = 5000;
	r.req.limits.timeout_ms = 5000;
	rig_file(&r, "code/handler.py", STR("print(1)\n"), false);
}

static int go(void)
{
	return rig_go(&r, "code/handler.py", false);
}

/* --- a script's end of the door --- */

static bool send_text(int fd, const char *text)
{
	return send(fd, text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text);
}

/* Reads until the answer's end is seen, crudely. */
static bool hear(int fd, const char *until)
{
	static char all[1 << 16];
	size_t len = 0;
	while (len < sizeof(all) - 1) {
		ssize_t n = recv(fd, all + len, sizeof(all) - 1 - len, 0);
		if (n <= 0)
			return false;
		len += (size_t)n;
		all[len] = '\0';
		if (strstr(all, until))
			return true;
	}
	return false;
}

static bool take_work(int fd)
{
	return send_text(fd, "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n\r\n") &&
	       hear(fd, "}}");
}

#define RUN "/2018-06-01/runtime/invocation/EXEC-20260218120000-0123456789abcdef"

START_TEST(the_default_script_answers_with_its_context)
{
	set_up(NULL, NULL);
	go();
	ck_assert_msg(r.rc == 0, "%s", r.err.msg);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&r.result.result_json), "\"n\":41"));
	ck_assert_str_eq(r.result.driver, "fake");
	rig_go(&r, "code/handler.py", true);
	ck_assert_msg(r.rc == 0, "%s", r.err.msg);
}
END_TEST

static int end_at_once(int fd, const struct sandbox_spec *spec, void *state)
{
	(void)fd;
	(void)spec;
	return *(int *)state;
}

START_TEST(a_sandbox_that_ends_at_once_is_the_environment_s_fault)
{
	int status = 3;
	set_up(end_at_once, &status);
	go();
	assert_failed(&r, ERR_SANDBOX, false,
		      "the sandbox ended without an answer (exit status 3)");
}
END_TEST

static int wait_for_ever(int fd, const struct sandbox_spec *spec, void *state)
{
	(void)fd;
	(void)spec;
	(void)state;
	while (pause() < 0)
		;
	return 0;
}

START_TEST(a_sandbox_that_is_never_ready_is_given_up)
{
	set_up(wait_for_ever, NULL);
	r.req.limits.start_timeout_ms = 100;
	go();
	assert_failed(&r, ERR_TIMEOUT, false, "the sandbox was not ready within 100ms");
	ck_assert_int_gt(r.result.started_ms, 0);
	ck_assert_int_eq(r.result.ready_ms, 0);
	ck_assert_int_ge(r.result.ended_ms, r.result.started_ms);
}
END_TEST

static int work_for_ever(int fd, const struct sandbox_spec *spec, void *state)
{
	return take_work(fd) ? wait_for_ever(fd, spec, state) : 1;
}

START_TEST(a_sandbox_that_ignores_the_deadline_is_ended_shortly_after)
{
	set_up(work_for_ever, NULL);
	r.req.limits.timeout_ms = 100;
	go();
	assert_failed(&r, ERR_HANDLER_TIMEOUT, true, "the handler ran longer than 100ms");
	ck_assert_int_lt(r.result.ended_ms - r.result.ready_ms, 5000);
}
END_TEST

static int close_and_stay(int fd, const struct sandbox_spec *spec, void *state)
{
	take_work(fd);
	shutdown(fd, SHUT_RDWR);
	return wait_for_ever(fd, spec, state);
}

START_TEST(a_closed_door_does_not_wait_for_the_deadline)
{
	set_up(close_and_stay, NULL);
	go();
	assert_failed(&r, ERR_SANDBOX, false,
		      "the sandbox ended without an answer (closed its door)");
	ck_assert_int_lt(r.result.ended_ms - r.result.ready_ms, 4000);
}
END_TEST

static int die_by_signal(int fd, const struct sandbox_spec *spec, void *state)
{
	(void)spec;
	(void)state;
	take_work(fd);
	raise(SIGKILL);
	return 0;
}

START_TEST(a_killed_sandbox_is_told_with_its_signal)
{
	set_up(die_by_signal, NULL);
	go();
	assert_failed(&r, ERR_SANDBOX, false, "killed by SIGKILL");
}
END_TEST

static int say_and_wait(int fd, const struct sandbox_spec *spec, void *state)
{
	send_text(fd, state);
	return wait_for_ever(fd, spec, NULL);
}

static int work_say_and_wait(int fd, const struct sandbox_spec *spec, void *state)
{
	take_work(fd);
	return say_and_wait(fd, spec, state);
}

START_TEST(bad_framing_breaks_the_sandbox_before_and_after_the_work_is_given)
{
	static char *const bad[] = {
		(char *)(uintptr_t) "hello\n",
		(char *)(uintptr_t) "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
		(char *)(uintptr_t) "POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: "
				    "6\r\n\r\n",
		(char *)(uintptr_t) "POST / HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n",
	};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		set_up(say_and_wait, bad[i]);
		go();
		assert_failed(&r, ERR_SANDBOX, false, "what comes through the door is not HTTP");
		set_up(work_say_and_wait, bad[i]);
		go();
		assert_failed(&r, ERR_SANDBOX, false, "what comes through the door is not HTTP");
	}
}
END_TEST

static int answer_and_end(int fd, const struct sandbox_spec *spec, void *state)
{
	(void)spec;
	take_work(fd);
	send_text(fd, state);
	return 0;
}

START_TEST(an_answer_together_with_the_end_is_heard)
{
	static char answer[] = "POST " RUN "/response HTTP/1.1\r\nContent-Length: 2\r\n\r\n17";
	for (int i = 0; i < 20; i++) {
		set_up(answer_and_end, answer);
		go();
		assert_output(&r, "17");
	}
}
END_TEST

START_TEST(reported_faults_become_errors_with_whose_fault_it_was)
{
	static const struct {
		const char *type, *message;
		int code;
		bool content;
		const char *says;
	} rows[] = {
		{"Aspora.HandlerTimeout", "", ERR_HANDLER_TIMEOUT, true, "ran longer than 5s"},
		{"Aspora.OutputTooLarge", "", ERR_TOO_LARGE, true,
		 "printed more than 1048576 bytes"},
		{"Aspora.HandlerMissing", "code/x is gone", ERR_NOT_FOUND, true, "code/x is gone"},
		{"Aspora.HandlerUnsupported", "no .ts", ERR_UNSUPPORTED, true, "no .ts"},
		{"Aspora.InterpreterMissing", "needs node", ERR_UNSUPPORTED, false,
		 "install it under /usr"},
		{"Aspora.HandlerCheck", "", ERR_SYNTAX, true,
		 "its interpreter refuses it without a word"},
		{"ValueError", "no such order", ERR_HANDLER_EXIT, true,
		 "ValueError: no such order"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *body =
			mem_printf("{\"errorType\":\"%s\",\"errorMessage\":\"%s\"}", rows[i].type,
				   rows[i].message);
		CLEANUP_FREE char *text =
			mem_printf("POST " RUN "/error HTTP/1.1\r\nContent-Length: %zu\r\n\r\n%s",
				   strlen(body), body);
		set_up(answer_and_end, text);
		go();
		assert_failed(&r, rows[i].code, rows[i].content, rows[i].says);
	}
}
END_TEST

START_TEST(a_cpu_limit_is_told_as_time)
{
	static char text[] = "POST " RUN "/error HTTP/1.1\r\nContent-Length: 56\r\n\r\n"
			     "{\"errorType\":\"Aspora.HandlerExit\",\"signal\":24,\"x\":\"abc\"}";
	set_up(answer_and_end, text);
	go();
	assert_failed(&r, ERR_HANDLER_TIMEOUT, true, "more CPU time");
}
END_TEST

static int beats;
static int beat(void *state)
{
	(void)state;
	return ++beats >= 4;
}

START_TEST(the_heart_beats_while_it_waits_and_can_stop_it)
{
	set_up(work_for_ever, NULL);
	r.req.on_heartbeat = beat;
	r.req.heartbeat_ms = 20;
	beats = 0;
	go();
	assert_failed(&r, ERR_CANCELLED, false, "cancelled while it ran");
	ck_assert_int_eq(beats, 4);
}
END_TEST

START_TEST(drivers_are_chosen_by_name_class_and_what_works)
{
	const struct driver *d = NULL;
	rt = rig_runtime(support_dir());
	assert_err(runtime_driver(rt, STR("docker"), ISOLATION_PROCESS, &d, &support_err),
		   ERR_UNSUPPORTED, "there is no sandbox driver \"docker\"");
	assert_err(runtime_driver(rt, STR("null"), ISOLATION_PROCESS, &d, &support_err),
		   ERR_UNSUPPORTED, "the null driver runs no sandboxes");
	/* A repository cannot name the driver of our tests. */
	assert_err(runtime_driver(rt, STR("fake"), ISOLATION_PROCESS, &d, &support_err),
		   ERR_UNSUPPORTED, "the fake driver is for tests of Aspora itself");
	struct err err = ERR_INIT;
	if (runtime_driver(rt, STR("bubblewrap"), ISOLATION_NAMESPACE, &d, &err) < 0)
		SKIP("%s", err.msg);
	assert_err(runtime_driver(rt, STR("bubblewrap"), ISOLATION_VM, &d, &support_err),
		   ERR_UNSUPPORTED,
		   "the bubblewrap driver isolates by namespace, and the skill needs vm");
	assert_err(runtime_driver(rt, STR_NULL, ISOLATION_VM, &d, &support_err), ERR_UNSUPPORTED,
		   "the skill needs vm");
	assert_ok(runtime_driver(rt, STR_NULL, ISOLATION_NAMESPACE, &d, &support_err));
	ck_assert_ptr_eq(d, &driver_bubblewrap);
}
END_TEST

START_TEST(a_bundle_that_cannot_be_made_starts_nothing)
{
	set_up(NULL, NULL);
	/* The reader knows other bytes. */
	r.manifest.count = 0;
	rig_file(&r, "code/handler.py", STR("print(1)\n"), false);
	r.texts[0] = STR("print(2)\n");
	go();
	assert_failed(&r, ERR_INVALID, false, "are not those of its digest");
	ck_assert(!rig_has_step(&r, "sandbox.started"));
	r.files[0].size = BUNDLE_BYTES_MAX + 1;
	go();
	assert_failed(&r, ERR_TOO_LARGE, true, "more than 67108864 bytes");
}
END_TEST

START_TEST(places_are_read_out_of_what_interpreters_say)
{
	static const struct {
		const char *said, *message;
		uint32_t line;
	} rows[] = {
		{"  File \"/skill/code/handler.py\", line 12\n    x = (\n        ^\nSyntaxError: "
		 "'(' was never closed\n",
		 "SyntaxError: '(' was never closed", 12},
		{"/skill/code/handler.py:3\nlet = 1\n\nSyntaxError: Unexpected token '='\n    at "
		 "wrap (node)\n\nNode.js v20\n",
		 "SyntaxError: Unexpected token '='", 3},
		{"/skill/code/handler.py: 9: Syntax error: end of file unexpected (expecting "
		 "\"fi\")\n",
		 "Syntax error: end of file unexpected (expecting \"fi\")", 9},
		{"something else\n", "something else", 0},
		{"/skill/code/handler.py:", "/skill/code/handler.py:", 0},
		{"/skill/code/handler.py:99999999999", "/skill/code/handler.py:99999999999", 0},
		{"", "", 0},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint32_t line = 77;
		struct str message;
		failure_place(str_of(rows[i].said), STR("code/handler.py"), &line, &message);
		ck_assert_uint_eq(line, rows[i].line);
		assert_str(message, rows[i].message);
	}
}
END_TEST

START_TEST(opening_tells_what_is_missing)
{
	struct runtime *x = NULL;
	assert_err(runtime_open(&(struct runtime_opts){.state_dir = support_dir(),
						       .init_path = "/none/aspora-init"},
				&x, &support_err),
		   ERR_NOT_FOUND, "aspora-init is not at /none/aspora-init");
	ck_assert_ptr_nonnull(strstr(support_err.remedy, "make install"));
	CLEANUP_FREE char *init = mem_printf("%s/libexec/aspora-init", support_build());
	assert_err(runtime_open(&(struct runtime_opts){.state_dir = support_dir(),
						       .init_path = init,
						       .owner = "No-Good"},
				&x, &support_err),
		   ERR_INVALID, "\"No-Good\" cannot name an owner");
	assert_err(runtime_open(&(struct runtime_opts){.state_dir = support_dir(),
						       .init_path = init,
						       .owner = "abcdefghijklmnopq"},
				&x, &support_err),
		   ERR_INVALID, "at most 16");
	assert_ok(runtime_open(&(struct runtime_opts){.state_dir = support_dir(),
						      .init_path = init,
						      .owner = "abcdefghijklmnop"},
			       &x, &support_err));
	ck_assert_str_eq(runtime_owner(x), "abcdefghijklmnop");
	runtime_close(x);
	/* Sandboxes are other users than root. */
	CLEANUP_FREE char *mine = mem_printf("%s/aspora-init", support_dir());
	assert_ok(io_write_file(mine, STR("#!/bin/sh\n"), 0700, &support_err));
	struct runtime_opts only_mine = {.state_dir = support_dir(), .init_path = mine};
	if (geteuid() == 0)
		assert_err(runtime_open(&only_mine, &x, &support_err), ERR_INVALID,
			   "can be run by its owner only");
	/* Two installations on one host have two names, one has the same at every start. */
	CLEANUP_FREE char *dir = mem_strdup(support_dir());
	struct runtime *a = rig_runtime(dir), *b = rig_runtime(dir),
		       *c = rig_runtime(support_dir());
	ck_assert_str_eq(runtime_owner(a), runtime_owner(b));
	ck_assert_str_ne(runtime_owner(a), runtime_owner(c));
	runtime_close(a);
	runtime_close(b);
	runtime_close(c);
}
END_TEST

START_TEST(status_lists_the_drivers_that_a_person_may_choose)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 16);
	struct json j;
	rt = rig_runtime(support_dir());
	json_init(&j, &b);
	runtime_drivers_json(rt, &j);
	ck_assert_ptr_nonnull(strstr(
		buf_cstr(&b), "{\"name\":\"bubblewrap\",\"isolation\":\"namespace\",\"usable\":"));
	ck_assert_ptr_null(strstr(buf_cstr(&b), "fake"));
	ck_assert_ptr_nonnull(strstr(runtime_limits_describe(rt), "rlimit: "));
	ck_assert_ptr_nonnull(strstr(runtime_limits_describe(rt), "nproc"));
}
END_TEST

/* Without any control group the limits of processes must do. */
START_TEST(a_host_without_control_groups_still_runs_and_limits)
{
	CLEANUP_FREE char *init = mem_printf("%s/libexec/aspora-init", support_build());
	CLEANUP_FREE char *nothing = mem_strdup(support_dir());
	struct err err = ERR_INIT;
	const struct driver *d;
	assert_ok(runtime_open(&(struct runtime_opts){.state_dir = support_dir(),
						      .init_path = init,
						      .cgroup_root = nothing},
			       &rt, &support_err));
	ck_assert_str_eq(runtime_limits_describe(rt),
			 "rlimit: data, cpu, nproc, fsize, nofile, core");
	if (runtime_driver(rt, STR("bubblewrap"), ISOLATION_NAMESPACE, &d, &err) < 0)
		SKIP("%s", err.msg);
	rig_init(&r, rt, "bubblewrap");
	rig_run(&r, "code/handler.sh", "echo 1\n");
	assert_output(&r, "1");
	r.req.limits.memory_bytes = 64 << 20;
	rig_run(&r, "code/handler.py", "x = []\nwhile True: x.append(bytearray(1 << 20))\n");
	assert_failed(&r, ERR_HANDLER_EXIT, true, "MemoryError");
	r.req.limits = (struct run_limits){.timeout_ms = 40000, .pids = 20};
	rig_run(&r, "code/handler.py",
		"import os, time\nn = 0\ntry:\n    while n < 500:\n        if os.fork() == 0: "
		"time.sleep(60); os._exit(0)\n"
		"        n += 1\nexcept OSError: pass\nprint('true' if n < 20 else n)\n");
	assert_output(&r, "true");
	r.req.limits = (struct run_limits){.timeout_ms = 300};
	rig_run(&r, "code/handler.sh", "while :; do :; done\n");
	assert_failed(&r, ERR_HANDLER_TIMEOUT, true, "");
	ck_assert_int_eq(rig_alive(rt, "bubblewrap"), 0);
}
END_TEST

static int keeper(void *state)
{
	(void)state;
	rig_run(&r, "code/handler.sh", "(trap '' TERM; sleep 600) & sleep 600\n");
	return 0;
}

START_TEST(orphans_are_found_without_control_groups_too)
{
	CLEANUP_FREE char *init = mem_printf("%s/libexec/aspora-init", support_build());
	CLEANUP_FREE char *nothing = mem_strdup(support_dir());
	struct err err = ERR_INIT;
	struct child c = CHILD_INIT;
	struct child_end end;
	const struct driver *d;
	size_t reaped = 0;
	assert_ok(runtime_open(&(struct runtime_opts){.state_dir = support_dir(),
						      .init_path = init,
						      .cgroup_root = nothing},
			       &rt, &support_err));
	if (runtime_driver(rt, STR("bubblewrap"), ISOLATION_NAMESPACE, &d, &err) < 0)
		SKIP("%s", err.msg);
	rig_init(&r, rt, "bubblewrap");
	assert_ok(child_fork(&c, keeper, NULL, NULL, 0, &support_err));
	while (rig_alive(rt, "bubblewrap") == 0)
		poll(NULL, 0, 5);
	/* The keeper lives: so does its sandbox, until it is reaped. */
	assert_ok(runtime_reap(rt, NULL, 0, &reaped, &support_err));
	ck_assert_uint_eq(reaped, 1);
	ck_assert_int_eq(rig_alive(rt, "bubblewrap"), 0);
	assert_ok(child_wait(&c, 20000, &end, &support_err));
}
END_TEST

static const struct support_case cases[] = {
	CASE(the_default_script_answers_with_its_context),
	CASE(a_sandbox_that_ends_at_once_is_the_environment_s_fault),
	CASE(a_sandbox_that_is_never_ready_is_given_up),
	CASE(a_sandbox_that_ignores_the_deadline_is_ended_shortly_after),
	CASE(a_closed_door_does_not_wait_for_the_deadline),
	CASE(a_killed_sandbox_is_told_with_its_signal),
	CASE(bad_framing_breaks_the_sandbox_before_and_after_the_work_is_given),
	CASE(an_answer_together_with_the_end_is_heard),
	CASE(reported_faults_become_errors_with_whose_fault_it_was),
	CASE(a_cpu_limit_is_told_as_time),
	CASE(the_heart_beats_while_it_waits_and_can_stop_it),
	CASE(drivers_are_chosen_by_name_class_and_what_works),
	CASE(a_bundle_that_cannot_be_made_starts_nothing),
	CASE(places_are_read_out_of_what_interpreters_say),
	CASE(opening_tells_what_is_missing),
	CASE(status_lists_the_drivers_that_a_person_may_choose),
	CASE(a_host_without_control_groups_still_runs_and_limits),
	CASE(orphans_are_found_without_control_groups_too),
	{0},
};

int main(void)
{
	return support_main("runtime/execute", cases);
}
