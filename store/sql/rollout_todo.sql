-- name: rollout_todo
-- rows: domain text, skill text, content bytea, runtime bytea, context bytea, slot text, state text, desired bool, quarantined bool, generation int8, attempt int4, entered timestamptz, hold timestamptz, now timestamptz, ready int8, starting int8, failed int8, failure_cause text, failure_message text, active int8, reason text
-- roles: control, runner
-- What is not at rest: wanted without a slot, candidates, draining ones, stable ones that are not wanted any more.
-- One full join, so that no estimate can make a nested loop of it.
with k as materialized (
	select domain, skill, content, runtime, d.context, d.generation as wanted, d.generation is not null as desired,
		r.slot, r.state, r.generation, r.attempt, r.entered_at, r.hold_until, r.reason
	from (select * from desired where until is null) d
	full join (select * from rollout where until is null) r using (domain, skill, content, runtime)
	where r.slot is distinct from 'stable' or d.generation is null
)
select k.domain, k.skill, k.content, k.runtime, k.context, coalesce(k.slot, ''), coalesce(k.state, 'pending'), k.desired,
	exists (select from quarantine q where q.domain = k.domain and q.skill = k.skill and q.content = k.content and q.until is null),
	coalesce(k.wanted, k.generation), coalesce(k.attempt, 0), k.entered_at, k.hold_until, clock_timestamp(),
	n.ready, n.starting, n.failed, coalesce(f.cause, ''), coalesce(f.message, ''),
	(select count(*) from execution e where e.domain = k.domain and e.skill = k.skill and e.content = k.content
		and e.runtime = k.runtime and e.state in ('claimed', 'running')),
	coalesce(k.reason, '')
from k
cross join lateral (
	select count(*) filter (where i.state = 'ready') as ready, count(*) filter (where i.state = 'starting') as starting,
		count(*) filter (where i.state in ('failed', 'lost') and i.ended_at >= k.entered_at) as failed
	from instance i where i.domain = k.domain and i.skill = k.skill and i.content = k.content and i.runtime = k.runtime
) n
left join lateral (
	select i.cause, case when i.message <> '' then i.message else i.reason end as message from instance i
	where i.domain = k.domain and i.skill = k.skill and i.content = k.content and i.runtime = k.runtime
		and i.state in ('failed', 'lost') and i.ended_at >= k.entered_at
	order by i.ended_at desc limit 1
) f on n.failed > 0
order by k.domain, k.skill, k.content, k.runtime
