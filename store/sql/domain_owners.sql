-- name: domain_owners
-- params: domain text
-- rows: domain text, source text
-- roles: sync, runner, control, gateway, reporter
-- One by name, or all when it is null.
select name, source from domain where $1 is null or name = $1 order by name
