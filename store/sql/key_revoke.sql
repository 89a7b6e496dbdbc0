-- name: key_revoke
-- params: name text, by text
-- rows: none text
-- roles: gateway, owner
-- What was approved with it, and still holds, was not approved by who it was made for.
with k as (
	select id, name from key where name = $1 or id = $1
), u as (
	update key set revoked_at = coalesce(revoked_at, clock_timestamp()), revoked_by = $2, rev = aspora_rev() from k where key.id = k.id
	returning 1
), a as (
	update approval set withdrawn_at = clock_timestamp(), withdrawn_by = $2 || ', with key ' || k.name, rev = aspora_rev() from k
	where approval.key = k.id and withdrawn_at is null and expires_at > clock_timestamp()
)
select aspora_found((select count(*) from u), 'there is no key "' || $1 || '"')::text
