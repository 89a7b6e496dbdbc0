-- name: execution_settle
-- params: id text, claim int8, state text, result json, error json, cost int8, transcript bytea, delay_ms int8
-- rows: settled bool, already bool, woken bool
-- roles: runner
-- Exactly once: only the holder of the claim, only while it is open. A repetition finds its own outcome.
with u as (
	update execution set state = $3, result = $4, error = $5, cost_microusd = cost_microusd + $6, transcript = $7,
		reserved_microusd = 0, unlogged = true, claimed_until = null,
		ended_at = case when $3 = 'queued' then null else clock_timestamp() end,
		attempt = attempt + case when $3 = 'queued' then 1 else 0 end,
		not_before = case when $3 = 'queued' then clock_timestamp() + $8 * interval '1 millisecond' else not_before end,
		content = case when $3 <> 'queued' or pinned then content end,
		runtime = case when $3 <> 'queued' or pinned then runtime end,
		context = case when $3 <> 'queued' or pinned then context end
	where id = $1 and claim = $2 and state in ('claimed', 'running')
	returning domain, skill
), p as (
	insert into spend as p (domain, skill, day, cost_microusd, runs, failed)
	select domain, skill, (clock_timestamp() at time zone 'UTC')::date, $6, case when $3 = 'queued' then 0 else 1 end,
		case when $3 = 'failed' then 1 else 0 end
	from u
	on conflict (domain, skill, day) do update set cost_microusd = p.cost_microusd + excluded.cost_microusd,
		runs = p.runs + excluded.runs, failed = p.failed + excluded.failed
)
select exists (select from u), exists (select from execution where id = $1 and claim = $2 and state = $3),
	case when exists (select from u) then pg_notify('aspora', '') is null end
