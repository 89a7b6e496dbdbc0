-- name: lease_release
-- params: name text, epoch int8
-- rows: woken bool
-- roles: sync, runner, control, reporter
with u as (
	update lease set until = clock_timestamp() - interval '1 microsecond' where name = $1 and epoch = $2 returning 1
)
select pg_notify('aspora', '') is null from u
