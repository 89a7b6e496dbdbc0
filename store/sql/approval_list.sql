-- name: approval_list
-- params: domain text, candidate bytea, id int8
-- rows: id int8, domain text, candidate bytea, base bytea, kind text, person text, by text, reason text, revision text, request text, at timestamptz, expires_at timestamptz, holds bool, address text
-- roles: sync, gateway, control, reporter
-- Those that hold, in the order they were given; with an id, that one whatever has become of it.
select id, domain, candidate, base, kind, person, by, reason, revision, coalesce(request, ''), at, expires_at,
	withdrawn_at is null and expires_at > clock_timestamp(), address
from approval
where ($1 is null or domain = $1) and ($2 is null or candidate = $2)
	and case when $3 = 0 then withdrawn_at is null and expires_at > clock_timestamp() else id = $3 end
order by id
