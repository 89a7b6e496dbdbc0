-- name: source_put
-- params: name text, kind text, url text, ref text, path text, spec json, platform bool
-- roles: sync
insert into source as s (name, kind, url, ref, path, spec, platform, declared, rev)
values ($1, $2, $3, $4, $5, $6, $7, true, aspora_rev())
on conflict (name) do update
set kind = excluded.kind, url = excluded.url, ref = excluded.ref, path = excluded.path, spec = excluded.spec,
	platform = excluded.platform, declared = true, rev = excluded.rev, generation = s.generation + 1,
	-- Another repository or branch has another history.
	observed_revision = case when (s.url, s.ref) = (excluded.url, excluded.ref) then s.observed_revision else '' end,
	observed_tree = case when (s.url, s.ref, s.path) = (excluded.url, excluded.ref, excluded.path) then s.observed_tree else '' end,
	failures = 0, next_try_at = null
