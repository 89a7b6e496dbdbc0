-- name: wish_put_files
-- params: id text, path text[], mode int4[], size int8[], digest bytea[]
-- roles: gateway, control
insert into inbox_file (inbox, path, mode, size, digest)
select $1, u.* from unnest($2, $3, $4, $5) u
on conflict do nothing
