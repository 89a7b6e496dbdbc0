-- name: source_list
-- params: name text
-- rows: name text, kind text, url text, ref text, path text, spec json, platform bool, declared bool, suspended bool, observed_revision text, released_revision text, observed_tree bytea, observed_at timestamptz, request_token int8, handled_token int8, failures int4, next_try_at timestamptz, conditions json, refused json, rev int8, created_at timestamptz
-- roles: sync, runner, control, gateway, reporter
-- One by name, or all when it is null.
select s.name, s.kind, s.url, s.ref, s.path, s.spec, s.platform, s.declared,
	exists (select from suspension u where u.kind = 'Source' and u.name = s.name and u.until is null),
	s.observed_revision, s.released_revision, s.observed_tree, s.observed_at, s.request_token, s.handled_token,
	s.failures, s.next_try_at, s.conditions, s.refused, s.rev, s.created_at
from source s
where $1 is null or s.name = $1
order by s.name
