-- name: txn_take
-- params: lease text, epoch int8, token bytea, actor text, body bytea, ord int4[], kind text[], domain text[], name text[], op text[], object json[]
-- rows: rev int8, held text, notified bool
-- roles: sync, runner, control
-- The revision, last: only while the lease is ours, whose row is share-locked so that a take-over waits for our commit. Joining
-- without the lock let a stale writer commit after a take-over when tried.
with l as (
	select 1 from lease where name = $1 and epoch = $2 and until > clock_timestamp() for share
), s as (
	update store set rev = rev + 1, hash = sha256(hash || int8send(rev + 1) || $5) from l where id = 1
	returning rev, hash
), r as (
	insert into revision (revision, actor, lease, epoch, token, body, hash)
	select s.rev, $4, $1, $2, $3, $5, s.hash from s
), c as (
	insert into change (revision, ord, kind, domain, name, op, object)
	select s.rev, u.* from s, unnest($6, $7, $8, $9, $10, $11) u
)
select s.rev, set_config('aspora.rev', s.rev::text, true) || set_config('aspora.held', '1', true),
	pg_notify('aspora', '') is null
from s
