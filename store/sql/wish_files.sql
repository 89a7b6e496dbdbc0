-- name: wish_files
-- params: id text
-- rows: path text, mode int4, size int8, digest bytea
-- roles: sync
select path, mode, size, digest from inbox_file where inbox = $1 order by path collate "C"
