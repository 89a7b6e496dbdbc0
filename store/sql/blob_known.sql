-- name: blob_known
-- params: digests bytea[]
-- rows: digest bytea
-- roles: sync, runner, gateway
with touched as (
	update blob set seen_at = now()
	where digest = any ($1) and seen_at < now() - interval '1 hour'
)
select digest from blob where digest = any ($1)
