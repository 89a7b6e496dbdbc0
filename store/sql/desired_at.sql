-- name: desired_at
-- params: domain text, skill text, rev int8
-- rows: content bytea, runtime bytea, context bytea, tree bytea, generation int8, since int8, until int8, release int8
-- roles: sync, control, gateway, reporter, runner
select content, runtime, context, tree, generation, since, until, release from desired
where domain = $1 and skill = $2
	and case when $3 is null then until is null else since <= $3 and (until is null or until > $3) end
