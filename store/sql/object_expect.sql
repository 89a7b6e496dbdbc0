-- name: object_expect
-- params: kind text, domain text, name text, version text
-- rows: none text
-- roles: sync, gateway
select aspora_expect_object($1, $2, $3, $4)::text
