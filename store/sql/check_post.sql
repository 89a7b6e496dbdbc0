-- name: check_post
-- params: domain text, skill text, content bytea, name text, passed bool, summary text, url text, by text
-- rows: woken bool
-- roles: gateway
with i as (
	insert into posted_check as p (domain, skill, content, name, passed, summary, url, by) values ($1, $2, $3, $4, $5, $6, $7, $8)
	on conflict (domain, skill, content, name) do update
	set passed = excluded.passed, summary = excluded.summary, url = excluded.url, by = excluded.by, at = clock_timestamp()
	returning 1
)
select pg_notify('aspora', '') is null from i
