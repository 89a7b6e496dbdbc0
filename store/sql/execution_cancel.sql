-- name: execution_cancel
-- params: id text, by text, version text
-- rows: found bool, state text, version text, changed bool
-- roles: gateway, control
-- Whoever was at work on it before is waited for. changed: it had not ended, and was at this version ('': at any).
with e as materialized (
	select state, aspora_version(1 + 16 * claim + 2 * array_position(array['queued', 'claimed', 'running', 'succeeded', 'failed', 'cancelled'], state)
		+ cancel_requested::int) as version
	from execution where id = $1 for update
), u as (
	update execution set cancel_requested = true, cancelled_by = $2, unlogged = true,
		state = case when state = 'queued' then 'cancelled' else state end,
		ended_at = case when state = 'queued' then clock_timestamp() end
	where id = $1 and state in ('queued', 'claimed', 'running') and ($3 = '' or (select version from e) = $3)
	returning state
)
select exists (select from e), coalesce((select state from u), (select state from e), ''), coalesce((select version from e), ''),
	exists (select from u) and pg_notify('aspora', '') is not null
