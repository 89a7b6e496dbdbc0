-- name: change_chain
-- params: from int8, to int8
-- rows: rev int8, actor text, body bytea, hash bytea, kind text, domain text, name text, op text, object json
-- roles: sync, control, gateway, reporter
select r.revision, r.actor, r.body, r.hash, c.kind, c.domain, c.name, c.op, c.object
from revision r left join change c using (revision)
where r.revision between $1 and $2
order by r.revision, c.ord
