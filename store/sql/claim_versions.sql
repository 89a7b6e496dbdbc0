-- name: claim_versions
-- params: id text, host text
-- rows: content bytea, runtime bytea, weight int4, mode text, session_own bool, ready bool
-- roles: runner
-- What may answer it: the pinned version; else the session's own while it has a live slot, and those that are routed to.
with e as (
	select * from execution where id = $1
), own as (
	select p.content, p.runtime from e join execution p on p.session = e.session and p.domain = e.domain and p.skill = e.skill
	join rollout r on r.domain = p.domain and r.skill = p.skill and r.content = p.content and r.runtime = p.runtime and r.until is null
	where e.session <> '' and p.session <> '' and p.content is not null and p.id <> e.id and p.mode = 'live'
	order by p.created_at desc limit 1
), v as (
	select e.content, e.runtime, 1000000 as weight, 'live' as mode, true as session_own from e where e.pinned
	union all
	select own.content, own.runtime, 1000000, 'live', true from own, e where not e.pinned
	union all
	select r.content, r.runtime, r.weight, r.mode, false from e join route_version r on r.domain = e.domain and r.skill = e.skill
	where r.until is null and not e.pinned
)
select v.content, v.runtime, v.weight, v.mode, v.session_own,
	$2 is null or exists (select from instance i, e where i.host = $2 and i.state = 'ready' and i.domain = e.domain and i.skill = e.skill
		and i.content = v.content and i.runtime = v.runtime)
from v order by v.session_own desc, v.mode, v.weight desc, v.content
