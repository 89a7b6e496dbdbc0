-- name: change_tail
-- params: rev int8, ord int4, limit int8
-- rows: rev int8, ord int4, last bool, at timestamptz, actor text, kind text, domain text, name text, op text, object json, hash bytea, incarnation int8
-- roles: gateway
-- What came after a position that is known to be of this history: one statement, for who follows the log. Whether a change is the last of its revision is seen by
-- the one after it: a look of its own for each is a walk over the table where the plan was made while that was small.
select c.revision, c.ord, coalesce(c.next <> c.revision, true), r.at, r.actor, c.kind, c.domain, c.name, c.op, c.object, r.hash, (select incarnation from store)
from (
	select p.*, lead(p.revision) over (order by p.revision, p.ord) as next
	from (select * from change where (revision, ord) > ($1, $2) order by revision, ord limit $3 + 1) p
) c join revision r on r.revision = c.revision
order by c.revision, c.ord
limit $3
