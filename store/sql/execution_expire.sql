-- name: execution_expire
-- params: max_attempts int4, timeout json, lost json, gone json
-- rows: expired int8, requeued int8
-- roles: control
-- Queued ones past their deadline or of a skill that is no more, and claims that lapsed because whoever held them is gone.
with recursive q as (
	-- The skills that have something queued, from one to the next by the index.
	(select domain, skill from execution where state = 'queued' order by domain, skill limit 1)
	union all
	select n.domain, n.skill from q cross join lateral (
		select e.domain, e.skill from execution e
		where e.state = 'queued' and (e.domain, e.skill) > (q.domain, q.skill)
		order by e.domain, e.skill limit 1) n
), g as materialized (
	select q.domain, q.skill from q
	where not exists (select from desired d where d.domain = q.domain and d.skill = q.skill and d.until is null)
), o as (
	select id, state = 'queued' and deadline_at > clock_timestamp() as gone from execution
	where (state = 'queued' and (deadline_at <= clock_timestamp() or (domain, skill) in (select g.domain, g.skill from g)))
		or (state in ('claimed', 'running') and claimed_until <= clock_timestamp())
	limit 1000 for update skip locked
), u as (
	update execution e set unlogged = true, claimed_until = null, reserved_microusd = 0,
		state = v.state,
		ended_at = case when v.state = 'queued' then null else clock_timestamp() end,
		error = case when v.state = 'failed' then case when o.gone then $4 when e.deadline_at <= clock_timestamp() then $2 else $3 end end,
		attempt = e.attempt + case when v.state = 'queued' then 1 else 0 end,
		content = case when v.state <> 'queued' or e.pinned then e.content end,
		runtime = case when v.state <> 'queued' or e.pinned then e.runtime end,
		context = case when v.state <> 'queued' or e.pinned then e.context end
	from o join lateral (select case
		when x.cancel_requested then 'cancelled'
		when o.gone or x.deadline_at <= clock_timestamp() or x.attempt >= $1 then 'failed'
		else 'queued' end as state from execution x where x.id = o.id) v on true
	where e.id = o.id
	returning e.state
), n as (
	select count(*) filter (where state <> 'queued') as expired, count(*) filter (where state = 'queued') as requeued from u
)
select n.expired, n.requeued from n where case when n.expired + n.requeued > 0 then pg_notify('aspora', '') is not null else true end
