-- name: approval_next
-- rows: id int8
-- roles: gateway
select nextval('approval_seq')
