-- name: required_todo
-- params: host text
-- rows: domain text, skill text, content bytea, runtime bytea, context bytea, slot text, state text, attempt int4, id text, i_domain text, i_skill text, i_content bytea, i_runtime bytea, replica int4, i_attempt int4, i_state text, host text, boot_id text, driver text, isolation text, identity text, pid int4, start_ticks int8, cause text, reason text, message text, epoch int8, rev int8, created timestamptz, ready timestamptz, ended timestamptz
-- roles: runner
-- Where slots and this host's instances differ: a slot that should have one and has none; a live one whose slot is gone or failed.
with r as (
	select * from rollout where until is null and state <> 'failed'
), i as (
	select * from instance where host = $1 and replica = 0 and state in ('starting', 'ready', 'draining')
)
select coalesce(r.domain, i.domain), coalesce(r.skill, i.skill), coalesce(r.content, i.content), coalesce(r.runtime, i.runtime),
	(select d.context from desired d where d.domain = r.domain and d.skill = r.skill and d.content = r.content
		and d.runtime = r.runtime and d.until is null),
	coalesce(r.slot, ''), coalesce(r.state, 'ended'),
	coalesce((select max(p.attempt) from instance p where p.domain = r.domain and p.skill = r.skill and p.content = r.content
		and p.runtime = r.runtime and p.host = $1), 0),
	i.id, i.domain, i.skill, i.content, i.runtime, i.replica, i.attempt, i.state, i.host, i.boot_id, i.driver, i.isolation, i.identity, i.pid,
	i.start_ticks, i.cause, i.reason, i.message, i.epoch, i.rev, i.created_at, i.ready_at, i.ended_at
from r full join i on (i.domain, i.skill, i.content, i.runtime) = (r.domain, r.skill, r.content, r.runtime)
where r.domain is null
	or (i.id is null and r.state in ('starting', 'shadow', 'canary', 'stable')
		and (r.state <> 'starting' or r.hold_until is null or r.hold_until <= clock_timestamp()))
order by 1, 2, 3, 4
