-- name: lease_renew
-- params: name text, epoch int8, ttl_ms int8
-- rows: epoch int8
-- roles: sync, runner, control, reporter
update lease set until = clock_timestamp() + $3 * interval '1 millisecond', backend = pg_backend_pid()
where name = $1 and epoch = $2 and until > clock_timestamp()
returning epoch
