-- name: claim_bind
-- params: id text, content bytea, runtime bytea, by text, ttl_ms int8
-- rows: id text, mode text, state text, domain text, skill text, content bytea, runtime bytea, context bytea, session text, parent text, idempotency_key text, requested_by text, attempt int4, created timestamptz, started timestamptz, ended timestamptz, deadline timestamptz, reserved int8, cost int8, trigger json, input json, result json, error json, transcript bytea, number int8, handler text
-- roles: runner
-- Limits are looked at again: with the skill locked, this snapshot knows of every other claim.
update execution e set state = 'claimed', claim = e.claim + 1, claimed_by = $4,
	claimed_until = clock_timestamp() + $5 * interval '1 millisecond',
	started_at = clock_timestamp(), content = $2, runtime = $3,
	context = coalesce(case when e.pinned then e.context end, (select h.context from desired h where h.domain = e.domain and h.skill = e.skill
		and h.content = $2 and h.runtime = $3 order by h.since desc limit 1)),
	reserved_microusd = coalesce(d.per_run_microusd, 0), unlogged = true
from desired d, version v
where e.id = $1 and e.state = 'queued' and d.domain = e.domain and d.skill = e.skill and d.until is null
	and v.domain = e.domain and v.skill = e.skill and v.content = $2 and v.runtime = $3
	and (d.concurrency is null or d.concurrency > (select count(*) from execution a
		where a.domain = d.domain and a.skill = d.skill and a.state in ('claimed', 'running')))
	and (d.per_minute is null or d.per_minute > (select count(*) from execution a
		where a.domain = d.domain and a.skill = d.skill and a.started_at > clock_timestamp() - interval '1 minute'))
	and (d.per_day_microusd is null or d.per_day_microusd >= coalesce(d.per_run_microusd, 0)
			+ coalesce((select p.cost_microusd from spend p where p.domain = d.domain and p.skill = d.skill
				and p.day = (clock_timestamp() at time zone 'UTC')::date), 0)
			+ (select coalesce(sum(a.reserved_microusd), 0) from execution a
				where a.domain = d.domain and a.skill = d.skill and a.state in ('claimed', 'running')))
returning e.id, e.mode, e.state, e.domain, e.skill, e.content, e.runtime, e.context, e.session, e.parent, coalesce(e.idempotency_key, ''), e.requested_by,
	e.attempt, e.created_at, e.started_at, e.ended_at, e.deadline_at, e.reserved_microusd, e.cost_microusd, e.trigger,
	e.input, e.result, e.error, e.transcript, e.claim, v.handler
