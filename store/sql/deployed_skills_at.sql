-- name: deployed_skills_at
-- params: rev int8
-- rows: domain text, skill text, tree bytea, content bytea, runtime bytea, context bytea
-- roles: sync, control, gateway, reporter, runner
select domain, skill, tree, content, runtime, context from desired
where since <= $1 and (until is null or until > $1) order by domain, skill
