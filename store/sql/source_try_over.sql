-- name: source_try_over
-- params: name text
-- roles: sync
update source set tries = 0 where name = $1
