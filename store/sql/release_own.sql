-- name: release_own
-- params: domain text[], source text[], overlay bool[]
-- rows: none text
-- roles: sync
-- Claims what is nobody's; another source's domain is only to be had as an overlay.
with i as (
	select * from unnest($1, $2, $3) i (domain, source, overlay)
), claimed as (
	insert into domain (name, source, rev) select domain, source, aspora_rev() from i on conflict do nothing
), foreign_ones as (
	select i.domain, d.source from i join domain d on d.name = i.domain where d.source <> i.source and not i.overlay
)
select aspora_expect(count(*), 0, format('domain %s is owned by source %s', min(domain), min(source)))::text
from foreign_ones
