-- name: scope_set
-- params: domains text
-- rows: domains text
-- roles: gateway, sync, runner, control, reporter
select set_config('aspora.domains', $1, false)
