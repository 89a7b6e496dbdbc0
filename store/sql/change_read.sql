-- name: change_read
-- params: rev int8, ord int4, limit int8, kind text, domain text, name text
-- rows: rev int8, ord int4, last bool, at timestamptz, actor text, kind text, domain text, name text, op text, object json, hash bytea
-- roles: sync, runner, control, gateway, reporter
-- Changes after a position. "last" is of the whole revision, whatever the filter passes: it is seen by the change that comes next, as in change_tail, and for its reason.
select c.revision, c.ord, coalesce(c.next <> c.revision, true), r.at, r.actor, c.kind, c.domain, c.name, c.op, c.object, r.hash
from (
	select * from (select p.*, lead(p.revision) over (order by p.revision, p.ord) as next from change p where (p.revision, p.ord) > ($1, $2)) q
	where ($4 is null or q.kind = $4) and ($5 is null or q.domain = $5) and ($6 is null or q.name = $6)
	order by q.revision, q.ord limit $3
) c join revision r on r.revision = c.revision
order by c.revision, c.ord
