-- name: desired_end
-- params: domain text[], skill text[]
-- roles: sync
update desired d set until = aspora_rev()
from unnest($1, $2) i (domain, skill)
where d.domain = i.domain and d.skill = i.skill and d.until is null
