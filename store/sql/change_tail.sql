-- name: change_tail
-- params: rev int8, ord int4, limit int8
-- rows: rev int8, ord int4, last bool, at timestamptz, actor text, kind text, domain text, name text, op text, object json, hash bytea, incarnation int8
-- roles: gateway
-- What came after a position that is known to be of this history: one statement, for who follows the log.
select c.revision, c.ord,
	not exists (select from change n where n.revision = c.revision and n.ord > c.ord),
	r.at, r.actor, c.kind, c.domain, c.name, c.op, c.object, r.hash, (select incarnation from store)
from change c join revision r on r.revision = c.revision
where (c.revision, c.ord) > ($1, $2)
order by c.revision, c.ord
limit $3
