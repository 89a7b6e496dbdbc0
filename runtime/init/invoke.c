/* One invocation: SkillContext to stdin, stdout to the response, stderr to the logs, and an end that is certain. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/init/init.h"

#define LOG_PIECE 8192

static const struct runner *runner;
static struct {
	char id[128];
	struct bytes input, output;
	size_t input_sent;
	size_t output_limit, log_left, log_dropped;
	int64_t deadline; /* 0: nothing runs */
	struct process process;
	bool logging; /* a piece of stderr is on its way */
	bool answered; /* the handler spoke to the door itself */
	bool ended; /* its first process has */
	bool timed_out, too_much;
	int status;
} run = {.process = {0, -1, -1, -1}};

static void on_next(void *state, const struct answer *a);

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void on_done(void *state, const struct answer *a)
{
	(void)state;
	(void)a;
	stream_call("GET", "/2018-06-01/runtime/invocation/next", NULL, NULL, 0, on_next, NULL);
}

static void post_error(const char *body, size_t len)
{
	char target[256];
	snprintf(target, sizeof(target), "/2018-06-01/runtime/invocation/%s/error", run.id);
	stream_call("POST", target, "application/json", body, len, on_done, NULL);
}

static void fault(const char *type, const char *message)
{
	struct bytes b = {NULL, 0, 0};
	fault_add(&b, type, message, strlen(message));
	post_error(b.p, b.len);
	bytes_free(&b);
}

static void post_exit(void)
{
	struct bytes b = {NULL, 0, 0};
	bool exited = WIFEXITED(run.status);
	int n = exited ? WEXITSTATUS(run.status) : WTERMSIG(run.status);
	bytes_addf(&b, "{\"errorType\":\"%s\",\"errorMessage\":\"the handler %s %d\",\"%s\":%d}",
		   FAULT_EXIT, exited ? "ended with exit status" : "was ended by signal", n,
		   exited ? "exitStatus" : "signal", n);
	post_error(b.p, b.len);
	bytes_free(&b);
}

static void on_log(void *state, const struct answer *a)
{
	(void)state;
	(void)a;
	run.logging = false;
}

static void post_log(const char *data, size_t len)
{
	run.logging = true;
	stream_call("POST", "/aspora/v1/logs", "text/plain", data, len, on_log, NULL);
}

/* Everything has been said; what became of it goes to the door. */
static void conclude(void)
{
	char target[256];
	process_kill_all();
	close_fd(&run.process.in);
	close_fd(&run.process.out);
	close_fd(&run.process.errout);
	listen_close_clients();
	if (run.log_dropped) {
		char line[80];
		int n = snprintf(line, sizeof(line), "\n[%zu more bytes were dropped]\n",
				 run.log_dropped);
		post_log(line, (size_t)n);
	}
	run.deadline = 0;
	if (run.timed_out)
		fault(FAULT_TIMEOUT, "the handler ran longer than it may");
	else if (run.too_much)
		fault(FAULT_OUTPUT, "the handler printed more than it may");
	else if (run.answered)
		on_done(NULL, NULL);
	else if (run.status != 0)
		post_exit();
	else {
		snprintf(target, sizeof(target), "/2018-06-01/runtime/invocation/%s/response",
			 run.id);
		stream_call("POST", target, "application/json", run.output.p, run.output.len,
			    on_done, NULL);
	}
}

static void read_output(void)
{
	char piece[65536];
	ssize_t n;
	while (run.process.out >= 0 && (n = read(run.process.out, piece, sizeof(piece))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return;
		size_t room = run.output_limit - run.output.len;
		if ((size_t)n > room) {
			run.too_much = true;
			process_kill_all();
			close_fd(&run.process.out);
			return;
		}
		bytes_add(&run.output, piece, (size_t)n);
	}
	close_fd(&run.process.out);
}

static void read_stderr(bool to_the_end)
{
	char piece[LOG_PIECE];
	while (run.process.errout >= 0 && (to_the_end || !run.logging)) {
		ssize_t n = read(run.process.errout, piece, sizeof(piece));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return;
		if (n == 0) {
			close_fd(&run.process.errout);
			return;
		}
		size_t keep = (size_t)n < run.log_left ? (size_t)n : run.log_left;
		run.log_left -= keep;
		run.log_dropped += (size_t)n - keep;
		if (keep)
			post_log(piece, keep);
	}
}

static void write_input(void)
{
	size_t left = run.input.len - run.input_sent;
	ssize_t n = left ? write(run.process.in, run.input.p + run.input_sent, left) : 0;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		run.input_sent += (size_t)n;
	/* A handler need not read its input; a broken pipe only ends the writing. */
	if (n < 0 || run.input_sent == run.input.len)
		close_fd(&run.process.in);
}

static size_t number_field(const struct answer *a, const char *name)
{
	const struct http_span *s = http_field(a->buf, a->head, name);
	size_t n = 0;
	for (size_t i = 0; s && i < s->len && i < 12; i++)
		if (a->buf[s->at + i] >= '0' && a->buf[s->at + i] <= '9')
			n = n * 10 + (size_t)(a->buf[s->at + i] - '0');
	return n;
}

static void run_reset(const struct answer *a)
{
	const struct http_span *id = http_field(a->buf, a->head, "lambda-runtime-aws-request-id");
	if (!id || id->len >= sizeof(run.id))
		die("the door gave work without a request id");
	memcpy(run.id, a->buf + id->at, id->len);
	run.id[id->len] = '\0';
	run.output.len = run.input.len = run.input_sent = 0;
	bytes_add(&run.input, a->body, a->body_len);
	run.output_limit = number_field(a, "aspora-output-limit");
	run.log_left = number_field(a, "aspora-log-limit");
	run.log_dropped = 0;
	run.deadline = now_ms() + (int64_t)number_field(a, "aspora-timeout-ms");
	run.answered = run.ended = run.timed_out = run.too_much = false;
	run.status = 0;
}

static void on_next(void *state, const struct answer *a)
{
	char why[1200];
	(void)state;
	if (a->head->status != 200)
		_exit(0); /* no more work */
	run_reset(a);
	setenv("ASPORA_EXECUTION", run.id, 1);
	if (process_start(runner->argv, runner->path, &run.process))
		return;
	run.deadline = 0;
	snprintf(why, sizeof(why), "%s cannot be started: %s",
		 runner->argv[0] ? runner->argv[0] : runner->path, strerror(errno));
	fault(FAULT_INTERPRETER, why);
}

void invoke_begin(const struct runner *r)
{
	runner = r;
	on_done(NULL, NULL);
}

size_t invoke_fill(struct pollfd *p)
{
	p[0] = (struct pollfd){run.process.in, POLLOUT, 0};
	p[1] = (struct pollfd){run.process.out, POLLIN, 0};
	p[2] = (struct pollfd){run.logging ? -1 : run.process.errout, POLLIN, 0};
	return 3;
}

void invoke_handle(const struct pollfd *p, size_t n)
{
	(void)n;
	if (p[0].revents && run.process.in >= 0)
		write_input();
	if (p[1].revents)
		read_output();
	if (p[2].revents)
		read_stderr(false);
}

void invoke_reaped(pid_t pid, int status)
{
	if (pid != run.process.pid || run.ended)
		return;
	run.ended = true;
	run.status = status;
	/* What its children still hold open ends with them; what was written before is in the pipes. */
	process_kill_all();
	read_output();
	read_stderr(true);
	run.process.pid = 0;
	conclude();
}

void invoke_answered(const char *target)
{
	char mine[256];
	int n = snprintf(mine, sizeof(mine), "/2018-06-01/runtime/invocation/%s/", run.id);
	if (strncmp(target, mine, (size_t)n) == 0)
		run.answered = true;
}

int64_t invoke_deadline(void)
{
	return run.timed_out ? 0 : run.deadline;
}

void invoke_tick(void)
{
	if (!run.deadline || run.timed_out || now_ms() < run.deadline)
		return;
	run.timed_out = true;
	process_kill_all();
}
