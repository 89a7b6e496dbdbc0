-- name: rollout_end
-- params: domain text[], skill text[], content bytea[], runtime bytea[]
-- rows: none text
-- roles: control
with k as (
	select * from unnest($1, $2, $3, $4) k (domain, skill, content, runtime)
), unrouted as (
	update route_version v set until = aspora_rev()
	from k where v.domain = k.domain and v.skill = k.skill and v.content = k.content and v.runtime = k.runtime and v.until is null
), ended as (
	update rollout r set state = 'ended', until = aspora_rev()
	from k where r.domain = k.domain and r.skill = k.skill and r.content = k.content and r.runtime = k.runtime and r.until is null
		and r.slot <> 'stable'
	returning 1
)
select aspora_expect((select count(*) from ended), cardinality($1), 'a slot to be ended is not live, or is stable')::text
