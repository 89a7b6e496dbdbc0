-- name: check_list
-- params: domain text, skill text, content bytea
-- rows: domain text, skill text, content bytea, name text, summary text, url text, by text, passed bool, at timestamptz
-- roles: sync, gateway, control, reporter
select domain, skill, content, name, summary, url, by, passed, at from posted_check
where domain = $1 and ($2 is null or skill = $2) and ($3 is null or content = $3)
order by domain, skill, content, name collate "C"
