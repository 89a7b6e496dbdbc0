-- name: execution_waiting
-- rows: waiting int8, next timestamptz
-- roles: runner, control
select count(*) filter (where not_before is null or not_before <= clock_timestamp()),
	min(not_before) filter (where not_before > clock_timestamp())
from execution where state = 'queued' and deadline_at > clock_timestamp()
