-- name: quarantine_clear
-- params: domain text, skill text, content bytea, by text
-- roles: sync
update quarantine set until = aspora_rev(), cleared_by = $4
where domain = $1 and skill = $2 and ($3 is null or content = $3) and until is null
