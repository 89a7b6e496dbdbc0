-- name: platform_set
-- params: release int8, source text, revision text, digest bytea, firm bytea, config json
-- roles: sync
with closed as (update platform set until = aspora_rev() where until is null returning 1)
insert into platform (source, revision, digest, firm, config, release, since)
select $2, $3, $4, $5, $6, $1, aspora_rev() from (select count(*) from closed) c
