-- name: domain_files
-- params: domain text, rev int8
-- rows: manifest json
-- roles: sync, gateway, runner
-- As of a revision, or now when it is null.
select manifest from release_item
where domain = $1 and op <> 'delete'
	and case when $2 is null then until is null else since <= $2 and (until is null or until > $2) end
