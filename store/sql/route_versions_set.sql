-- name: route_versions_set
-- params: domain text[], skill text[], content bytea[], runtime bytea[], weight int4[], mode text[]
-- roles: control
-- The versions of these skills become exactly these; those that are the same stay as they are.
with want as (
	select * from unnest($1, $2, $3, $4, $5, $6) w (domain, skill, content, runtime, weight, mode)
), kept as (
	select v.domain, v.skill, v.content, v.runtime
	from route_version v join want w using (domain, skill, content, runtime, weight, mode) where v.until is null
), ended as (
	update route_version v set until = aspora_rev()
	where v.until is null and (v.domain, v.skill) in (select domain, skill from want)
		and not exists (select from kept o where (o.domain, o.skill, o.content, o.runtime) = (v.domain, v.skill, v.content, v.runtime))
	returning 1
)
insert into route_version (domain, skill, content, runtime, weight, mode, since)
select w.domain, w.skill, w.content, w.runtime, w.weight, w.mode, aspora_rev()
from want w
where (select count(*) from ended) >= 0
	and not exists (select from kept o where (o.domain, o.skill, o.content, o.runtime) = (w.domain, w.skill, w.content, w.runtime))
