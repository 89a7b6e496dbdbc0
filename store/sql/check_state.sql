-- name: check_state
-- rows: state text
-- roles: sync
-- Another text after every posting, also when one that was numbered earlier comes later.
select count(*) || '.' || coalesce(max(seq), 0) || '.' || coalesce(sum(seq), 0) from posted_check
