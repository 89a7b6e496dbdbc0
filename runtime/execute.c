#include "runtime/execute.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>

#include "base/fault.h"
#include "base/mem.h"
#include "runtime/execute_int.h"
#include "skill/digest.h"

#define HEARTBEAT_MS 5000
#define GRACE_MS 500 /* after the deadline, for aspora-init to end the handler itself and say so */
#define END_MS 1000 /* for the last words of a sandbox whose door has closed */

void run_result_init(struct run_result *r)
{
	*r = (struct run_result){0};
	buf_init(&r->result_json, 2 * EXECUTION_RESULT_MAX);
	buf_init(&r->stderr_tail, BUF_MAX);
	buf_init(&r->transcript, BUF_MAX);
}

void run_result_release(struct run_result *r)
{
	buf_release(&r->result_json);
	buf_release(&r->stderr_tail);
	buf_release(&r->transcript);
}

static int64_t mono(const struct run_instance *i)
{
	return clock_mono(runtime_clock(i->rt));
}

static int64_t wall(const struct run_instance *i)
{
	return clock_wall(runtime_clock(i->rt));
}

/* --- waiting --- */

static int heartbeat(struct run_instance *i, struct err *err)
{
	const struct run_request *r = i->req;
	if (!r->on_heartbeat || mono(i) < i->heartbeat_due)
		return 0;
	i->heartbeat_due = mono(i) + (r->heartbeat_ms > 0 ? r->heartbeat_ms : HEARTBEAT_MS);
	if (r->on_heartbeat(r->state) == 0)
		return 0;
	return err_set(err, ERR_CANCELLED, "the execution was cancelled while it ran");
}

/* What the driver's programs say when something is wrong with the sandbox itself. */
static void hear(struct run_instance *i)
{
	char piece[4096];
	ssize_t n;
	if (i->sandbox->stderr_fd < 0)
		return;
	while ((n = read(i->sandbox->stderr_fd, piece, sizeof(piece))) > 0)
		buf_add(&i->words, piece, (size_t)n);
}

static int wait_ms(const struct run_instance *i, int64_t until)
{
	int64_t next = until, now = mono(i);
	if (i->req->on_heartbeat)
		next = MIN(next, i->heartbeat_due);
	return (int)MIN(MAX(next - now, 0), 3600 * 1000);
}

/* One wait for anything, and what came of it. 1: the sandbox has ended. */
static int wait_once(struct run_instance *i, int64_t until, struct err *err)
{
	struct pollfd p[3] = {{i->sandbox->door_fd, door_events(i->door), 0},
			      {i->sandbox->wait_fd, POLLIN, 0},
			      {i->words.overflow ? -1 : i->sandbox->stderr_fd, POLLIN, 0}};
	if (door_closed(i->door))
		p[0].fd = -1;
	if (poll(p, 3, wait_ms(i, until)) < 0 && errno != EINTR)
		return err_sys(err, ERR_IO, errno, "cannot wait for the sandbox");
	/* Its last words may have come together with its end. */
	int rc = p[0].revents || p[1].revents
			 ? door_pump(i->door, (short)(p[0].revents | POLLIN), err)
			 : 0;
	if (p[2].revents & POLLIN || p[1].revents)
		hear(i);
	else if (p[2].revents)
		i->words.overflow = true; /* hung up: nothing more to hear */
	return rc < 0 ? rc : p[1].revents != 0;
}

static bool started(enum door_phase p)
{
	return p != DOOR_STARTING;
}

static bool answered(enum door_phase p)
{
	return p == DOOR_ANSWERED || p == DOOR_FAILED;
}

/* Serves the door until the phase is one that `done` likes. Errors: ERR_TIMEOUT (bare), ERR_CANCELLED, ERR_SANDBOX, … */
static int serve(struct run_instance *i, bool (*done)(enum door_phase), int64_t until,
		 struct err *err)
{
	bool ended = false;
	while (!done(door_phase(i->door))) {
		bool late = mono(i) >= until;
		if (ended || (late && door_closed(i->door))) {
			struct sandbox_status s;
			int rc = i->driver->poll(i->sandbox, &s, err);
			return rc < 0 ? rc : failure_early_end(i, &s, err);
		}
		if (late)
			return ERR_TIMEOUT;
		int rc = heartbeat(i, err);
		if (rc == 0)
			rc = wait_once(i, until, err);
		if (rc < 0)
			return rc;
		ended = rc == 1;
		/* A closed door with a sandbox behind it that does not end: it gets a moment. */
		if (!ended && door_closed(i->door))
			until = MIN(until, mono(i) + END_MS);
	}
	return 0;
}

/* What aspora-init reported, when it reported a failure. */
static int fault_or(struct run_instance *i, struct err *err)
{
	struct sandbox_status s;
	if (door_phase(i->door) != DOOR_FAILED)
		return 0;
	int rc = i->driver->poll(i->sandbox, &s, err);
	return rc < 0 ? rc : failure_reported(i, &s, err);
}

/* --- opening --- */

static int check_request(struct run_instance *i, struct err *err)
{
	const struct run_request *r = i->req;
	if (manifest_find(r->manifest, r->handler) && skill_file_is_runtime(r->handler))
		return 0;
	i->result->content_fault = true;
	err_set(err, ERR_NOT_FOUND, "the handler %.*s is not among the files of the skill",
		STR_ARG(r->handler));
	return err_remedy(err, "add it, or name another one as handler.file");
}

static int start(struct run_instance *i, bool probe, struct err *err)
{
	const struct run_request *r = i->req;
	int rc = check_request(i, err);
	if (rc == 0)
		rc = runtime_driver(i->rt, r->driver, r->isolation, &i->driver, err);
	if (rc < 0)
		return rc;
	i->result->driver = i->driver->name;
	rc = i->driver->prepare(i->rt, &r->runtime, r->manifest, r->blobs, &i->bundle, err);
	if (rc < 0) {
		i->result->content_fault = rc == ERR_TOO_LARGE;
		return rc;
	}
	i->result->started_ms = wall(i);
	struct sandbox_spec spec = {.instance = r->instance,
				    .bundle = &i->bundle,
				    .handler = r->handler,
				    .limits = i->limits,
				    .env = r->env,
				    .env_count = r->env_count,
				    .network = r->network,
				    .probe = probe};
	if (FAULT("execute.start"))
		return err_set(err, ERR_SANDBOX, "injected fault");
	rc = i->driver->start(i->rt, &spec, &i->sandbox, err);
	if (rc == 0)
		step_started(i);
	return rc;
}

static int wait_ready(struct run_instance *i, struct err *err)
{
	i->door = door_new(&(struct door_opts){.fd = i->sandbox->door_fd,
					       .clock = runtime_clock(i->rt),
					       .output_max = (size_t)i->limits.output_bytes,
					       .log_max = (size_t)i->limits.log_bytes,
					       .on_request = step_request,
					       .on_log = step_log,
					       .state = i});
	int rc = serve(i, started, mono(i) + i->limits.start_timeout_ms, err);
	if (rc == ERR_TIMEOUT)
		rc = failure_timeout(i, false, err);
	if (rc == 0)
		rc = fault_or(i, err);
	if (rc == 0)
		i->result->ready_ms = wall(i);
	return rc;
}

static int start_instance(struct runtime *rt, const struct run_request *req, bool probe,
			  struct run_instance **ret, struct run_result *result, struct err *err)
{
	CLEANUP(run_instance_closep) struct run_instance *i = mem_zalloc(sizeof(*i));
	i->rt = rt;
	i->req = req;
	i->result = result;
	i->limits = run_limits_complete(&req->limits);
	buf_init(&i->words, DRIVER_WORDS_MAX);
	buf_init(&i->log, BUF_MAX);
	result->limits_text = runtime_limits_describe(rt);
	int rc = start(i, probe, err);
	if (rc == 0)
		rc = wait_ready(i, err);
	if (rc < 0)
		return rc;
	*ret = TAKE_PTR(i);
	return 0;
}

int run_instance_open(struct runtime *rt, const struct run_request *req, struct run_instance **ret,
		      struct run_result *result, struct err *err)
{
	int rc = start_instance(rt, req, false, ret, result, err);
	if (rc < 0)
		result->ended_ms = clock_wall(runtime_clock(rt));
	return rc;
}

/* --- invoking --- */

static void keep_figures(struct run_instance *i)
{
	struct run_result *r = i->result;
	struct sandbox_status s;
	struct transcript *t = door_transcript(i->door);
	buf_add_str(&r->stderr_tail, door_log(i->door));
	buf_add_str(&r->transcript, buf_str(&t->lines));
	r->transcript_digest = transcript_digest(t);
	if (i->driver->poll(i->sandbox, &s, NULL) == 0) {
		r->memory_peak_bytes = s.memory_peak_bytes;
		r->cpu_ms = s.cpu_ms;
		r->out_of_memory = s.out_of_memory;
		step_ended(i, &s);
	}
	r->ended_ms = wall(i);
}

static int normalise(struct run_instance *i, struct err *err)
{
	struct run_result *r = i->result;
	int rc = skill_result_normalise(door_response(i->door), &r->result_json, err);
	if (rc == 0)
		rc = buf_check(&r->result_json, "the SkillResult", err);
	if (rc < 0) {
		r->content_fault = true;
		buf_reset(&r->result_json);
	}
	return rc;
}

static int give_and_serve(struct run_instance *i, struct err *err)
{
	const struct run_request *r = i->req;
	int64_t timeout = i->limits.timeout_ms;
	CLEANUP(buf_release) struct buf guarded = BUF_INIT(2 * EXECUTION_INPUT_MAX);
	struct str context;
	int rc = guard_context(i, &guarded, &context, err);
	if (rc < 0)
		return rc;
	if (r->deadline_wall_ms)
		timeout = MIN(timeout, r->deadline_wall_ms - wall(i));
	if (timeout <= 0)
		return failure_timeout(i, true, err);
	door_give(i->door, &(struct door_invocation){.id = r->execution,
						     .context_json = context,
						     .timeout_ms = timeout,
						     .deadline_wall_ms = wall(i) + timeout});
	step_text(i, "invoked", "execution", str_of(r->execution));
	rc = serve(i, answered, mono(i) + timeout + GRACE_MS, err);
	if (rc == ERR_TIMEOUT)
		return failure_timeout(i, true, err);
	if (rc == 0)
		rc = fault_or(i, err);
	if (rc == 0)
		rc = normalise(i, err);
	return rc < 0 ? rc : guard_result(i, err);
}

int run_instance_invoke(struct run_instance *i, const struct run_request *req,
			struct run_result *ret, struct err *err)
{
	assert(door_phase(i->door) == DOOR_WAITING);
	i->req = req;
	i->result = ret;
	if (req->context_json.len > EXECUTION_INPUT_MAX)
		return err_set(err, ERR_TOO_LARGE, "the SkillContext has %zu bytes, more than %d",
			       req->context_json.len, EXECUTION_INPUT_MAX);
	int rc = give_and_serve(i, err);
	guard_log_end(i);
	keep_figures(i);
	guard_records(i);
	if (rc < 0)
		guard_failure(i, err);
	return rc;
}

int run_instance_wait_fd(const struct run_instance *i)
{
	return i->sandbox->wait_fd;
}

void run_instance_close(struct run_instance *i)
{
	if (!i)
		return;
	if (i->sandbox)
		i->driver->release(i->sandbox);
	door_free(i->door);
	bundle_release(&i->bundle);
	buf_release(&i->words);
	buf_release(&i->log);
	free(i);
}

void run_instance_closep(struct run_instance **i)
{
	run_instance_close(*i);
}

/* --- the two whole things --- */

int runtime_execute(struct runtime *rt, const struct run_request *req, struct run_result *ret,
		    struct err *err)
{
	CLEANUP(run_instance_closep) struct run_instance *i = NULL;
	int rc = run_instance_open(rt, req, &i, ret, err);
	return rc < 0 ? rc : run_instance_invoke(i, req, ret, err);
}

int runtime_probe_version(struct runtime *rt, const struct run_request *req, struct run_result *ret,
			  struct err *err)
{
	CLEANUP(run_instance_closep) struct run_instance *i = NULL;
	int rc = start_instance(rt, req, true, &i, ret, err);
	ret->ended_ms = clock_wall(runtime_clock(rt));
	return rc;
}
