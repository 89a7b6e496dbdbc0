-- name: approval_withdraw
-- params: id int8, by text
-- rows: none text
-- roles: gateway
with u as (
	update approval set withdrawn_at = clock_timestamp(), withdrawn_by = $2, rev = aspora_rev()
	where id = $1 and withdrawn_at is null and expires_at > clock_timestamp()
	returning 1
)
select aspora_found((select count(*) from u), 'there is no approval "' || $1 || '" that holds')::text
