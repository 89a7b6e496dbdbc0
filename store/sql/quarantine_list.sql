-- name: quarantine_list
-- params: domain text
-- rows: id int8, domain text, skill text, content bytea, cause text, reason text, by text, at timestamptz, since int8
-- roles: sync, control, runner, gateway, reporter
select id, domain, skill, content, cause, reason, by, at, since from quarantine
where until is null and ($1 is null or domain = $1) order by domain, skill, id
