-- name: event_put
-- params: kind text[], domain text[], name text[], type text[], reason text[], message text[], revision text[], reporter text
-- roles: sync, runner, control, gateway, reporter
insert into event as e (kind, domain, name, type, reason, message, revision, reporter, count)
select u.kind, u.domain, u.name, u.type, u.reason, max(u.message), u.revision, $8, count(*)
from unnest($1, $2, $3, $4, $5, $6, $7) u (kind, domain, name, type, reason, message, revision)
group by u.kind, u.domain, u.name, u.type, u.reason, u.revision
on conflict (kind, domain, name, reason, revision) do update
set count = e.count + excluded.count, last_at = clock_timestamp(), message = excluded.message, type = excluded.type,
	reporter = excluded.reporter
