-- name: claim_pick
-- params: domain text, skill text, host text
-- rows: id text, session text
-- roles: runner
-- The first queued execution whose skill has room, as far as this snapshot knows; its skill is locked, so that claim_bind, with a snapshot of
-- its own, sees every claim before it.
with recursive q as (
	-- The skills that have something queued, from one to the next by the index.
	(select domain, skill from execution where state = 'queued' order by domain, skill limit 1)
	union all
	select n.domain, n.skill from q cross join lateral (
		select e.domain, e.skill from execution e
		where e.state = 'queued' and (e.domain, e.skill) > (q.domain, q.skill)
		order by e.domain, e.skill limit 1) n
), s as materialized (
	select d.domain, d.skill
	from q
	join desired d on d.domain = q.domain and d.skill = q.skill and d.until is null
	where ($1 is null or d.domain = $1) and ($2 is null or d.skill = $2)
		and (d.concurrency is null or d.concurrency > (select count(*) from execution a
			where a.domain = d.domain and a.skill = d.skill and a.state in ('claimed', 'running')))
		and (d.per_minute is null or d.per_minute > (select count(*) from execution a
			where a.domain = d.domain and a.skill = d.skill and a.started_at > clock_timestamp() - interval '1 minute'))
		and (d.per_day_microusd is null or d.per_day_microusd >= coalesce(d.per_run_microusd, 0)
			+ coalesce((select p.cost_microusd from spend p where p.domain = d.domain and p.skill = d.skill
				and p.day = (clock_timestamp() at time zone 'UTC')::date), 0)
			+ (select coalesce(sum(a.reserved_microusd), 0) from execution a
				where a.domain = d.domain and a.skill = d.skill and a.state in ('claimed', 'running')))
		and not exists (select from suspension u where u.until is null and (u.expires_at is null or u.expires_at > clock_timestamp())
			and ((u.kind = 'Skill' and u.domain = d.domain and u.name = d.skill) or (u.kind = 'Domain' and u.name = d.domain)))
		and exists (select from route_version v where v.domain = d.domain and v.skill = d.skill and v.until is null
			and ($3 is null or exists (select from instance i where i.host = $3 and i.state = 'ready' and i.domain = v.domain
				and i.skill = v.skill and i.content = v.content and i.runtime = v.runtime)))
), c as materialized (
	select e.id, s.domain, s.skill, e.priority, e.created_at from s cross join lateral (
		select x.id, x.priority, x.created_at from execution x
		where x.domain = s.domain and x.skill = s.skill and x.state = 'queued'
			and (x.not_before is null or x.not_before <= clock_timestamp()) and x.deadline_at > clock_timestamp()
		order by x.priority desc, x.created_at limit 2) e
	order by e.priority desc, e.created_at limit 64
)
select e.id, e.session from c join execution e using (id)
where e.state = 'queued' and pg_try_advisory_xact_lock(hashtextextended(c.domain || '/' || c.skill, 7))
order by c.priority desc, c.created_at
limit 1 for update of e skip locked
