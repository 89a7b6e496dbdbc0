-- name: execution_load
-- params: domain text, skill text
-- rows: queued int8, active int8, started int8, spent int8, reserved int8, runs int8, failed int8
-- roles: gateway, control, runner, reporter
select (select count(*) from execution where domain = $1 and skill = $2 and state = 'queued'),
	a.active, (select count(*) from execution where domain = $1 and skill = $2 and started_at > clock_timestamp() - interval '1 minute'),
	coalesce(p.cost_microusd, 0), a.reserved, coalesce(p.runs, 0), coalesce(p.failed, 0)
from (
	select count(*) as active, coalesce(sum(reserved_microusd), 0)::int8 as reserved from execution
	where domain = $1 and skill = $2 and state in ('claimed', 'running')) a
left join spend p on p.domain = $1 and p.skill = $2 and p.day = (clock_timestamp() at time zone 'UTC')::date
