-- name: event_since
-- params: rev int8, limit int8
-- rows: id int8, kind text, domain text, name text, count int8, first bool
-- roles: gateway
-- What was said since a revision (0: now) or shortly before: who says something may commit it late.
select e.id, e.kind, e.domain, e.name, e.count, e.count = 1
from event e
where e.last_at > coalesce((select r.at from revision r where r.revision = $1), clock_timestamp()) - interval '15 seconds'
order by e.id desc
limit $2
