-- name: context_read
-- params: context bytea
-- rows: document json
-- roles: sync, runner, control, gateway
select document from context where context = $1
