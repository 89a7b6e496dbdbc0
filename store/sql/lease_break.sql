-- name: lease_break
-- params: prefix text
-- rows: name text
-- roles: owner
update lease set until = clock_timestamp() - interval '1 microsecond'
where starts_with(holder, $1) and until > clock_timestamp()
returning name
