-- name: audit_list
-- params: before int8, ord int4, limit int8, actor text, kind text, domain text, name text, since timestamptz
-- rows: rev int8, ord int4, last bool, at timestamptz, actor text, kind text, domain text, name text, op text, object json, hash bytea
-- roles: gateway
-- Newest first, below a position. A request that was refused names its actor in its object: many share a revision.
select c.revision, c.ord, true, r.at, coalesce(c.object ->> 'actor', r.actor), c.kind, c.domain, c.name, c.op, c.object, r.hash
from change c join revision r on r.revision = c.revision
where (c.revision, c.ord) < ($1, $2)
	and ($4 is null or coalesce(c.object ->> 'actor', r.actor) = $4 or c.object ->> 'requestedBy' = $4)
	and ($5 is null or c.kind = $5) and ($6 is null or c.domain = $6) and ($7 is null or c.name = $7)
	and ($8 is null or r.at >= $8)
order by c.revision desc, c.ord desc
limit $3
