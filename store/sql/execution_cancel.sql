-- name: execution_cancel
-- params: id text, by text
-- rows: found bool, state text, woken bool
-- roles: gateway, control
with u as (
	update execution set cancel_requested = true, cancelled_by = $2, unlogged = true,
		state = case when state = 'queued' then 'cancelled' else state end,
		ended_at = case when state = 'queued' then clock_timestamp() end
	where id = $1 and state in ('queued', 'claimed', 'running')
	returning state
)
select exists (select from execution where id = $1), coalesce((select state from u), (select state from execution where id = $1), ''),
	case when exists (select from u) then pg_notify('aspora', '') is null end
