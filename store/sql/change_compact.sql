-- name: change_compact
-- params: lease text, epoch int8, rev int8, limit int8
-- rows: removed int8, floor int8
-- roles: control
-- Raises the floor by at most limit revisions and removes what is below; fenced, without a revision of its own.
with l as (
	select 1 from lease where name = $1 and epoch = $2 and until > clock_timestamp() for share
), f as (
	select r.revision, r.hash from store s, revision r
	where r.revision = least($3, s.rev, s.floor + $4) and s.floor < least($3, s.rev)
), u as (
	update store set floor = f.revision, floor_hash = f.hash from f, l where id = 1 returning floor
), c as (
	delete from change using u where revision <= u.floor
), d as (
	delete from revision using u where revision <= u.floor returning 1
)
select (select count(*) from d), coalesce((select floor from u), (select s.floor from store s, l))
