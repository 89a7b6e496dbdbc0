-- name: source_try
-- params: name text, revision text, token int8
-- rows: tries int4
-- roles: sync
update source set try_revision = $2, try_token = $3,
	tries = case when (try_revision, try_token) = ($2, $3) then tries + 1 else 1 end
where name = $1
returning tries
