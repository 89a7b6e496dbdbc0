-- name: rollout_stable
-- params: domain text[], skill text[], content bytea[], runtime bytea[]
-- rows: none text
-- roles: control
with promoted as (
	update rollout r set slot = 'stable', state = 'stable', reason = 'Promoted', message = '', entered_at = clock_timestamp(),
		hold_until = null
	from unnest($1, $2, $3, $4) k (domain, skill, content, runtime)
	where r.domain = k.domain and r.skill = k.skill and r.content = k.content and r.runtime = k.runtime and r.until is null
	returning 1
)
select aspora_expect((select count(*) from promoted), cardinality($1), 'a slot to be promoted is not live any more')::text
