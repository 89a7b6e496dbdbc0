-- name: key_retire
-- params: older_ms int8
-- rows: deleted int8
-- roles: control
with d as (
	delete from key where least(expires_at, coalesce(revoked_at, expires_at)) < clock_timestamp() - $1 * interval '1 millisecond' returning 1
)
select count(*) from d
