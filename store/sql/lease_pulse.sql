-- name: lease_pulse
-- params: name text, epoch int8, ttl_ms int8
-- rows: epoch int8
-- roles: sync, runner, control
-- A renewal from beside: the backend stays that of the connection that writes.
update lease set until = clock_timestamp() + $3 * interval '1 millisecond'
where name = $1 and epoch = $2 and until > clock_timestamp()
returning epoch
