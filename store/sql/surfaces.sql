-- name: surfaces
-- params: except text
-- rows: exposes json
-- roles: sync, gateway
select exposes from release_item where until is null and op <> 'delete' and domain <> $1 order by domain
