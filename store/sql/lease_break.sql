-- name: lease_break
-- params: prefix text
-- rows: woken bool
-- roles: owner
-- Its epoch stays: who takes it over raises it, so that whatever the old holder may still send is fenced.
with u as (
	update lease set until = clock_timestamp() - interval '1 microsecond'
	where starts_with(holder, $1) and until > clock_timestamp()
	returning 1
), n as (
	select count(*) as n from u
)
select case when n.n > 0 then pg_notify('aspora', '') is null end from n
