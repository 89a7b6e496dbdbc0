-- name: overlay_list
-- rows: id int8, domain text, source text, inbox text, by text, reason text, expires timestamptz, since int8
-- roles: sync, control, gateway, reporter
select id, domain, source, inbox, by, reason, expires_at, since from overlay where until is null order by domain
