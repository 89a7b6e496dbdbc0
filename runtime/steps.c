/* The append-only steps of an execution, as JSON. */
#include "runtime/execute_int.h"

void step_json(struct run_instance *i, const char *kind, const struct buf *data)
{
	struct execution_step step = {clock_wall(runtime_clock(i->rt)), kind, buf_str(data)};
	if (i->req->on_step)
		i->req->on_step(i->req->state, &step);
}

void step_text(struct run_instance *i, const char *kind, const char *key, struct str value)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(BUF_MAX);
	struct json j;
	json_init(&j, &b);
	json_object(&j);
	json_str(&j, key, value);
	json_end(&j);
	step_json(i, kind, &b);
}

void step_started(struct run_instance *i)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(BUF_MAX);
	struct json j;
	json_init(&j, &b);
	json_object(&j);
	json_strz(&j, "instance", i->sandbox->instance);
	json_strz(&j, "driver", i->driver->name);
	json_strz(&j, "isolation", isolation_name(i->driver->isolation));
	json_strz(&j, "limits", runtime_limits_describe(i->rt));
	json_bool(&j, "bundleReused", i->bundle.reused);
	json_end(&j);
	step_json(i, "sandbox.started", &b);
}

void step_ended(struct run_instance *i, const struct sandbox_status *s)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(BUF_MAX);
	struct json j;
	json_init(&j, &b);
	json_object(&j);
	json_int(&j, "memoryPeakBytes", s->memory_peak_bytes);
	json_int(&j, "cpuMs", s->cpu_ms);
	json_bool(&j, "outOfMemory", s->out_of_memory);
	json_end(&j);
	step_json(i, "sandbox.ended", &b);
}

void step_request(void *instance, struct str method, struct str target, int status)
{
	struct run_instance *i = instance;
	CLEANUP(buf_release) struct buf b = BUF_INIT(BUF_MAX);
	struct json j;
	json_init(&j, &b);
	json_object(&j);
	json_str(&j, "method", method);
	json_str(&j, "target", target);
	json_int(&j, "status", status);
	json_end(&j);
	step_json(i, "door.request", &b);
}

void step_log(void *instance, struct str text)
{
	struct run_instance *i = instance;
	if (i->req->guard && i->req->guard->rules)
		guard_log(i, text);
	else
		step_text(i, "stderr", "text", text);
}
