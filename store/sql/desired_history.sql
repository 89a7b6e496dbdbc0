-- name: desired_history
-- params: domain text, skill text, limit int8
-- rows: content bytea, runtime bytea, context bytea, tree bytea, generation int8, since int8, until int8, release int8
-- roles: sync, control, gateway, reporter
select content, runtime, context, tree, generation, since, until, release from desired
where domain = $1 and skill = $2 order by since desc limit $3
