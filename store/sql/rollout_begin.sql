-- name: rollout_begin
-- params: domain text[], skill text[], content bytea[], runtime bytea[]
-- rows: none text
-- roles: control
-- A candidate per key. Another live candidate of the skill is superseded; a draining slot of the very version becomes the candidate.
with k as (
	select d.domain, d.skill, d.content, d.runtime, d.generation
	from unnest($1, $2, $3, $4) i (domain, skill, content, runtime)
	join desired d using (domain, skill, content, runtime) where d.until is null
), ended as (
	update rollout r set state = 'ended', reason = 'Superseded', until = aspora_rev()
	from k where r.domain = k.domain and r.skill = k.skill and r.slot = 'candidate' and r.until is null
		and (r.content, r.runtime) <> (k.content, k.runtime)
	returning 1
), revived as (
	update rollout r set slot = 'candidate', state = 'pending', attempt = 0, generation = k.generation, reason = '', message = '',
		entered_at = clock_timestamp(), hold_until = null
	from k where r.domain = k.domain and r.skill = k.skill and r.content = k.content and r.runtime = k.runtime
		and r.slot = 'draining' and r.until is null and (select count(*) from ended) >= 0
	returning r.domain, r.skill
), begun as (
	insert into rollout (domain, skill, content, runtime, slot, state, generation, since)
	select k.domain, k.skill, k.content, k.runtime, 'candidate', 'pending', k.generation, aspora_rev()
	from k left join revived v using (domain, skill) where v.domain is null
	returning 1
)
select aspora_expect((select count(*) from revived) + (select count(*) from begun), cardinality($1),
	'a version that is not the desired one cannot become a candidate')::text
