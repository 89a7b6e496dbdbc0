-- name: execution_expire
-- params: max_attempts int4, timeout json, lost json
-- rows: expired int8, requeued int8
-- roles: control
-- Queued ones past their deadline, and claims that lapsed because whoever held them is gone.
with o as (
	select id from execution
	where (state = 'queued' and deadline_at <= clock_timestamp())
		or (state in ('claimed', 'running') and claimed_until <= clock_timestamp())
	limit 1000 for update skip locked
), u as (
	update execution e set unlogged = true, claimed_until = null, reserved_microusd = 0,
		state = v.state,
		ended_at = case when v.state = 'queued' then null else clock_timestamp() end,
		error = case when v.state = 'failed' then case when e.deadline_at <= clock_timestamp() then $2 else $3 end end,
		attempt = e.attempt + case when v.state = 'queued' then 1 else 0 end,
		content = case when v.state <> 'queued' or e.pinned then e.content end,
		runtime = case when v.state <> 'queued' or e.pinned then e.runtime end,
		context = case when v.state <> 'queued' or e.pinned then e.context end
	from o join lateral (select case
		when x.cancel_requested then 'cancelled'
		when x.deadline_at <= clock_timestamp() or x.attempt >= $1 then 'failed'
		else 'queued' end as state from execution x where x.id = o.id) v on true
	where e.id = o.id
	returning e.state
), n as (
	select count(*) filter (where state <> 'queued') as expired, count(*) filter (where state = 'queued') as requeued from u
)
select n.expired, n.requeued from n where case when n.expired + n.requeued > 0 then pg_notify('aspora', '') is not null else true end
