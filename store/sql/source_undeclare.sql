-- name: source_undeclare
-- params: names text[]
-- roles: sync
update source set declared = false, platform = false, rev = aspora_rev() where name = any ($1)
