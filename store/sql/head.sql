-- name: head
-- rows: incarnation int8, rev int8, hash bytea, floor int8, age_ms int8
-- roles: sync, runner, control, gateway, reporter
select s.incarnation, s.rev, s.hash, s.floor,
	(select (extract(epoch from clock_timestamp() - r.at) * 1000)::int8 from revision r where r.revision = s.rev)
from store s
