-- name: suspension_list
-- params: expired bool
-- rows: kind text, domain text, name text, by text, reason text, expires timestamptz, since int8
-- roles: sync, control, runner, gateway, reporter
select kind, domain, name, by, reason, expires_at, since from suspension
where until is null and (not $1 or expires_at <= clock_timestamp()) order by kind, domain, name
