#include "agent/keeper.h"

#include <signal.h>

#include "agent/forward.h"
#include "agent/material.h"
#include "base/id.h"
#include "base/mem.h"
#include "runtime/execute.h"
#include "store/execution.h"
#include "store/lease.h"

/* One execution in hand. */
struct job {
	const struct keeper_opts *o;
	struct store *store;
	struct claim claim;
	struct execution_step *steps; /* not yet written; copies in arena */
	size_t step_count, step_cap;
	struct arena *arena;
	bool cancelled, fenced;
};

static volatile sig_atomic_t asked_to_stop;

static void on_term(int signal_number)
{
	(void)signal_number;
	asked_to_stop = 1;
}

static void keep_step(struct job *j, const struct execution_step *step)
{
	ARENA_GROW(j->arena, j->steps, j->step_count, j->step_cap);
	struct execution_step *s = &j->steps[j->step_count++];
	s->at_ms = step->at_ms;
	s->kind = arena_strdup(j->arena, step->kind);
	s->data_json = arena_str(j->arena, step->data_json);
}

static const char ended[] = "sandbox.ended";

/* How it ended is told once, when all that is to be said of it is known. */
static void on_step(void *state, const struct execution_step *step)
{
	if (strcmp(step->kind, ended) != 0)
		keep_step(state, step);
}

/* Extends the claim and writes the steps so far, so that `aspora logs` can follow. */
static int on_heartbeat(void *state)
{
	struct job *j = state;
	struct err err = ERR_INIT;
	const char *id = j->claim.e.id;
	bool cancel = false;
	int rc = store_execution_running(j->store, id, j->claim.number, KEEPER_CLAIM_MS, &cancel,
					 &err);
	if (rc == 0 && j->step_count) {
		rc = store_execution_steps(j->store, id, j->claim.number, j->steps, j->step_count,
					   &err);
		if (rc == 0)
			j->step_count = 0;
	}
	j->fenced = rc == ERR_FENCED;
	j->cancelled = cancel;
	/* Another failure is the database's: the run goes on, its claim decides at the end. */
	return j->fenced || cancel;
}

static void describe(struct job *j, const struct run_result *r)
{
	CLEANUP(buf_release) struct buf data = BUF_INIT(BUF_MAX);
	struct json w;
	json_init(&w, &data);
	json_object(&w);
	json_strz(&w, "driver", r->driver);
	json_strz(&w, "limits", r->limits_text);
	if (r->ready_ms && r->started_ms)
		json_int(&w, "startMs", r->ready_ms - r->started_ms);
	if (r->ended_ms && r->ready_ms)
		json_int(&w, "runMs", r->ended_ms - r->ready_ms);
	json_int(&w, "memoryPeakBytes", r->memory_peak_bytes);
	json_int(&w, "cpuMs", r->cpu_ms);
	json_bool(&w, "outOfMemory", r->out_of_memory);
	if (r->stderr_tail.len)
		json_str(&w, "stderr", buf_str(&r->stderr_tail));
	json_end(&w);
	struct execution_step step = {clock_wall(&clock_real), ended, buf_str(&data)};
	keep_step(j, &step);
}

/* Whether trying again can help: the environment's fault, and attempts are left. */
static bool try_again(const struct job *j, const struct run_result *r, int rc)
{
	if (r->content_fault || j->claim.e.attempt >= KEEPER_ATTEMPTS)
		return false;
	return rc == ERR_SANDBOX || rc == ERR_IO || rc == ERR_UNAVAILABLE || rc == ERR_TIMEOUT ||
	       rc == ERR_DATABASE;
}

static int settle(struct job *j, const struct run_result *r, int rc, const struct err *why,
		  struct err *err)
{
	CLEANUP(buf_release) struct buf problem = BUF_INIT(64 * 1024);
	struct settle s = {.id = j->claim.e.id,
			   .claim = j->claim.number,
			   .steps = j->steps,
			   .step_count = j->step_count,
			   .transcript = buf_str(&r->transcript)};
	if (rc == 0) {
		s.state = EXEC_SUCCEEDED;
		s.result_json = buf_str(&r->result_json);
	} else if (j->cancelled) {
		s.state = EXEC_CANCELLED;
	} else if (try_again(j, r, rc)) {
		s.state = EXEC_QUEUED;
		s.delay_ms = 500 << j->claim.e.attempt;
	} else {
		s.state = EXEC_FAILED;
	}
	if (rc < 0) {
		json_problem(&problem, why);
		s.error_json = buf_str(&problem);
	}
	return store_execution_settle(j->store, &s, err);
}

/* Between claim and settle: version, sandbox, result, and where it forwards to. */
static int run_claim(struct job *j, struct run_result *r, struct err *err)
{
	const struct execution *e = &j->claim.e;
	CLEANUP(material_release) struct material m = {0};
	CLEANUP(buf_release) struct buf context = BUF_INIT(4 * EXECUTION_INPUT_MAX);
	const struct rollout_key key = {e->domain, e->skill, e->content, e->runtime};
	struct run_request req;
	bool cancel = false;
	int rc = store_execution_running(j->store, e->id, j->claim.number, KEEPER_CLAIM_MS, &cancel,
					 err);
	if (rc < 0)
		return rc;
	if (cancel) {
		j->cancelled = true;
		return err_set(err, ERR_CANCELLED, "it was cancelled before it began");
	}
	if ((rc = material_load(j->store, j->o->ctx->config, &key, &m, err)) < 0)
		return rc;
	skill_context_json(&context, e);
	if ((rc = buf_check(&context, "the SkillContext", err)) < 0)
		return rc;
	material_request(&m, e->id, &req);
	req.execution = e->id;
	req.context_json = buf_str(&context);
	req.deadline_wall_ms = e->deadline_ms;
	req.on_step = on_step;
	req.on_heartbeat = on_heartbeat;
	req.state = j;
	rc = runtime_execute(j->o->runtime, &req, r, err);
	describe(j, r);
	if (rc == 0)
		rc = forward_result(j->store, e, &m.config, &r->result_json, err);
	return rc;
}

static int carry_out(struct job *j, struct err *err)
{
	struct run_result r;
	struct err why = ERR_INIT;
	run_result_init(&r);
	int rc = run_claim(j, &r, &why);
	log_event(rc < 0 ? LOG_WARN_ : LOG_INFO_,
		  rc < 0 ? "execution.failed" : "execution.succeeded", "execution", j->claim.e.id,
		  "error", rc < 0 ? why.msg : NULL, NULL);
	if (!j->fenced && rc != ERR_FENCED)
		rc = settle(j, &r, rc, &why, err);
	else
		rc = 0;
	run_result_release(&r);
	/* The claim passed to another while we ran: the outcome is theirs. */
	return rc == ERR_FENCED ? 0 : rc;
}

static int keep(const struct keeper_opts *o, struct err *err)
{
	CLEANUP(store_closep) struct store *store = NULL;
	char by[LEASE_NAME_MAX];
	store_lease_holder(by, sizeof(by), getpid());
	struct store_opts so = {.application = "asporad keeper"};
	int rc = store_open(o->ctx->access, STORE_RUNNER, &so, &store, err);
	while (rc == 0 && !asked_to_stop) {
		CLEANUP(arena_freep) struct arena *a = arena_new(256 * 1024 * 1024);
		struct job j = {.o = o, .store = store, .arena = a};
		struct claim_opts c = {.by = by, .ttl_ms = KEEPER_CLAIM_MS, .host = o->ctx->host};
		bool got = false;
		rc = store_execution_claim(store, a, &c, &j.claim, &got, err);
		if (rc < 0 || !got)
			break;
		rc = carry_out(&j, err);
	}
	return rc;
}

int keeper_main(void *state)
{
	struct err err = ERR_INIT;
	struct sigaction sa = {.sa_handler = on_term};
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	sigaction(SIGTERM, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
	log_setup((enum log_format)((const struct keeper_opts *)state)->ctx->config->log.format,
		  (enum log_level)((const struct keeper_opts *)state)->ctx->config->log.level,
		  "keeper");
	int rc = keep(state, &err);
	if (rc < 0)
		log_err(LOG_ERROR_, "keeper.failed", &err, NULL);
	return err_exit_status(rc);
}
