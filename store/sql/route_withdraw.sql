-- name: route_withdraw
-- params: domain text[], skill text[]
-- roles: control
with v as (
	update route_version v set until = aspora_rev()
	from unnest($1, $2) k (domain, skill) where v.domain = k.domain and v.skill = k.skill and v.until is null
)
update route r set until = aspora_rev()
from unnest($1, $2) k (domain, skill) where r.domain = k.domain and r.skill = k.skill and r.until is null
