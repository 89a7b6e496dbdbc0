-- name: check_state
-- rows: state text
-- roles: sync
-- Another text after every posting, also when one that was numbered earlier comes later; and when an approval is given, is taken back or ends.
select md5((select count(*) || '.' || coalesce(max(seq), 0) || '.' || coalesce(sum(seq), 0) from posted_check)
	|| '/' || (select coalesce(string_agg(id::text, '.' order by id), '') from approval where withdrawn_at is null and expires_at > clock_timestamp()))
