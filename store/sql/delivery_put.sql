-- name: delivery_put
-- params: source text, id text, body bytea
-- rows: found bool, inserted bool, token int8, woken bool
-- roles: gateway
with s as (
	select name from source where name = $1
), ins as (
	insert into delivery (source, id, body) select s.name, $2, $3 from s on conflict do nothing returning source
), u as (
	update source x set request_token = request_token + 1 from ins where x.name = ins.source returning x.request_token
)
select exists (select from s), exists (select from ins),
	coalesce((select request_token from u), (select request_token from source where name = $1), 0),
	case when exists (select from u) then pg_notify('aspora', '') is null end
