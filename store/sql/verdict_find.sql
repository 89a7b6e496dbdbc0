-- name: verdict_find
-- params: domain text, candidate bytea, policy bytea, surface bytea
-- rows: allow bool, findings json
-- roles: sync, control, gateway, reporter
select allow, findings from verdict where domain = $1 and candidate = $2 and policy = $3 and surface = $4
