-- name: execution_settle
-- params: id text, claim int8, state text, result json, error json, cost int8, transcript bytea, delay_ms int8
-- rows: settled bool, already bool, woken bool
-- roles: runner
-- Exactly once: only the holder of the claim, only while it is open. A repetition finds its own outcome. What was cancelled is cancelled,
-- however it came to nothing.
with o as (
	select id, case when cancel_requested and $3 in ('failed', 'queued') then 'cancelled' else $3 end as state
	from execution where id = $1 and claim = $2 and state in ('claimed', 'running')
	for update
), u as (
	update execution e set state = o.state, result = $4, error = $5, cost_microusd = cost_microusd + $6, transcript = $7,
		reserved_microusd = 0, unlogged = true, claimed_until = null,
		ended_at = case when o.state = 'queued' then null else clock_timestamp() end,
		attempt = attempt + case when o.state = 'queued' then 1 else 0 end,
		not_before = case when o.state = 'queued' then clock_timestamp() + $8 * interval '1 millisecond' else not_before end,
		content = case when o.state <> 'queued' or pinned then content end,
		runtime = case when o.state <> 'queued' or pinned then runtime end,
		context = case when o.state <> 'queued' or pinned then context end
	from o where e.id = o.id
	returning e.domain, e.skill, e.state
), p as (
	insert into spend as p (domain, skill, day, cost_microusd, runs, failed)
	select domain, skill, (clock_timestamp() at time zone 'UTC')::date, $6, case when state = 'queued' then 0 else 1 end,
		case when state = 'failed' then 1 else 0 end
	from u
	on conflict (domain, skill, day) do update set cost_microusd = p.cost_microusd + excluded.cost_microusd,
		runs = p.runs + excluded.runs, failed = p.failed + excluded.failed
)
select exists (select from u), exists (select from execution where id = $1 and claim = $2
		and (state = $3 or (state = 'cancelled' and cancel_requested))),
	case when exists (select from u) then pg_notify('aspora', '') is null end
