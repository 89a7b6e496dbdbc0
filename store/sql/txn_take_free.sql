-- name: txn_take_free
-- params: token bytea, actor text, body bytea, ord int4[], kind text[], domain text[], name text[], op text[], object json[]
-- rows: rev int8, held text, notified bool
-- roles: gateway, control, sync, runner
-- The revision of a conditional write: its rows are checked against what the caller had read, no lease.
with s as (
	update store set rev = rev + 1, hash = sha256(hash || int8send(rev + 1) || $3) where id = 1
	returning rev, hash
), r as (
	insert into revision (revision, actor, token, body, hash) select s.rev, $2, $1, $3, s.hash from s
), c as (
	insert into change (revision, ord, kind, domain, name, op, object)
	select s.rev, u.* from s, unnest($4, $5, $6, $7, $8, $9) u
)
select s.rev, set_config('aspora.rev', s.rev::text, true) || set_config('aspora.held', '1', true),
	pg_notify('aspora', '') is null
from s
