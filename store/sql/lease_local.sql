-- name: lease_local
-- params: prefix text
-- rows: holder text
-- roles: owner
select holder from lease where starts_with(holder, $1) and until > clock_timestamp()
