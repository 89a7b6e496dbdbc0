-- name: blob_any
-- rows: any bool
-- roles: sync, runner, gateway
select exists (select from blob)
