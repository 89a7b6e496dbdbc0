-- name: overlay_base
-- params: domain text
-- rows: base int8
-- roles: sync
-- The last revision at which the domain was as its owner says, below however many overlays; none while it is so.
select i.until - 1 from release_item i
where i.domain = $1 and not i.overlay and i.until is not null
	and not exists (select from release_item c where c.domain = $1 and c.until is null and not c.overlay)
order by i.since desc limit 1
