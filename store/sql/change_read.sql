-- name: change_read
-- params: rev int8, ord int4, limit int8, kind text, domain text, name text
-- rows: rev int8, ord int4, last bool, at timestamptz, actor text, kind text, domain text, name text, op text, object json, hash bytea
-- roles: sync, runner, control, gateway, reporter
-- Changes after a position. "last" looks at the whole revision, whatever the filter passes.
select c.revision, c.ord,
	not exists (select from change n where n.revision = c.revision and n.ord > c.ord),
	r.at, r.actor, c.kind, c.domain, c.name, c.op, c.object, r.hash
from change c join revision r on r.revision = c.revision
where (c.revision, c.ord) > ($1, $2)
	and ($4 is null or c.kind = $4) and ($5 is null or c.domain = $5) and ($6 is null or c.name = $6)
order by c.revision, c.ord
limit $3
