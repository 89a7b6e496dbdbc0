-- name: deployed_skills
-- rows: domain text, skill text, tree bytea, content bytea, runtime bytea, context bytea
-- roles: sync, control, gateway, reporter, runner
select domain, skill, tree, content, runtime, context from desired where until is null order by domain, skill
