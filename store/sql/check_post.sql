-- name: check_post
-- params: domain text, skill text, content bytea, name text, passed bool, summary text, url text, by text, tool text, version text, passed_count int8, failed_count int8, skipped_count int8, cost_microusd int8
-- rows: woken bool
-- roles: gateway
with i as (
	insert into posted_check as p (domain, skill, content, name, passed, summary, url, by, tool, version, passed_count, failed_count,
		skipped_count, cost_microusd, seq)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, nextval('posted_check_seq'))
	on conflict (domain, skill, content, name) do update
	set passed = excluded.passed, summary = excluded.summary, url = excluded.url, by = excluded.by, tool = excluded.tool,
		version = excluded.version, passed_count = excluded.passed_count, failed_count = excluded.failed_count,
		skipped_count = excluded.skipped_count, cost_microusd = excluded.cost_microusd, seq = excluded.seq, at = clock_timestamp()
	returning 1
)
select pg_notify('aspora', '') is null from i
