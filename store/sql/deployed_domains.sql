-- name: deployed_domains
-- params: rev int8
-- rows: domain text, source text, revision text, tree bytea, candidate bytea, policy bytea
-- roles: sync, control, gateway, reporter, runner
-- As of a revision, or now when it is null. What an overlay brought is its owner's to miss once the overlay is over.
select i.domain, case when i.overlay and o.domain is null then coalesce(d.source, i.source) else i.source end, i.revision, i.tree, i.candidate, i.policy
from release_item i
left join domain d on d.name = i.domain
left join overlay o on o.domain = i.domain and o.until is null
where i.op <> 'delete' and case when $1 is null then i.until is null else i.since <= $1 and (i.until is null or i.until > $1) end
order by i.domain
