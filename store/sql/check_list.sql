-- name: check_list
-- params: domain text, skill text, content bytea
-- rows: domain text, skill text, content bytea, name text, summary text, url text, by text, tool text, version text, passed bool, passed_count int8, failed_count int8, skipped_count int8, cost_microusd int8, at timestamptz
-- roles: sync, gateway, control, reporter
select domain, skill, content, name, summary, url, by, tool, version, passed, passed_count, failed_count, skipped_count, cost_microusd, at
from posted_check
where ($1 is null or domain = $1) and ($2 is null or skill = $2) and ($3 is null or content = $3)
order by domain, skill, content, name collate "C"
