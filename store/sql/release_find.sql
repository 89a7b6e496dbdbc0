-- name: release_find
-- params: id int8
-- rows: id int8, rev int8, at timestamptz, kind text, source text, revision text, message text, author text, actor text, created int4, updated int4, deleted int4
-- roles: sync, control, gateway, reporter
select id, rev, at, kind, source, revision, message, author, actor, created, updated, deleted from release where id = $1
