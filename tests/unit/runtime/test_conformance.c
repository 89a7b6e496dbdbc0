/*
 * The conformance suite: what every driver that runs handlers must do, over each one that this host can probe.
 */
#include <poll.h>
#include <signal.h>

#include "base/child.h"
#include "tests/unit/runtime/rig_drivers.h"

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

START_TEST(connections_are_kept_and_clients_that_ask_first_are_told_to_go_on)
{
	static const char script[] =
		"import socket\n"
		"s = socket.create_connection(('127.0.0.1', 9001), 10)\n"
		"def answer():\n"
		"    b = b''\n"
		"    while b'\\r\\n\\r\\n' not in b: b += s.recv(1)\n"
		"    n = int(b.lower().split(b'content-length: ')[1].split(b'\\r')[0]) if "
		"b'ontent-' in b else 0\n"
		"    while n: n -= len(s.recv(n))\n"
		"    return int(b.split()[1])\n"
		"got = []\n"
		"for i in range(3):\n"
		"    s.sendall(b'POST /v1/messages HTTP/1.1\\r\\nHost: x\\r\\nConnection: "
		"keep-alive\\r\\nContent-Length: 2\\r\\n\\r\\n{}')\n"
		"    got.append(answer())\n"
		"s.sendall(b'POST /v1/messages HTTP/1.1\\r\\nExpect: "
		"100-continue\\r\\nContent-Length: 2\\r\\n\\r\\n')\n"
		"got.append(answer())\n"
		"s.sendall(b'{}')\n"
		"got.append(answer())\n"
		"s.sendall(b'GET /none HTTP/1.1\\r\\n\\r\\n' * 5)\n"
		"got += [answer() for i in range(5)]\n"
		"print(got)\n";
	EACH_DRIVER(r)
	{
		rig_run(&r, "code/handler.py", script);
		assert_output(&r, "[501,501,501,100,501,404,404,404,404,404]");
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

/* F34: kill -9 of the launcher at any moment of a whole run. */
static int one_run(void *state)
{
	struct rig *r = state;
	rig_run(r, "code/handler.sh", "sleep 0.01; echo 1\n");
	return 0;
}

START_TEST(a_keeper_killed_at_any_moment_leaves_nothing)
{
	EACH_DRIVER(r)
	{
		size_t ended = 0, reaped;
		/* Until runs come to their end, and past that. */
		for (int ms = 0; ms < 400 && ended < 5; ms++) {
			struct child c = CHILD_INIT;
			struct child_end end;
			r.req.instance = "killed";
			assert_ok(child_fork(&c, one_run, &r, NULL, 0, &support_err));
			if (child_wait(&c, ms, &end, NULL) == 0) {
				ended++;
			} else {
				child_kill(&c, SIGKILL);
				assert_ok(child_wait(&c, 10000, &end, &support_err));
			}
			assert_ok(runtime_reap(rt, NULL, 0, &reaped, &support_err));
			ck_assert_msg(rig_alive(rt, usable[d_]) == 0, "killed after %d ms", ms);
		}
		ck_assert_uint_ge(ended, 1);
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
		struct run_instance *i = NULL;
		size_t reaped = 0;
		rig_file(&r, "code/handler.sh", STR("echo 1\n"), true);
		r.req.manifest = &r.manifest;
		r.req.blobs = &r.reader;
		r.req.handler = STR("code/handler.sh");
		assert_ok(run_instance_open(rt, &r.req, &i, &r.result, &support_err));
		ck_assert_int_eq(rig_alive(rt, usable[d_]), 1);
		ck_assert_int_eq(rig_alive(other, usable[d_]), 0);
		assert_ok(runtime_reap(other, NULL, 0, &reaped, &support_err));
		ck_assert_uint_eq(reaped, 0);
		/* Still good for its one invocation: this is what a warm pool does. */
		assert_ok(run_instance_invoke(i, &r.req, &r.result, &support_err));
		ck_assert_ptr_nonnull(strstr(buf_cstr(&r.result.result_json), "\"output\":1"));
		run_instance_close(i);
		NOTHING_LEFT();
		runtime_close(other);
	}
}
END_TEST

START_TEST(a_reaped_sandbox_is_an_environment_failure)
{
	EACH_DRIVER(r)
	{
		struct run_instance *i = NULL;
		size_t reaped = 0;
		rig_file(&r, "code/handler.sh", STR("echo 1\n"), true);
		r.req.manifest = &r.manifest;
		r.req.blobs = &r.reader;
		r.req.handler = STR("code/handler.sh");
		assert_ok(run_instance_open(rt, &r.req, &i, &r.result, &support_err));
		assert_ok(runtime_reap(rt, NULL, 0, &reaped, &support_err));
		ck_assert_uint_eq(reaped, 1);
		struct pollfd gone = {run_instance_wait_fd(i), POLLIN, 0};
		ck_assert_int_eq(poll(&gone, 1, 10000), 1);
		r.rc = run_instance_invoke(i, &r.req, &r.result, &r.err);
		assert_failed(&r, ERR_SANDBOX, false, "the sandbox ended without an answer");
		run_instance_close(i);
	}
}
END_TEST

/* The same name twice would be two sandboxes in one control group. */
START_TEST(an_instance_name_is_used_once_at_a_time)
{
	EACH_DRIVER(r)
	{
		struct run_instance *i = NULL;
		struct rig other;
		if (!strstr(runtime_limits_describe(rt), "cgroup"))
			SKIP("no control groups here to tell by");
		rig_file(&r, "code/handler.sh", STR("echo 1\n"), true);
		r.req.manifest = &r.manifest;
		r.req.blobs = &r.reader;
		r.req.handler = STR("code/handler.sh");
		assert_ok(run_instance_open(rt, &r.req, &i, &r.result, &support_err));
		rig_init(&other, rt, usable[d_]);
		rig_run(&other, "code/handler.sh", "echo 1\n");
		assert_failed(&other, ERR_SANDBOX, false, "cannot make the control group");
		rig_release(&other);
		run_instance_close(i);
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
	CASE(sdks_reach_the_door_by_environment_alone),
	CASE(a_runtime_of_the_handler_s_own_speaks_the_invocation_api),
	CASE(connections_are_kept_and_clients_that_ask_first_are_told_to_go_on),
	CASE(many_clients_at_once_are_served_in_turn),
	CASE(children_that_outlive_the_handler_are_ended),
	CASE(a_handler_that_closes_everything_still_ends),
	CASE(a_killed_keeper_leaves_nothing_that_cannot_be_found),
	CASE_SLOW(a_keeper_killed_at_any_moment_leaves_nothing, 200),
	CASE(a_living_sandbox_of_another_owner_is_not_touched),
	CASE(a_reaped_sandbox_is_an_environment_failure),
	CASE(an_instance_name_is_used_once_at_a_time),
	{0},
};

int main(void)
{
	return support_main("runtime/conformance", cases);
}
