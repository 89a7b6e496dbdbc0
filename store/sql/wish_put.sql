-- name: wish_put
-- params: id text, kind text, domain text, source text, requested_by text, dry_run bool, token int8, body json, digest bytea
-- rows: inserted bool, same_request bool, woken bool
-- roles: gateway, control
with ins as (
	insert into inbox (id, kind, domain, source, requested_by, dry_run, request_token, body, request_digest)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
	on conflict do nothing returning id
)
select exists (select from ins), (select request_digest = $9 from inbox where id = $1),
	case when exists (select from ins) then pg_notify('aspora', '') is null end
