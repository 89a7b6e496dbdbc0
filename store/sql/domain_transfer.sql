-- name: domain_transfer
-- params: domain text, source text
-- roles: sync
insert into domain (name, source, rev) values ($1, $2, aspora_rev())
on conflict (name) do update set source = excluded.source, rev = excluded.rev
