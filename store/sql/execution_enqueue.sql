-- name: execution_enqueue
-- params: id text, mode text, domain text, skill text, content bytea, runtime bytea, context bytea, session text, parent text, attempt int4, priority int4, requested_by text, key text, digest bytea, trigger json, input json, not_before timestamptz, deadline timestamptz, max_queued int8
-- rows: inserted bool, existing text, same_request bool, deployed bool, queued int8, woken bool
-- roles: gateway, control, runner
with d as (
	select from desired where domain = $3 and skill = $4 and until is null
), prior as (
	select id, request_digest from execution where id = $1 or (requested_by = $12 and idempotency_key = $13) limit 1
), q as (
	-- Counted no further than the limit asks.
	select count(*) as n from (
		select from execution where domain = $3 and skill = $4 and state = 'queued' and $19 > 0 limit $19) x
), ins as (
	insert into execution (id, mode, domain, skill, content, runtime, context, session, parent, attempt, priority, requested_by,
		idempotency_key, request_digest, trigger, input, not_before, deadline_at, pinned)
	select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $5 is not null
	from q
	where (exists (select from d) or $5 is not null) and not exists (select from prior) and ($19 = 0 or q.n < $19)
	on conflict do nothing
	returning id
)
select exists (select from ins), (select id from prior), (select request_digest = $14 from prior), exists (select from d), q.n,
	case when exists (select from ins) then pg_notify('aspora', '') is null end
from q
