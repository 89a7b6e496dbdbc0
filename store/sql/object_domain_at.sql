-- name: object_domain_at
-- params: from1 text, from2 text, to1 text, to2 text, limit int8, f1 text, f2 text, f3 text
-- rows: key1 text, key2 text, object json
-- roles: gateway
-- As it was released at revision f1. Whether it was healthy then is nowhere kept.
select i.domain, '', json_build_object(
	'apiVersion', 'aspora/v1', 'kind', 'Domain',
	'metadata', json_build_object('name', i.domain, 'uid', coalesce(d.uid::text, ''), 'generation', i.release,
		'resourceVersion', aspora_version(i.since), 'labels', aspora_labels(null, i.spec -> 'labels'), 'createdAt', aspora_time(d.created_at),
		'source', json_build_object('name', i.source, 'revision', i.revision, 'path', 'skills/' || i.domain)),
	'spec', i.spec,
	'status', json_build_object('observedGeneration', i.release, 'phase', 'Past', 'at', aspora_version($6::bigint),
		'since', aspora_version(i.since), 'until', case when i.until is not null then aspora_version(i.until) end,
		'digest', coalesce(encode(i.candidate, 'hex'), ''), 'policy', coalesce(encode(i.policy, 'hex'), ''),
		'surface', coalesce(encode(i.surface, 'hex'), ''), 'release', i.release, 'overlayed', i.overlay,
		-- Below an overlay, whoever brought what it lay over.
		'owner', coalesce((select p.source from release_item p where p.domain = i.domain and not p.overlay and p.since <= $6::bigint
			order by p.since desc limit 1), i.source),
		'skills', (select count(*) from desired s where s.domain = i.domain and s.since <= $6::bigint and (s.until is null or s.until > $6::bigint)),
		'conditions', '[]'::json))
from release_item i
left join domain d on d.name = i.domain
where i.domain >= $1 and i.domain <= $3 and i.op <> 'delete' and i.since <= $6::bigint and (i.until is null or i.until > $6::bigint)
order by i.domain limit $5
