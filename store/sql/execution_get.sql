-- name: execution_get
-- params: id text
-- rows: id text, mode text, state text, domain text, skill text, content bytea, runtime bytea, context bytea, session text, parent text, idempotency_key text, requested_by text, attempt int4, created timestamptz, started timestamptz, ended timestamptz, deadline timestamptz, reserved int8, cost int8, trigger json, input json, result json, error json, transcript bytea
-- roles: gateway, control, runner, reporter, sync
select e.id, e.mode, e.state, e.domain, e.skill, e.content, e.runtime, e.context, e.session, e.parent, coalesce(e.idempotency_key, ''), e.requested_by,
	e.attempt, e.created_at, e.started_at, e.ended_at, e.deadline_at, e.reserved_microusd, e.cost_microusd, e.trigger,
	e.input, e.result, e.error, e.transcript
from execution e where e.id = $1
