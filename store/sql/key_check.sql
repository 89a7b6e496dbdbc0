-- name: key_check
-- params: hash bytea
-- rows: id text, name text, role text, domains text, created_by text, created timestamptz, expires timestamptz, revoked timestamptz, used timestamptz
-- roles: gateway
select id, name, role, array_to_string(domains, ','), created_by, created_at, expires_at, revoked_at, last_used_at
from key where hash = $1 and revoked_at is null and expires_at > clock_timestamp()
