-- name: change_floor
-- params: keep_ms int8, max_revs int8
-- rows: rev int8
-- roles: control
select greatest(
	coalesce((select max(revision) from revision where at < clock_timestamp() - $1 * interval '1 millisecond'), 0),
	(select rev from store) - $2, 0)
