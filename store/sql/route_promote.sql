-- name: route_promote
-- params: domain text[], skill text[], content bytea[], runtime bytea[]
-- roles: control
-- The routes of these skills become the triggers of these versions; those that are the same stay as they are.
with want as (
	select distinct on (k.domain, k.skill, t.kind, t.pattern) k.domain, k.skill, t.kind, t.pattern,
		coalesce(t.path, '') as path, coalesce(t.line, 0) as line, coalesce(t."column", 0) as col
	from unnest($1, $2, $3, $4) k (domain, skill, content, runtime)
	join version v using (domain, skill, content, runtime)
	cross join lateral json_to_recordset(v.triggers) t (kind text, pattern text, path text, line int, "column" int)
), kept as (
	select r.domain, r.skill, r.kind, r.pattern from route r join want w using (domain, skill, kind, pattern, path, line, col)
	where r.until is null
), ended as (
	update route r set until = aspora_rev()
	from unnest($1, $2) k (domain, skill)
	where r.domain = k.domain and r.skill = k.skill and r.until is null
		and not exists (select from kept o where (o.domain, o.skill, o.kind, o.pattern) = (r.domain, r.skill, r.kind, r.pattern))
	returning 1
)
insert into route (domain, skill, kind, pattern, path, line, col, since)
select w.domain, w.skill, w.kind, w.pattern, w.path, w.line, w.col, aspora_rev()
from want w
where (select count(*) from ended) >= 0
	and not exists (select from kept o where (o.domain, o.skill, o.kind, o.pattern) = (w.domain, w.skill, w.kind, w.pattern))
