-- name: skill_names
-- rows: name text
-- roles: gateway, control, runner
select domain || '/' || skill from desired where until is null order by domain, skill
