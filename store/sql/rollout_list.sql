-- name: rollout_list
-- params: domain text, skill text
-- rows: domain text, skill text, content bytea, runtime bytea, context bytea, slot text, state text, desired bool, quarantined bool, generation int8, attempt int4, entered timestamptz, hold timestamptz, now timestamptz, ready int8, starting int8, failed int8, failure_cause text, failure_message text, active int8, reason text
-- roles: control, runner, gateway, reporter, sync
-- Live slots: of all, of a domain, or of one skill.
with r as (
	select * from rollout where until is null and ($1 is null or domain = $1) and ($2 is null or skill = $2)
), d as (
	select domain, skill, content, runtime, context, generation from desired
	where until is null and ($1 is null or domain = $1) and ($2 is null or skill = $2)
), k as (
	select domain, skill, content, runtime from r
)
select k.domain, k.skill, k.content, k.runtime, d.context, coalesce(r.slot, ''), coalesce(r.state, 'pending'), d.domain is not null,
	exists (select from quarantine q where q.domain = k.domain and q.skill = k.skill and q.content = k.content and q.until is null),
	coalesce(d.generation, r.generation), coalesce(r.attempt, 0), r.entered_at, r.hold_until, clock_timestamp(),
	n.ready, n.starting, n.failed, coalesce(f.cause, ''), coalesce(f.message, ''),
	(select count(*) from execution e where e.domain = k.domain and e.skill = k.skill and e.content = k.content
		and e.runtime = k.runtime and e.state in ('queued', 'claimed', 'running')),
	coalesce(r.reason, '')
from k
left join d on (d.domain, d.skill, d.content, d.runtime) = (k.domain, k.skill, k.content, k.runtime)
left join r on (r.domain, r.skill, r.content, r.runtime) = (k.domain, k.skill, k.content, k.runtime)
cross join lateral (
	select count(*) filter (where i.state = 'ready') as ready, count(*) filter (where i.state = 'starting') as starting,
		count(*) filter (where i.state in ('failed', 'lost') and i.ended_at >= r.entered_at) as failed
	from instance i where i.domain = k.domain and i.skill = k.skill and i.content = k.content and i.runtime = k.runtime
) n
left join lateral (
	select i.cause, case when i.message <> '' then i.message else i.reason end as message from instance i
	where i.domain = k.domain and i.skill = k.skill and i.content = k.content and i.runtime = k.runtime
		and i.state in ('failed', 'lost') and i.ended_at >= r.entered_at
	order by i.ended_at desc limit 1
) f on true
order by k.domain, k.skill, k.content, k.runtime
