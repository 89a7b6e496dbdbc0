-- name: wish_get
-- params: id text
-- rows: id text, kind text, state text, domain text, source text, requested_by text, dry_run bool, token int8, body json, result json, error json, requested timestamptz, handled timestamptz
-- roles: gateway, sync, control, reporter
select w.id, w.kind, w.state, w.domain, w.source, w.requested_by, w.dry_run, w.request_token, w.body, w.result, w.error, w.requested_at, w.handled_at
from inbox w where w.id = $1
