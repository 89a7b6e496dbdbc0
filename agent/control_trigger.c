/*
 * Triggers that time fires. A cron run is an execution with the idempotency key of its due time, so that two leaders in a row make one
 * run of it, never two. Runs that fell due while nobody led are made up for when they are at most a minute old; older ones are gone.
 */
#include "agent/control_int.h"
#include "base/id.h"
#include "base/mem.h"
#include "skill/execution.h"
#include "store/change.h"
#include "store/execution.h"

#define MAKE_UP_MS 60000
#define ALWAYS_DEFAULT_MS 60000 /* as skill/trigger.c has it */

void control_forget_triggers(struct control *c)
{
	arena_free(c->triggers);
	c->triggers = NULL;
	c->due = NULL;
	c->due_count = 0;
	c->seen_rev = 0;
}

/* "cron: weekdays 09:00" is stored as its schedule, "always" as its interval. */
static void add_due(struct control *c, const struct route *r, size_t *cap, int64_t now)
{
	struct due d = {
		.domain = r->domain, .skill = r->skill, .pattern = r->pattern, .kind = r->kind};
	struct err err = ERR_INIT;
	if (r->kind == TRIGGER_CRON) {
		if (cron_parse(r->pattern, &d.cron, &err) < 0) {
			log_err(LOG_WARN_, "trigger.unreadable", &err, "pattern", r->pattern.p,
				NULL);
			return;
		}
		d.due_ms = cron_next(&d.cron, now - MAKE_UP_MS);
	} else if (r->kind == TRIGGER_ALWAYS) {
		if (r->pattern.len == 0 || duration_parse(r->pattern, &d.interval_ms, &err) < 0)
			d.interval_ms = ALWAYS_DEFAULT_MS;
		d.due_ms = now;
	} else {
		return;
	}
	ARENA_GROW(c->triggers, c->due, c->due_count, *cap);
	c->due[c->due_count++] = d;
}

/* Reads them again when the log has moved. */
static int read_triggers(struct control *c, struct err *err)
{
	struct store_head head;
	struct route *routes = NULL;
	size_t count = 0, cap = 0;
	int64_t rev = 0;
	int rc = store_head(c->ctx->store, &head, err);
	if (rc < 0 || (c->triggers && head.at.rev == c->seen_rev))
		return rc;
	control_forget_triggers(c);
	c->triggers = arena_new(256 * 1024 * 1024);
	rc = store_route_load(c->ctx->store, c->triggers, 0, &routes, &count, &rev, err);
	for (size_t i = 0; rc == 0 && i < count; i++)
		add_due(c, &routes[i], &cap, clock_wall(c->ctx->clock));
	c->seen_rev = rev;
	return rc;
}

static int enqueue(struct control *c, const struct due *d, const char *key, struct err *err)
{
	CLEANUP(buf_release) struct buf trigger = BUF_INIT(4096);
	struct json j;
	char id[64];
	bool existing = false;
	json_init(&j, &trigger);
	json_object(&j);
	json_strz(&j, "kind", trigger_kind_name(d->kind));
	json_str(&j, "text", d->pattern);
	json_end(&j);
	struct execution e = {.mode = MODE_LIVE,
			      .domain = d->domain,
			      .skill = d->skill,
			      .attempt = 1,
			      .requested_by = STR("control"),
			      .trigger_json = buf_str(&trigger),
			      .input_json = STR("null"),
			      .deadline_ms = clock_wall(c->ctx->clock) + 3600000};
	id_make("EXEC", c->ctx->clock, e.id);
	const struct enqueue q = {.e = &e, .idempotency_key = str_of(key)};
	int rc = store_execution_enqueue(c->ctx->store, &q, id, &existing, err);
	/* Withdrawn or full since we looked: the next due time is another chance. */
	return rc == ERR_NOT_FOUND || rc == ERR_QUOTA || rc == ERR_CONFLICT ? 0 : rc;
}

/* Runs again once the last run has ended and the interval has passed since. */
static int fire_always(struct control *c, struct due *d, int64_t now, struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1024 * 1024);
	const struct execution_filter f = {.domain = d->domain,
					   .skill = d->skill,
					   .requested_by = STR("control"),
					   .state = -1,
					   .mode = -1,
					   .limit = 1};
	struct execution *last = NULL;
	size_t count = 0;
	int rc = store_execution_list(c->ctx->store, a, &f, &last, &count, err);
	if (rc < 0)
		return rc;
	d->due_ms = now + 1000;
	if (count && !execution_state_final(last[0].state))
		return 0;
	if (count && last[0].ended_ms + d->interval_ms > now) {
		d->due_ms = last[0].ended_ms + d->interval_ms;
		return 0;
	}
	CLEANUP_FREE char *key = mem_printf("always:%s", count ? last[0].id : "first");
	return enqueue(c, d, key, err);
}

static int fire_cron(struct control *c, struct due *d, int64_t now, struct err *err)
{
	CLEANUP_FREE char *key = mem_printf("cron:%.*s/%.*s:%.*s:%lld", STR_ARG(d->domain),
					    STR_ARG(d->skill), STR_ARG(d->pattern),
					    (long long)d->due_ms);
	int rc = enqueue(c, d, key, err);
	if (rc == 0)
		d->due_ms = cron_next(&d->cron, MAX(d->due_ms, now - MAKE_UP_MS));
	return rc;
}

int control_fire_triggers(struct control *c, struct err *err)
{
	int64_t now = clock_wall(c->ctx->clock), soonest = INT64_MAX;
	int rc = read_triggers(c, err);
	for (size_t i = 0; rc == 0 && i < c->due_count; i++) {
		struct due *d = &c->due[i];
		if (d->due_ms >= 0 && d->due_ms <= now)
			rc = d->kind == TRIGGER_CRON ? fire_cron(c, d, now, err)
						     : fire_always(c, d, now, err);
		if (d->due_ms >= 0)
			soonest = MIN(soonest, d->due_ms - now);
	}
	if (rc == 0 && soonest != INT64_MAX)
		worker_wake_in(c->worker, MAX(soonest, 10));
	return rc;
}
