-- name: lease_acquire
-- params: name text, holder text, ttl_ms int8
-- rows: epoch int8
-- roles: sync, runner, control, reporter
-- Waits for a fenced write of the old holder that is under way: it holds a share lock on the row.
insert into lease as l (name, epoch, holder, until, backend)
values ($1, 1, $2, clock_timestamp() + $3 * interval '1 millisecond', pg_backend_pid())
on conflict (name) do update
set epoch = l.epoch + 1, holder = excluded.holder, until = excluded.until, backend = excluded.backend, acquired_at = clock_timestamp()
where l.until < clock_timestamp()
returning epoch
