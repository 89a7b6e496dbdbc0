-- name: execution_step_list
-- params: id text, after int4
-- rows: at timestamptz, kind text, data json
-- roles: gateway, control, runner
select s.at, s.kind, s.data from execution_step s join execution e on e.id = s.execution
where s.execution = $1 and s.ord > $2 order by s.ord
