-- name: execution_list
-- params: domain text, skill text, session text, requested_by text, state text, mode text, from timestamptz, to timestamptz, before text, limit int8
-- rows: id text, mode text, state text, domain text, skill text, content bytea, runtime bytea, context bytea, session text, parent text, idempotency_key text, requested_by text, attempt int4, created timestamptz, started timestamptz, ended timestamptz, deadline timestamptz, reserved int8, cost int8, trigger json, input json, result json, error json, transcript bytea
-- roles: gateway, control, runner, reporter, sync
-- Newest first, without input and result.
select e.id, e.mode, e.state, e.domain, e.skill, e.content, e.runtime, e.context, e.session, e.parent, coalesce(e.idempotency_key, ''), e.requested_by,
	e.attempt, e.created_at, e.started_at, e.ended_at, e.deadline_at, e.reserved_microusd, e.cost_microusd, e.trigger,
	null::json, null::json, e.error, e.transcript
from execution e
where ($1 is null or e.domain = $1) and ($2 is null or e.skill = $2) and ($3 is null or e.session = $3)
	and ($4 is null or e.requested_by = $4) and ($5 is null or e.state = $5) and ($6 is null or e.mode = $6)
	and ($7 is null or e.created_at >= $7) and ($8 is null or e.created_at < $8)
	and ($9 is null or (e.created_at, e.id) < (select b.created_at, b.id from execution b where b.id = $9))
order by e.created_at desc, e.id desc
limit $10
