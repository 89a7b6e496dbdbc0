-- name: release_history
-- params: domain text, before int8, limit int8
-- rows: id int8, rev int8, at timestamptz, kind text, source text, revision text, message text, author text, actor text, created int4, updated int4, deleted int4
-- roles: sync, control, gateway, reporter
select r.id, r.rev, r.at, r.kind, r.source, r.revision, r.message, r.author, r.actor, r.created, r.updated, r.deleted
from release r
where ($2 is null or r.id < $2)
	and ($1 is null or exists (select from release_item i where i.release = r.id and i.domain = $1))
order by r.id desc limit $3
