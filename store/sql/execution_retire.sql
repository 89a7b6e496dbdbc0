-- name: execution_retire
-- params: older_ms int8, limit int8
-- rows: deleted int8
-- roles: control
with o as (
	select id from execution where ended_at < clock_timestamp() - $1 * interval '1 millisecond' and not unlogged
	order by created_at limit $2
), d as (
	delete from execution e using o where e.id = o.id returning 1
), p as (
	delete from spend where day < (clock_timestamp() at time zone 'UTC')::date - 400
)
select count(*) from d
