-- name: lease_hold
-- params: name text, epoch int8
-- rows: held text
-- roles: sync, runner, control
-- A fenced write that changes nothing worth a revision is fenced all the same.
with l as (
	select 1 from lease where name = $1 and epoch = $2 and until > clock_timestamp() for share
)
select set_config('aspora.held', '1', true) from l
