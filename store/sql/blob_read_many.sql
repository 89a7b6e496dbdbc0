-- name: blob_read_many
-- params: digests bytea[]
-- rows: digest bytea, bytes bytea
-- roles: sync, runner, control, gateway, reporter
select digest, bytes from blob where digest = any ($1)
