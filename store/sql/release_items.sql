-- name: release_items
-- params: release int8, domain text[], op text[], source text[], revision text[], overlay bool[], tree bytea[], candidate bytea[], policy bytea[], surface bytea[], exposes json[], manifest json[], spec json[]
-- roles: sync
with i as (
	select * from unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
		i (domain, op, source, revision, overlay, tree, candidate, policy, surface, exposes, manifest, spec)
), closed as (
	update release_item o set until = aspora_rev() from i where o.domain = i.domain and o.until is null
	returning o.domain, o.exposes
)
-- A deleted domain's item is over as soon as it is written: nothing of it holds. It is kept for the history.
insert into release_item (release, domain, op, source, revision, overlay, tree, candidate, policy, surface, exposes, manifest, spec, since, until)
select $1, i.domain, i.op, i.source, i.revision, i.overlay, i.tree, i.candidate, i.policy, i.surface,
	-- Without one, others see what they saw.
	case when i.op <> 'delete' then coalesce(i.exposes, closed.exposes) end, i.manifest, i.spec,
	aspora_rev(), case when i.op = 'delete' then aspora_rev() + 1 end
from i left join closed using (domain)
