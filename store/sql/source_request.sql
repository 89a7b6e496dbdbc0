-- name: source_request
-- params: name text
-- rows: token int8, woken bool
-- roles: sync, gateway
with u as (
	update source set request_token = request_token + 1 where name = $1 returning request_token
)
select request_token, pg_notify('aspora', '') is null from u
