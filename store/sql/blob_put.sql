-- name: blob_put
-- params: digests bytea[], bytes bytea[]
-- roles: sync, runner, gateway
-- One that is there is touched when nobody has lately, so that collection, which takes orphans of a day, leaves it alone.
insert into blob as b (digest, size, bytes)
select u.digest, length(u.bytes), u.bytes from unnest($1, $2) u (digest, bytes)
on conflict (digest) do update set seen_at = excluded.seen_at where b.seen_at < excluded.seen_at - interval '1 hour'
