-- name: wish_settle_sync
-- params: source text, token int8, result json
-- roles: sync
update inbox set state = 'done', result = $3, handled_at = clock_timestamp()
where kind = 'sync' and source = $1 and request_token <= $2 and state in ('pending', 'taken')
