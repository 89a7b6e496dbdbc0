-- name: approval_put
-- params: id int8, domain text, candidate bytea, base bytea, kind text, person text, by text, key text, reason text, revision text, request text, ttl_ms int8, address text
-- roles: gateway
-- One that has expired makes room for another of the same person.
with old as (
	update approval set withdrawn_at = expires_at
	where domain = $2 and candidate = $3 and base = $4 and kind = $5 and person = $6 and withdrawn_at is null and expires_at <= clock_timestamp()
	returning 1
)
insert into approval (id, domain, candidate, base, kind, person, by, key, reason, revision, request, expires_at, address, rev)
select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, clock_timestamp() + $12 * interval '1 millisecond', $13, aspora_rev()
from (select count(*) from old) o
