-- name: event_retire
-- params: older_ms int8, limit int8
-- rows: deleted int8
-- roles: control
with o as (
	select id from event where last_at < clock_timestamp() - $1 * interval '1 millisecond' order by last_at limit $2
), d as (
	delete from event e using o where e.id = o.id returning 1
)
select count(*) from d
