-- name: release_head
-- rows: id int8, hash bytea
-- roles: sync
select id, hash from release order by id desc limit 1
