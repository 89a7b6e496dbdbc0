-- name: event_list
-- params: kind text, domain text, name text, warnings bool, after timestamptz, limit int8
-- rows: id int8, kind text, domain text, name text, warning bool, reason text, message text, revision text, count int8, first timestamptz, last timestamptz, reporter text
-- roles: sync, runner, control, gateway, reporter
select id, kind, domain, name, type = 'Warning', reason, message, revision, count, first_at, last_at, reporter from event
where ($1 is null or kind = $1) and ($2 is null or domain = $2) and ($3 is null or name = $3)
	and (not $4 or type = 'Warning') and ($5 is null or last_at > $5)
order by last_at desc, id desc limit $6
