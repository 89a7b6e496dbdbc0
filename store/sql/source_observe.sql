-- name: source_observe
-- params: name text, revision text, tree bytea, released bool, handled int8, failures int4, retry_ms int8, conditions json, refused json
-- roles: sync
update source
set observed_revision = case when $2 = '' then observed_revision else $2 end,
	observed_tree = case when $2 = '' then observed_tree else $3 end,
	observed_at = case when $2 = '' then observed_at else clock_timestamp() end,
	released_revision = case when $4 then $2 else released_revision end,
	handled_token = greatest(handled_token, $5),
	failures = $6,
	next_try_at = case when $7 > 0 then clock_timestamp() + $7 * interval '1 millisecond' end,
	conditions = $8,
	refused = case when $2 = '' then refused else $9 end,
	rev = aspora_rev()
where name = $1
