-- name: lease_evict
-- params: name text
-- rows: ended bool
-- roles: sync, runner, control, reporter
-- A holder that was stopped in the middle of a write holds its share lock on, past its time. Its transaction began under a lease that is over: it could
-- only end in nothing, so its session is ended now.
select pg_terminate_backend(a.pid)
from lease l join pg_stat_activity a on a.pid = l.backend and a.usename = session_user and a.datname = current_database()
where l.name = $1 and l.until < clock_timestamp() and a.xact_start < l.until and a.pid <> pg_backend_pid()
