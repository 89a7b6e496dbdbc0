-- name: change_hash_at
-- params: rev int8
-- rows: incarnation int8, rev int8, floor int8, hash bytea
-- roles: sync, runner, control, gateway, reporter
-- The bounds of history, and the chain's hash at a revision (null when it is not kept).
select s.incarnation, s.rev, s.floor,
	case when $1 = s.floor then s.floor_hash else (select r.hash from revision r where r.revision = $1) end
from store s
