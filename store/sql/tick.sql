-- name: tick
-- params: incarnation int8, rev int8
-- rows: incarnation int8, rev int8, wishes int8, requests int8, next_expiry timestamptz, now timestamptz
-- roles: sync, control
-- Whoever writes an overlay or a suspension takes a revision: when that is known, so is the next expiry. The other two take none.
select s.incarnation, s.rev,
	(select count(*) from inbox where state in ('pending', 'taken')),
	(select count(*) from source where request_token > handled_token),
	case when (s.incarnation, s.rev) <> ($1, $2) then
		(select min(least(o.expires_at, u.expires_at)) from
			(select min(expires_at) as expires_at from overlay where until is null) o,
			(select min(expires_at) as expires_at from suspension where until is null) u)
	end,
	clock_timestamp()
from store s
