-- name: execution_running
-- params: id text, claim int8, ttl_ms int8
-- rows: cancel bool
-- roles: runner
update execution set state = 'running', claimed_until = clock_timestamp() + $3 * interval '1 millisecond',
	unlogged = unlogged or state <> 'running'
where id = $1 and claim = $2 and state in ('claimed', 'running')
returning cancel_requested
