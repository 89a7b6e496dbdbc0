-- name: object_part_route
-- params: domain text, skill text, rev int8
-- rows: name text, what text
-- roles: gateway
-- The routes of a skill that a revision made, changed (they or their versions) or ended. One that ended and is there again is changed.
with r as (
	select aspora_route_name(skill, kind, pattern) as name, bool_or(until is null) as here, bool_or(since = $3) as made, bool_or(until = $3) as ended
	from route where domain = $1 and skill = $2 group by 1
)
select name, case when not here then 'gone' when made and ended is not true then 'made' else 'changed' end
from r
where made or ended or here and exists (select from route_version v where v.domain = $1 and v.skill = $2 and $3 in (v.since, v.until))
order by name collate "C"
