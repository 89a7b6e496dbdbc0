-- name: suspension_expire
-- params: kind text[], domain text[], name text[]
-- roles: sync, control
update suspension s set until = aspora_rev(), ended_by = 'expiry'
from unnest($1, $2, $3) u (kind, domain, name)
where s.kind = u.kind and s.domain = u.domain and s.name = u.name and s.until is null and s.expires_at <= clock_timestamp()
