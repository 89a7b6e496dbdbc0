-- name: execution_steps
-- params: id text, claim int8, at timestamptz[], kind text[], data json[]
-- rows: count int8
-- roles: runner
with e as (
	select id from execution where id = $1 and claim = $2 and state in ('claimed', 'running') for update
), last as (
	select coalesce(max(s.ord), -1) as ord from execution_step s where s.execution = $1
), ins as (
	insert into execution_step (execution, ord, at, kind, data)
	select e.id, (last.ord + u.n)::int, coalesce(u.at, clock_timestamp()), u.kind, u.data
	from e, last, unnest($3, $4, $5) with ordinality u (at, kind, data, n)
	returning 1
)
select count(*) from ins
