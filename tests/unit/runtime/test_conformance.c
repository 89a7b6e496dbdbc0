/*
 * The conformance suite: what every driver that runs handlers must do, over each one that this host can probe.
 */
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "base/child.h"
#include "tests/unit/runtime/rig.h"

static const char *usable[8];
static size_t usable_count;

/* Check runs each test in a fork of its own, so this is done once per test. */
static struct runtime *rt;

static void open_runtime(void)
{
	rt = rig_runtime(support_dir());
	usable_count = 0;
	for (size_t i = 0; drivers[i]; i++) {
		const struct driver *d;
		struct err err = ERR_INIT;
		if (!(drivers[i]->caps & DRIVER_RUNS_HANDLERS))
			continue;
		if (runtime_driver(rt, str_of(drivers[i]->name), ISOLATION_PROCESS, &d, &err) < 0)
			support_skip("%s: %s", drivers[i]->name, err.msg);
		else
			usable[usable_count++] = drivers[i]->name;
	}
}

/* for each usable driver, a rig */
#define EACH_DRIVER(r)                                                                             \
	open_runtime();                                                                            \
	struct rig r;                                                                              \
	for (size_t d_ = 0; d_ < usable_count && (rig_init(&r, rt, usable[d_]), true);             \
	     d_++, rig_release(&r))

#define NOTHING_LEFT() ck_assert_int_eq(rig_alive(rt, usable[d_]), 0)

/* --- the three languages, and files that run themselves --- */

START_TEST(a_python_handler_gets_its_context_and_gives_its_result)
{
	EACH_DRIVER(r)
	{
		rig_run(&r, "code/handler.py",
			"import json, sys\n"
			"c = json.load(sys.stdin)\n"
			"print(json.dumps({'kind': c['kind'], 'n': c['input']['n'] + 1}))\n");
		assert_output(&r, "{\"kind\":\"SkillContext\",\"n\":42}");
		NOTHING_LEFT();
	}
}
END_TEST

START_TEST(a_javascript_handler_gets_its_context_and_gives_its_result)
{
	EACH_DRIVER(r)
	{
		rig_run(&r, "code/handler.js",
			"const c = JSON.parse(require('fs').readFileSync(0, 'utf8'));\n"
			"console.log(JSON.stringify({n: c.input.n + 1}));\n");
		assert_output(&r, "{\"n\":42}");
		rig_run(&r, "code/handler.mjs",
			"import fs from 'node:fs';\n"
			"console.log(JSON.parse(fs.readFileSync(0, 'utf8')).input.n + 1);\n");
		assert_output(&r, "42");
	}
}
END_TEST

START_TEST(a_shell_handler_gets_its_context_and_gives_its_result)
{
	EACH_DRIVER(r)
	{
		rig_run(&r, "code/handler.sh",
			"n=$(sed 's/.*\"n\":\\([0-9]*\\).*/\\1/')\necho $((n + 1))\n");
		assert_output(&r, "42");
		/* The tools that shells live on are there, links in /etc included. */
		rig_run(&r, "code/handler.sh",
			"echo 1 2 | awk '{print $1 + $2}' | sort | head -1\n");
		assert_output(&r, "3");
	}
}
END_TEST

START_TEST(an_executable_with_an_interpreter_line_runs_itself)
{
	EACH_DRIVER(r)
	{
		rig_run(&r, "code/handler.pl6", "#!/bin/sh\necho '\"itself\"'\n");
		assert_output(&r, "\"itself\"");
		rig_run(&r, "code/handler", "#!/usr/bin/env python3\nprint(7)\n");
		assert_output(&r, "7");
	}
}
END_TEST

START_TEST(a_handler_finds_the_files_beside_it)
{
	EACH_DRIVER(r)
	{
		rig_file(&r, "SKILL.md", STR("# not for sandboxes\n"), false);
		rig_file(&r, "code/handler.sh",
			 STR("cat data/x.json; ls SKILL.md tests >&2; true\n"), false);
		rig_file(&r, "data/x.json", STR("{\"x\":1}"), false);
		rig_file(&r, "tests/cases.md", STR("## no\n"), false);
		rig_go(&r, "code/handler.sh", false);
		assert_output(&r, "{\"x\":1}");
		/* What is not of the runtime digest is not there. */
		ck_assert_ptr_nonnull(strstr(buf_cstr(&r.result.stderr_tail), "SKILL.md'"));
		ck_assert_ptr_nonnull(strstr(buf_cstr(&r.result.stderr_tail), "tests'"));
	}
}
END_TEST

START_TEST(a_skill_result_passes_through_as_one)
{
	EACH_DRIVER(r)
	{
		rig_run(&r, "code/handler.sh",
			"echo "
			"'{\"apiVersion\":\"aspora/"
			"v1\",\"kind\":\"SkillResult\",\"output\":{\"a\":1},\"text\":\"hello\"}'");
		ck_assert_int_eq(r.rc, 0);
		ck_assert_str_eq(
			buf_cstr(&r.result.result_json),
			"{\"apiVersion\":\"aspora/"
			"v1\",\"kind\":\"SkillResult\",\"output\":{\"a\":1},\"text\":\"hello\"}");
	}
}
END_TEST

START_TEST(stderr_and_steps_are_kept)
{
	EACH_DRIVER(r)
	{
		rig_run(&r, "code/handler.sh", "echo looking >&2; echo 1\n");
		assert_output(&r, "1");
		ck_assert_str_eq(buf_cstr(&r.result.stderr_tail), "looking\n");
		ck_assert(rig_has_step(&r, "sandbox.started"));
		ck_assert(rig_has_step(&r, "invoked"));
		ck_assert(rig_has_step(&r, "stderr"));
		ck_assert(rig_has_step(&r, "sandbox.ended"));
		ck_assert_int_gt(r.result.ready_ms, 0);
		ck_assert_int_ge(r.result.ended_ms, r.result.ready_ms);
		ck_assert_str_eq(r.result.driver, usable[d_]);
	}
}
END_TEST

START_TEST(input_that_is_not_read_is_no_error_and_large_input_arrives_whole)
{
	CLEANUP(buf_release) struct buf big = BUF_INIT(BUF_MAX);
	buf_addz(&big, "{\"pad\":\"");
	buf_add_repeat(&big, 'x', EXECUTION_INPUT_MAX - 10);
	buf_addz(&big, "\"}");
	ck_assert_uint_eq(big.len, EXECUTION_INPUT_MAX);
	EACH_DRIVER(r)
	{
		r.req.context_json = buf_str(&big);
		rig_run(&r, "code/handler.sh", "echo 1\n");
		assert_output(&r, "1");
		rig_run(&r, "code/handler.sh", "wc -c\n");
		assert_output(&r, "1048576");
		buf_add_char(&big, ' ');
		r.req.context_json = buf_str(&big);
		rig_run(&r, "code/handler.sh", "echo 1\n");
		assert_failed(&r, ERR_TOO_LARGE, false, "1048577 bytes");
		NOTHING_LEFT();
	}
}
END_TEST

/* --- every way to fail --- */

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

/* --- the door from inside --- */

START_TEST(sdks_reach_the_door_by_environment_alone)
{
	static const char script[] =
		"import json, os, urllib.request, urllib.error\n"
		"def post(url):\n"
		"    try:\n"
		"        urllib.request.urlopen(urllib.request.Request(url, "
		"data=b'{\"model\":\"x\"}', headers={'Content-Type': 'application/json'}))\n"
		"    except urllib.error.HTTPError as e:\n"
		"        return [e.code, json.load(e)['error']['type']]\n"
		"print(json.dumps([post(os.environ['ANTHROPIC_BASE_URL'] + '/v1/messages'), "
		"post(os.environ['OPENAI_BASE_URL'] + '/chat/completions'),\n"
		"                  post(os.environ['ASPORA_DOOR'] + '/mcp/jira')]))\n";
	EACH_DRIVER(r)
	{
		rig_run(&r, "code/handler.py", script);
		assert_output(&r, "[[501,\"model-not-configured\"],[501,\"model-not-configured\"],["
				  "501,\"unsupported\"]]");
		ck_assert(rig_has_step(&r, "door.request"));
		ck_assert_ptr_nonnull(
			strstr(buf_cstr(&r.result.transcript), "\"target\":\"/v1/messages\""));
		struct digest d = digest_tagged("aspora.transcript.v1",
						buf_str(&r.result.transcript));
		ck_assert(digest_equal(&d, &r.result.transcript_digest));
	}
}
END_TEST

START_TEST(a_runtime_of_the_handler_s_own_speaks_the_invocation_api)
{
	/* As an AWS Lambda custom runtime does: a loop over next and response. */
	static const char script[] =
		"#!/usr/bin/python3\n"
		"import json, os, urllib.request, urllib.error\n"
		"api = 'http://' + os.environ['AWS_LAMBDA_RUNTIME_API'] + "
		"'/2018-06-01/runtime/invocation/'\n"
		"while True:\n"
		"    try:\n"
		"        with urllib.request.urlopen(api + 'next') as a:\n"
		"            i, event = a.headers['Lambda-Runtime-Aws-Request-Id'], json.load(a)\n"
		"    except urllib.error.HTTPError as e:\n"
		"        raise SystemExit(e.code)\n"
		"    urllib.request.urlopen(api + i + '/response', "
		"data=json.dumps(event['input']).encode())\n";
	EACH_DRIVER(r)
	{
		rig_run(&r, "bootstrap", script);
		assert_output(&r, "{\"n\":41}");
		NOTHING_LEFT();
	}
}
END_TEST

START_TEST(many_clients_at_once_are_served_in_turn)
{
	static const char script[] =
		"import os, threading, urllib.request, urllib.error\n"
		"codes = []\n"
		"def ask(i):\n"
		"    try:\n"
		"        urllib.request.urlopen(os.environ['ASPORA_DOOR'] + '/v1/messages', "
		"data=b'x' * (i * 10000), timeout=30)\n"
		"    except urllib.error.HTTPError as e:\n"
		"        codes.append(e.code)\n"
		"ts = [threading.Thread(target=ask, args=(i,)) for i in range(40)]\n"
		"[t.start() for t in ts]; [t.join() for t in ts]\n"
		"print(len(codes), end='')\n";
	EACH_DRIVER(r)
	{
		rig_run(&r, "code/handler.py", script);
		assert_output(&r, "40");
	}
}
END_TEST

/* --- nothing is left --- */

/* Whether any process of this host has this command line. */
static bool host_runs(const char *command)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
	static const char *const argv[] = {"ps", "-eo", "args", NULL};
	struct child_end end;
	assert_ok(child_run(&(struct child_opts){.argv = argv}, STR_NULL, &out, NULL, 10000, &end,
			    &support_err));
	return strstr(buf_cstr(&out), command) != NULL;
}

START_TEST(children_that_outlive_the_handler_are_ended)
{
	EACH_DRIVER(r)
	{
		rig_run(&r, "code/handler.sh",
			"(setsid sleep 987 </dev/null >/dev/null 2>&1 &)\n(trap '' TERM; sleep "
			"986) &\necho 1\n");
		assert_output(&r, "1");
		NOTHING_LEFT();
		ck_assert(!host_runs("sleep 987"));
		ck_assert(!host_runs("sleep 986"));
	}
}
END_TEST

START_TEST(a_handler_that_closes_everything_still_ends)
{
	EACH_DRIVER(r)
	{
		rig_run(&r, "code/handler.sh", "echo 5; exec <&- >&- 2>&-; sleep 0.05\n");
		assert_output(&r, "5");
		rig_run(&r, "code/handler.py",
			"import os\nos.write(1, b'6')\nos.closerange(0, 100)\n"
			"if os.fork() == 0:\n    os.setsid()\n    import time\n    "
			"time.sleep(600)\n");
		assert_output(&r, "6");
		NOTHING_LEFT();
	}
}
END_TEST

/* A keeper in the middle of an execution, as a process of its own. */
static int keeper(void *state)
{
	struct rig *r = state;
	rig_run(r, "code/handler.sh", "while :; do sleep 60; done\n");
	return 0;
}

START_TEST(a_killed_keeper_leaves_nothing_that_cannot_be_found)
{
	EACH_DRIVER(r)
	{
		struct child c = CHILD_INIT;
		struct child_end end;
		r.req.instance = "orphan-1";
		assert_ok(child_fork(&c, keeper, &r, NULL, 0, &support_err));
		while (rig_alive(rt, usable[d_]) == 0)
			poll(NULL, 0, 5);
		child_kill(&c, SIGKILL);
		assert_ok(child_wait(&c, 10000, &end, &support_err));
		/* What is kept is left alone, what is not is ended. */
		static const char *const keep[] = {"orphan-1"};
		size_t reaped = 99;
		assert_ok(runtime_reap(rt, keep, 1, &reaped, &support_err));
		ck_assert_uint_eq(reaped, 0);
		assert_ok(runtime_reap(rt, NULL, 0, &reaped, &support_err));
		ck_assert_uint_le(reaped, 1);
		NOTHING_LEFT();
		/* And its name can be used again. */
		rig_run(&r, "code/handler.sh", "echo 1\n");
		assert_output(&r, "1");
	}
}
END_TEST

START_TEST(a_living_sandbox_of_another_owner_is_not_touched)
{
	EACH_DRIVER(r)
	{
		struct runtime *other = rig_runtime(support_dir());
		ck_assert_str_ne(runtime_owner(rt), runtime_owner(other));
		struct instance *i = NULL;
		size_t reaped = 0;
		rig_file(&r, "code/handler.sh", STR("echo 1\n"), true);
		r.req.manifest = &r.manifest;
		r.req.blobs = &r.reader;
		r.req.handler = STR("code/handler.sh");
		assert_ok(instance_open(rt, &r.req, &i, &r.result, &support_err));
		ck_assert_int_eq(rig_alive(rt, usable[d_]), 1);
		ck_assert_int_eq(rig_alive(other, usable[d_]), 0);
		assert_ok(runtime_reap(other, NULL, 0, &reaped, &support_err));
		ck_assert_uint_eq(reaped, 0);
		/* Still good for its one invocation: this is what a warm pool does. */
		assert_ok(instance_invoke(i, &r.req, &r.result, &support_err));
		ck_assert_ptr_nonnull(strstr(buf_cstr(&r.result.result_json), "\"output\":1"));
		instance_close(i);
		NOTHING_LEFT();
		runtime_close(other);
	}
}
END_TEST

START_TEST(a_reaped_sandbox_is_an_environment_failure)
{
	EACH_DRIVER(r)
	{
		struct instance *i = NULL;
		size_t reaped = 0;
		rig_file(&r, "code/handler.sh", STR("echo 1\n"), true);
		r.req.manifest = &r.manifest;
		r.req.blobs = &r.reader;
		r.req.handler = STR("code/handler.sh");
		assert_ok(instance_open(rt, &r.req, &i, &r.result, &support_err));
		assert_ok(runtime_reap(rt, NULL, 0, &reaped, &support_err));
		ck_assert_uint_eq(reaped, 1);
		struct pollfd gone = {instance_wait_fd(i), POLLIN, 0};
		ck_assert_int_eq(poll(&gone, 1, 10000), 1);
		r.rc = instance_invoke(i, &r.req, &r.result, &r.err);
		assert_failed(&r, ERR_SANDBOX, false, "the sandbox ended without an answer");
		instance_close(i);
	}
}
END_TEST

/* --- the escape probes --- */

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
	CLEANUP_FD int abstract = abstract_listener(name, sizeof(name));
	CLEANUP_FD int loopback = loopback_listener(&port);
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
		struct instance *i = NULL;
		struct rig other;
		rig_file(&r, "code/handler.sh", STR("echo secret >/tmp/mine; sleep 60\n"), true);
		r.req.manifest = &r.manifest;
		r.req.blobs = &r.reader;
		r.req.handler = STR("code/handler.sh");
		r.req.instance = "tenant-a";
		assert_ok(instance_open(rt, &r.req, &i, &r.result, &support_err));
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
		instance_close(i);
		NOTHING_LEFT();
	}
}
END_TEST

/* The same name twice would be two sandboxes in one control group. */
START_TEST(an_instance_name_is_used_once_at_a_time)
{
	EACH_DRIVER(r)
	{
		struct instance *i = NULL;
		struct rig other;
		if (!strstr(runtime_limits_describe(rt), "cgroup"))
			SKIP("no control groups here to tell by");
		rig_file(&r, "code/handler.sh", STR("echo 1\n"), true);
		r.req.manifest = &r.manifest;
		r.req.blobs = &r.reader;
		r.req.handler = STR("code/handler.sh");
		assert_ok(instance_open(rt, &r.req, &i, &r.result, &support_err));
		rig_init(&other, rt, usable[d_]);
		rig_run(&other, "code/handler.sh", "echo 1\n");
		assert_failed(&other, ERR_SANDBOX, false, "cannot make the control group");
		rig_release(&other);
		instance_close(i);
		rig_init(&other, rt, usable[d_]);
		other.req.instance = "../evil";
		rig_run(&other, "code/handler.sh", "echo 1\n");
		assert_failed(&other, ERR_INVALID, false, "is not a name for a sandbox");
		rig_release(&other);
	}
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_python_handler_gets_its_context_and_gives_its_result),
	CASE(a_javascript_handler_gets_its_context_and_gives_its_result),
	CASE(a_shell_handler_gets_its_context_and_gives_its_result),
	CASE(an_executable_with_an_interpreter_line_runs_itself),
	CASE(a_handler_finds_the_files_beside_it),
	CASE(a_skill_result_passes_through_as_one),
	CASE(stderr_and_steps_are_kept),
	CASE(input_that_is_not_read_is_no_error_and_large_input_arrives_whole),
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
	CASE(cancelling_ends_it_at_once),
	CASE(sdks_reach_the_door_by_environment_alone),
	CASE(a_runtime_of_the_handler_s_own_speaks_the_invocation_api),
	CASE(many_clients_at_once_are_served_in_turn),
	CASE(children_that_outlive_the_handler_are_ended),
	CASE(a_handler_that_closes_everything_still_ends),
	CASE(a_killed_keeper_leaves_nothing_that_cannot_be_found),
	CASE(a_living_sandbox_of_another_owner_is_not_touched),
	CASE(a_reaped_sandbox_is_an_environment_failure),
	{&no_probe_escapes, PROBE_GROUPS, 300},
	CASE(two_sandboxes_see_nothing_of_each_other),
	CASE(an_instance_name_is_used_once_at_a_time),
	{0},
};

int main(void)
{
	return support_main("runtime/conformance", cases);
}
