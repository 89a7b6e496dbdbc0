-- name: overlay_end
-- params: domain text, how text
-- rows: none text
-- roles: sync
with u as (
	update overlay set until = aspora_rev(), ended = $2 where domain = $1 and until is null returning 1
)
select aspora_found((select count(*) from u), 'there is no overlay over domain ' || $1)::text
