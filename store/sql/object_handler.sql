-- name: object_handler
-- params: domain text, skill text
-- rows: handler text
-- roles: gateway
select v.handler from desired d join version v using (domain, skill, content, runtime)
where d.domain = $1 and d.skill = $2 and d.until is null
