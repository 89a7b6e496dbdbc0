-- name: rollout_withdraw
-- params: domain text[], skill text[], content bytea[], runtime bytea[], hold_ms int8
-- rows: none text
-- roles: control
-- Stable ones drain, candidates end; what is desired (again) is not withdrawn.
with k as (
	select * from unnest($1, $2, $3, $4) k (domain, skill, content, runtime)
), w as (
	update rollout r set slot = case when r.slot = 'candidate' then r.slot else 'draining' end,
		state = case when r.slot = 'candidate' then 'ended' else 'draining' end,
		until = case when r.slot = 'candidate' then aspora_rev() end,
		reason = 'Withdrawn', message = '', entered_at = clock_timestamp(),
		hold_until = clock_timestamp() + $5 * interval '1 millisecond'
	from k where r.domain = k.domain and r.skill = k.skill and r.content = k.content and r.runtime = k.runtime and r.until is null
		and not exists (select from desired d where d.domain = k.domain and d.skill = k.skill and d.content = k.content
			and d.runtime = k.runtime and d.until is null)
	returning 1
)
select aspora_expect((select count(*) from w), cardinality($1), 'a slot to be withdrawn is not live, or is desired again')::text
