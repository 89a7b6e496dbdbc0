-- name: wish_open
-- params: epoch int8, limit int8
-- rows: id text, kind text, state text, domain text, source text, requested_by text, dry_run bool, token int8, body json, result json, error json, requested timestamptz, handled timestamptz
-- roles: sync
select w.id, w.kind, w.state, w.domain, w.source, w.requested_by, w.dry_run, w.request_token, w.body, w.result, w.error, w.requested_at, w.handled_at
from inbox w
where w.state = 'pending' or (w.state = 'taken' and w.taken_epoch <= $1)
order by w.requested_at limit $2
