-- name: wish_retire
-- params: older_ms int8, limit int8
-- rows: deleted int8
-- roles: control
-- An upload stays while an overlay holds by it; deployed versions have their own manifests.
with o as (
	select id from inbox i where handled_at < clock_timestamp() - $1 * interval '1 millisecond'
		and not exists (select from overlay v where v.inbox = i.id and v.until is null)
	order by handled_at limit $2
), d as (
	delete from inbox i using o where i.id = o.id returning 1
), e as (
	delete from delivery where received_at < clock_timestamp() - $1 * interval '1 millisecond'
)
select count(*) from d
