-- name: quarantine_which
-- params: domain text, skill text, content bytea
-- rows: content bytea
-- roles: sync
select content from quarantine where domain = $1 and skill = $2 and ($3 is null or content = $3) and until is null for update
