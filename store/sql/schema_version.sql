-- name: schema_version
-- rows: number int8
-- roles: sync, runner, control, gateway, reporter, owner
select coalesce(max(number), 0)::int8 from migration
