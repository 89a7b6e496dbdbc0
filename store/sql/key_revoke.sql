-- name: key_revoke
-- params: name text, by text
-- rows: none text
-- roles: gateway, owner
with k as (
	select id from key where name = $1 or id = $1
), u as (
	update key set revoked_at = coalesce(revoked_at, clock_timestamp()), revoked_by = $2, rev = aspora_rev() from k where key.id = k.id
	returning 1
)
select aspora_found((select count(*) from u), 'there is no key "' || $1 || '"')::text
