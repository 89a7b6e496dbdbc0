-- name: version_put
-- params: domain text[], skill text[], content bytea[], runtime bytea[], role text[], title text[], description text[], handler text[], manifest json[], triggers json[], spec json[]
-- roles: sync
insert into version (domain, skill, content, runtime, role, title, description, handler, manifest, triggers, spec)
select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict do nothing
