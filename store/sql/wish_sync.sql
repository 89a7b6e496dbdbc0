-- name: wish_sync
-- params: id text, source text, requested_by text, digest bytea, body json
-- rows: token int8, same_request bool, inserted bool, woken bool
-- roles: gateway
-- The request and the wish that waits for it, at once: a source that is looked at in between finds both or neither.
with prior as (
	select request_token, request_digest = $4 as same from inbox where id = $1
), u as (
	update source set request_token = request_token + 1
	where name = $2 and kind = 'git' and declared and not exists (select from prior)
	returning request_token
), ins as (
	insert into inbox (id, kind, source, requested_by, request_token, body, request_digest)
	select $1, 'sync', $2, $3, u.request_token, $5, $4 from u
	returning request_token
)
select t.token, t.same, exists (select from ins), pg_notify('aspora', '') is null
from (select request_token as token, true as same from ins union all select request_token, same from prior) t
