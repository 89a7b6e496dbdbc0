-- name: tick
-- rows: incarnation int8, rev int8, wishes int8, requests int8, next_expiry timestamptz, now timestamptz
-- roles: sync, control
select s.incarnation, s.rev,
	(select count(*) from inbox where state in ('pending', 'taken')),
	(select count(*) from source where request_token > handled_token),
	(select min(least(o.expires_at, u.expires_at)) from
		(select min(expires_at) as expires_at from overlay where until is null) o,
		(select min(expires_at) as expires_at from suspension where until is null) u),
	clock_timestamp()
from store s
