-- name: execution_load
-- params: domain text, skill text
-- rows: queued int8, active int8, started int8, spent int8, reserved int8, runs int8, failed int8
-- roles: gateway, control, runner, reporter
with t as (
	select date_trunc('day', clock_timestamp() at time zone 'UTC') at time zone 'UTC' as day
)
select count(*) filter (where state = 'queued'), count(*) filter (where state in ('claimed', 'running')),
	count(*) filter (where started_at > clock_timestamp() - interval '1 minute'),
	coalesce(sum(cost_microusd) filter (where started_at >= t.day), 0)::int8,
	coalesce(sum(reserved_microusd) filter (where state in ('claimed', 'running')), 0)::int8,
	count(*) filter (where started_at >= t.day), count(*) filter (where started_at >= t.day and state = 'failed')
from execution, t
where domain = $1 and skill = $2 and (state in ('queued', 'claimed', 'running') or started_at >= t.day or started_at > clock_timestamp() - interval '1 minute')
