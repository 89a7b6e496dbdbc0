-- name: object_source
-- params: from1 text, from2 text, to1 text, to2 text, limit int8, f1 text, f2 text, f3 text
-- rows: key1 text, key2 text, object json
-- roles: gateway
select s.name, '', json_build_object(
	'apiVersion', 'aspora/v1', 'kind', 'Source',
	'metadata', json_build_object('name', s.name, 'uid', s.uid, 'generation', s.generation, 'resourceVersion', aspora_version(greatest(s.rev, m.rev)),
		'labels', aspora_labels(m.labels, null), 'createdAt', aspora_time(s.created_at), 'source', json_build_object('name', s.name, 'revision', s.observed_revision)),
	'spec', jsonb_build_object('kind', s.kind, 'url', s.url, 'branch', regexp_replace(s.ref, '^refs/heads/', ''), 'path', s.path, 'platform', s.platform)
		|| s.spec::jsonb,
	'status', json_build_object(
		'observedGeneration', s.generation,
		'phase', case when not s.declared then 'Undeclared' when u.by is not null then 'Suspended'
			when exists (select from json_array_elements(s.conditions) c where c ->> 'type' = 'Ready' and c ->> 'status' = 'True') then 'Ready'
			when s.observed_at is null then 'Pending' else 'Failed' end,
		'revision', s.observed_revision, 'releasedRevision', s.released_revision, 'fetchedAt', aspora_time(s.observed_at),
		'domains', coalesce(d.names, '[]'), 'failures', s.failures, 'nextTryAt', aspora_time(s.next_try_at),
		'requestToken', s.request_token, 'handledToken', s.handled_token, 'declared', s.declared,
		'suspended', u.by is not null,
		'signature', aspora_signature(g.state, g.kind, g.signer, g.key, g.detail),
		'conditions', case when json_array_length(s.conditions) > 0 then s.conditions
			else json_build_array(aspora_condition('Ready', 'Unknown', 'NotReconciled', 'nothing has looked at it yet', '', '', s.created_at)) end))
from source s
left join signature g on g.source = s.name and g.revision = s.observed_revision and g.until is null
left join object_meta m on m.kind = 'Source' and m.name = s.name and m.uid = s.uid
left join suspension u on u.kind = 'Source' and u.name = s.name and u.until is null
left join lateral (select json_agg(d.name order by d.name) as names from domain d where d.source = s.name) d on true
where s.name >= $1 and s.name <= $3
order by s.name limit $5
