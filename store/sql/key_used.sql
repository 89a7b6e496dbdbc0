-- name: key_used
-- params: ids text[]
-- roles: gateway
update key set last_used_at = clock_timestamp() where id = any ($1)
