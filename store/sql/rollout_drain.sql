-- name: rollout_drain
-- params: domain text[], skill text[], content bytea[], runtime bytea[], hold_ms int8
-- roles: control
-- What is stable in these skills and is not the version named drains.
update rollout r set slot = 'draining', state = 'draining', reason = 'Replaced', message = '', entered_at = clock_timestamp(),
	hold_until = clock_timestamp() + $5 * interval '1 millisecond'
from unnest($1, $2, $3, $4) k (domain, skill, content, runtime)
where r.domain = k.domain and r.skill = k.skill and r.slot = 'stable' and r.until is null
	and (r.content, r.runtime) <> (k.content, k.runtime)
