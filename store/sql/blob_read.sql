-- name: blob_read
-- params: digest bytea
-- rows: bytes bytea
-- roles: sync, runner, control, gateway, reporter
select bytes from blob where digest = $1
