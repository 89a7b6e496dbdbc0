-- name: instance_set
-- params: epoch int8, id text[], state text[], driver text[], isolation text[], identity text[], pid int4[], start_ticks int8[], cause text[], reason text[], message text[]
-- rows: none text
-- roles: runner
-- Forward only; one that has ended in the state it is to be set to is fine.
with n as (
	select * from unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		n (id, state, driver, isolation, identity, pid, start_ticks, cause, reason, message)
), done as (
	select i.id from n join instance i using (id) where i.state = n.state and i.state in ('ended', 'failed', 'lost')
), u as (
	update instance i set state = n.state, epoch = $1, rev = aspora_rev(),
		driver = case when n.driver = '' then i.driver else n.driver end,
		isolation = case when n.isolation = '' then i.isolation else n.isolation end,
		identity = case when n.identity = '' then i.identity else n.identity end,
		pid = coalesce(n.pid, i.pid), start_ticks = coalesce(n.start_ticks, i.start_ticks),
		cause = n.cause, reason = n.reason, message = n.message,
		ready_at = case when n.state = 'ready' then coalesce(i.ready_at, clock_timestamp()) else i.ready_at end,
		ended_at = case when n.state in ('ended', 'failed', 'lost') then clock_timestamp() end
	from n where i.id = n.id and i.state not in ('ended', 'failed', 'lost')
		and array_position(array['starting', 'ready', 'draining', 'ended', 'failed', 'lost'], n.state)
			>= array_position(array['starting', 'ready', 'draining'], i.state)
	returning i.id
)
select aspora_expect((select count(*) from u) + (select count(*) from done), cardinality($2),
	'an instance is unknown, or has ended otherwise already')::text
