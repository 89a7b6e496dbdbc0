-- name: suspend
-- params: kind text, domain text, name text, by text, reason text, expires timestamptz
-- roles: sync
with e as (
	update suspension set until = aspora_rev(), ended_by = $4 where kind = $1 and domain = $2 and name = $3 and until is null returning 1
)
insert into suspension (kind, domain, name, by, reason, expires_at, since)
select $1, $2, $3, $4, $5, $6, aspora_rev() from (select count(*) from e) x
