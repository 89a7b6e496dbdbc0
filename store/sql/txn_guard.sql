-- name: txn_guard
-- rows: none text
-- roles: sync, runner, control, gateway
select aspora_guard()::text
