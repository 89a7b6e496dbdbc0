-- name: lease_look
-- params: name text
-- rows: holder text, left_ms int8
-- roles: sync, runner, control, reporter, gateway
select holder, (extract(epoch from until - clock_timestamp()) * 1000)::int8 from lease where name = $1
