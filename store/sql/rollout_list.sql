-- name: rollout_list
-- params: domain text, skill text
-- rows: domain text, skill text, content bytea, runtime bytea, context bytea, slot text, state text, desired bool, quarantined bool, generation int8, attempt int4, entered timestamptz, hold timestamptz, now timestamptz, ready int8, starting int8, failed int8, failure_cause text, failure_message text, active int8, reason text, paused bool
-- roles: control, runner, gateway, reporter, sync
-- Live slots: of all, of a domain, or of one skill.
with k as materialized (
	select domain, skill, content, runtime, d.context, d.generation as wanted, d.generation is not null as desired,
		r.slot, r.state, r.generation, r.attempt, r.entered_at, r.hold_until, r.reason
	from (select * from rollout where until is null and ($1 is null or domain = $1) and ($2 is null or skill = $2)) r
	left join (select * from desired where until is null and ($1 is null or domain = $1) and ($2 is null or skill = $2)) d
		using (domain, skill, content, runtime)
)
select k.domain, k.skill, k.content, k.runtime, k.context, coalesce(k.slot, ''), coalesce(k.state, 'pending'), k.desired, n.quarantined,
	coalesce(k.wanted, k.generation), coalesce(k.attempt, 0), k.entered_at, k.hold_until, clock_timestamp(),
	n.ready, n.starting, n.failed, n.cause, n.message, n.active, coalesce(k.reason, ''),
	exists (select from suspension p where p.kind = 'Rollout' and p.domain = k.domain and p.name = k.skill and p.until is null)
from k
cross join lateral aspora_serving(k.domain, k.skill, k.content, k.runtime, k.entered_at) n
order by k.domain, k.skill, k.content, k.runtime
