-- name: execution_abandon
-- params: by text
-- rows: count int8, woken bool
-- roles: runner
-- Its claims lapse now, not when they would have; control does with them what it does with every lapsed one.
with u as (
	update execution set claimed_until = clock_timestamp() - interval '1 microsecond'
	where state in ('claimed', 'running') and claimed_by = $1 and claimed_until > clock_timestamp()
	returning 1
), n as (
	select count(*) as n from u
)
select n.n, case when n.n > 0 then pg_notify('aspora', '') is null end from n
