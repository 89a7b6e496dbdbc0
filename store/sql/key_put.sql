-- name: key_put
-- params: id text, hash bytea, name text, role text, domains text[], created_by text, days int8
-- roles: gateway, owner
insert into key (id, hash, name, role, domains, created_by, expires_at, rev)
values ($1, $2, $3, $4, $5, $6, now() + $7 * interval '1 day', coalesce(aspora_rev(), 0))
