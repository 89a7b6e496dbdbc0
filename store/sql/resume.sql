-- name: resume
-- params: kind text, domain text, name text, by text
-- rows: none text
-- roles: sync
with u as (
	update suspension set until = aspora_rev(), ended_by = $4 where kind = $1 and domain = $2 and name = $3 and until is null returning 1
)
select aspora_found((select count(*) from u), $1 || ' ' || $3 || ' is not suspended')::text
