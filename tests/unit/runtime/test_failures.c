/*
 * Conformance, second part: every way for a handler to fail, in each driver that this host can probe.
 */
#include "tests/unit/runtime/rig_drivers.h"

START_TEST(a_non_zero_exit_is_told_with_the_last_words)
{
	EACH_DRIVER(r)
	{
		rig_run(&r, "code/handler.sh", "echo 'cannot find order 17' >&2; exit 3\n");
		assert_failed(&r, ERR_HANDLER_EXIT, true,
			      "the handler ended with exit status 3: cannot find order 17");
		rig_run(&r, "code/handler.sh", "exit 1\n");
		assert_failed(&r, ERR_HANDLER_EXIT, true,
			      "exit status 1, and said nothing on stderr");
		rig_run(&r, "code/handler.py", "raise ValueError('bad order')\n");
		assert_failed(&r, ERR_HANDLER_EXIT, true, "ValueError: bad order");
		/* Only the end of much is told. */
		rig_run(&r, "code/handler.sh",
			"for i in $(seq 1000); do echo line $i >&2; done; exit 2\n");
		assert_failed(&r, ERR_HANDLER_EXIT, true, "line 1000");
		ck_assert_ptr_null(strstr(r.err.msg, "line 500"));
		NOTHING_LEFT();
	}
}
END_TEST

START_TEST(a_signal_is_told_by_name)
{
	EACH_DRIVER(r)
	{
		rig_run(&r, "code/handler.sh", "kill -TERM $$\n");
		assert_failed(&r, ERR_HANDLER_EXIT, true, "was ended by signal 15 (Terminated)");
		rig_run(&r, "code/handler.sh", "kill -SEGV $$\n");
		assert_failed(&r, ERR_HANDLER_EXIT, true,
			      "was ended by signal 11 (Segmentation fault)");
	}
}
END_TEST

START_TEST(output_that_is_no_json_is_told_with_its_beginning)
{
	EACH_DRIVER(r)
	{
		rig_run(&r, "code/handler.sh", "echo order shipped\n");
		assert_failed(&r, ERR_HANDLER_OUTPUT, true, "order shipped");
		rig_run(&r, "code/handler.sh", "true\n");
		assert_failed(&r, ERR_HANDLER_OUTPUT, true, "");
	}
}
END_TEST

START_TEST(a_handler_that_never_ends_is_ended_at_its_deadline)
{
	EACH_DRIVER(r)
	{
		r.req.limits.timeout_ms = 300;
		rig_run(&r, "code/handler.sh",
			"trap '' TERM INT HUP; while :; do sleep 60; done\n");
		assert_failed(&r, ERR_HANDLER_TIMEOUT, true, "the handler ran longer than 300ms");
		ck_assert_int_lt(r.result.ended_ms - r.result.ready_ms, 5000);
		NOTHING_LEFT();
	}
}
END_TEST

START_TEST(the_earlier_deadline_holds)
{
	EACH_DRIVER(r)
	{
		r.req.deadline_wall_ms = clock_wall(&clock_real) + 1500;
		rig_run(&r, "code/handler.sh", "sleep 60\n");
		assert_failed(&r, ERR_HANDLER_TIMEOUT, true, "ran longer");
		ck_assert_int_lt(r.result.ended_ms - r.result.started_ms, 15000);
		r.req.deadline_wall_ms = 1;
		rig_run(&r, "code/handler.sh", "echo 1\n");
		assert_failed(&r, ERR_HANDLER_TIMEOUT, true, "");
	}
}
END_TEST

START_TEST(too_much_memory_is_told_as_that)
{
	EACH_DRIVER(r)
	{
		r.req.limits.memory_bytes = 64 << 20;
		rig_run(&r, "code/handler.py",
			"x = []\nwhile True: x.append(bytearray(1 << 20))\n");
		if (!strstr(runtime_limits_describe(rt), "memory"))
			assert_failed(&r, ERR_HANDLER_EXIT, true, "MemoryError");
		else
			assert_failed(&r, ERR_HANDLER_MEMORY, true,
				      "the handler needed more than 64 MiB of memory");
		/* A child's hunger is the handler's, when it gives up over it. */
		rig_run(&r, "code/handler.sh",
			"python3 -c 'x = []\nwhile True: x.append(bytearray(1 << 20))' || exit "
			"9\n");
		if (strstr(runtime_limits_describe(rt), "memory"))
			assert_failed(&r, ERR_HANDLER_MEMORY, true, "64 MiB");
		NOTHING_LEFT();
	}
}
END_TEST

START_TEST(output_is_whole_at_its_limit_and_refused_past_it)
{
	EACH_DRIVER(r)
	{
		r.req.limits.output_bytes = 1000;
		rig_run(&r, "code/handler.py", "print('\"' + 'x' * 997 + '\"')\n");
		ck_assert_msg(r.rc == 0, "%s", r.err.msg);
		rig_run(&r, "code/handler.py", "print('\"' + 'x' * 998 + '\"')\n");
		assert_failed(&r, ERR_TOO_LARGE, true, "printed more than 1000 bytes");
		rig_run(&r, "code/handler.sh", "yes\n");
		assert_failed(&r, ERR_TOO_LARGE, true, "printed more than 1000 bytes");
		NOTHING_LEFT();
	}
}
END_TEST

START_TEST(a_flood_of_stderr_is_cut_and_said_to_be)
{
	EACH_DRIVER(r)
	{
		r.req.limits.log_bytes = 10000;
		rig_run(&r, "code/handler.py",
			"import sys\nsys.stderr.write('y' * 3000000)\nprint(1)\n");
		assert_output(&r, "1");
		ck_assert_uint_le(r.result.stderr_tail.len, 10000);
		ck_assert_ptr_nonnull(strstr(buf_cstr(&r.result.stderr_tail),
					     "[2990000 more bytes were dropped]"));
	}
}
END_TEST

START_TEST(a_missing_handler_is_told_before_anything_starts)
{
	EACH_DRIVER(r)
	{
		rig_file(&r, "code/other.py", STR("print(1)\n"), false);
		rig_go(&r, "code/handler.py", false);
		assert_failed(&r, ERR_NOT_FOUND, true,
			      "the handler code/handler.py is not among the files");
		ck_assert(!rig_has_step(&r, "sandbox.started"));
	}
}
END_TEST

START_TEST(kinds_of_handler_that_cannot_run_are_named)
{
	EACH_DRIVER(r)
	{
		rig_run(&r, "code/handler.go", "package main\n");
		assert_failed(&r, ERR_UNSUPPORTED, true, ".go handlers are not supported yet");
		rig_run(&r, "code/handler.txt", "hello\n");
		assert_failed(&r, ERR_UNSUPPORTED, true, "cannot tell how to run it");
		/* A first line alone does not make it executable. */
		r.manifest.count = 0;
		rig_file(&r, "code/handler", STR("#!/bin/sh\necho 1\n"), false);
		rig_go(&r, "code/handler", false);
		assert_failed(&r, ERR_UNSUPPORTED, true, "make it executable");
		rig_run(&r, "code/handler", "#! /opt/none/python3 -u\nprint(1)\n");
		assert_failed(&r, ERR_UNSUPPORTED, true,
			      "its first line names /opt/none/python3, which is not in a sandbox");
	}
}
END_TEST

START_TEST(a_probe_accepts_what_the_interpreter_accepts_and_runs_nothing)
{
	EACH_DRIVER(r)
	{
		static const char *const good[][2] = {
			{"code/handler.py", "import nothing_like_this\nraise SystemExit(9)\n"},
			{"code/handler.js", "require('nothing-like-this'); process.exit(9)\n"},
			{"code/handler.sh", "exit 9\n"},
			{"code/handler", "#!/bin/sh\nexit 9\n"},
		};
		for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
			rig_probe(&r, good[i][0], good[i][1]);
			ck_assert_msg(r.rc == 0, "%s: %s", good[i][0], r.err.msg);
			ck_assert_int_gt(r.result.ready_ms, 0);
		}
		NOTHING_LEFT();
	}
}
END_TEST

START_TEST(a_probe_tells_the_line_that_the_interpreter_refuses)
{
	static const struct {
		const char *path, *text, *says;
	} bad[] = {
		{"code/handler.py", "x = 1\ndef f(:\n    pass\n",
		 "code/handler.py:2: SyntaxError: invalid syntax"},
		{"code/handler.py", "if True:\nprint(1)\n",
		 "code/handler.py:2: IndentationError: expected an indented block"},
		{"code/handler.js", "const a = 1;\n\nlet = = 2;\n",
		 "code/handler.js:3: SyntaxError: Unexpected token '='"},
		{"code/handler.sh", "echo 1\nif then\n",
		 "code/handler.sh:2: Syntax error: \"then\" unexpected"},
		{"code/handler.go", "package main\n", ".go handlers are not supported yet"},
	};
	EACH_DRIVER(r)
	{
		for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
			rig_probe(&r, bad[i].path, bad[i].text);
			assert_failed(&r, strstr(bad[i].path, ".go") ? ERR_UNSUPPORTED : ERR_SYNTAX,
				      true, bad[i].says);
		}
		NOTHING_LEFT();
	}
}
END_TEST

START_TEST(network_is_refused_by_a_driver_without)
{
	EACH_DRIVER(r)
	{
		if (!(driver_find(str_of(usable[d_]))->caps & DRIVER_NO_NETWORK))
			continue;
		r.req.network = true;
		rig_run(&r, "code/handler.sh", "echo 1\n");
		assert_failed(&r, ERR_UNSUPPORTED, false, "gives no network");
	}
}
END_TEST

static int cancel_once_invoked(void *state)
{
	return rig_has_step(state, "invoked");
}

START_TEST(an_environment_that_cannot_be_set_is_told)
{
	static const struct sandbox_env bad[] = {{STR("A=B"), STR("x")},
						 {STR(""), STR("x")},
						 {STR("1A"), STR("x")},
						 {STR("A B"), STR("x")},
						 {STR("A"), STR("x\0y")}};
	CLEANUP(buf_release) struct buf big = BUF_INIT(BUF_MAX);
	buf_add_repeat(&big, 'x', 64 * 1024 - 1);
	EACH_DRIVER(r)
	{
		r.req.env_count = 1;
		for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
			r.req.env = &bad[i];
			rig_run(&r, "code/handler.sh", "echo 1\n");
			assert_failed(&r, ERR_INVALID, false,
				      "cannot be set as an environment variable");
		}
		struct sandbox_env large = {STR("A"), buf_str(&big)};
		r.req.env = &large;
		rig_run(&r, "code/handler.sh", "echo ${#A}\n");
		assert_output(&r, "65535");
		buf_add_char(&big, 'x');
		large.value = buf_str(&big);
		rig_run(&r, "code/handler.sh", "echo 1\n");
		assert_failed(&r, ERR_TOO_LARGE, false, "more than 65536 bytes");
		/* Words of bubblewrap's own are no more than values. */
		struct sandbox_env odd[] = {{STR("B"), STR("--bind / /")}, {STR("C"), STR("--")}};
		r.req.env = odd;
		r.req.env_count = 2;
		rig_run(&r, "code/handler.sh", "[ \"$B$C\" = '--bind / /--' ] && echo true\n");
		assert_output(&r, "true");
	}
}
END_TEST

START_TEST(cancelling_ends_it_at_once)
{
	EACH_DRIVER(r)
	{
		r.req.heartbeat_ms = 50;
		r.req.on_heartbeat = cancel_once_invoked;
		rig_run(&r, "code/handler.sh", "sleep 60\n");
		assert_failed(&r, ERR_CANCELLED, false, "cancelled while it ran");
		NOTHING_LEFT();
	}
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_non_zero_exit_is_told_with_the_last_words),
	CASE(a_signal_is_told_by_name),
	CASE(output_that_is_no_json_is_told_with_its_beginning),
	CASE(a_handler_that_never_ends_is_ended_at_its_deadline),
	CASE(the_earlier_deadline_holds),
	CASE(too_much_memory_is_told_as_that),
	CASE(output_is_whole_at_its_limit_and_refused_past_it),
	CASE(a_flood_of_stderr_is_cut_and_said_to_be),
	CASE(a_missing_handler_is_told_before_anything_starts),
	CASE(kinds_of_handler_that_cannot_run_are_named),
	CASE(a_probe_accepts_what_the_interpreter_accepts_and_runs_nothing),
	CASE(a_probe_tells_the_line_that_the_interpreter_refuses),
	CASE(network_is_refused_by_a_driver_without),
	CASE(an_environment_that_cannot_be_set_is_told),
	CASE(cancelling_ends_it_at_once),
	{0},
};

int main(void)
{
	return support_main("runtime/failures", cases);
}
