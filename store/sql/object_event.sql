-- name: object_event
-- params: from1 text, from2 text, to1 text, to2 text, limit int8, f1 text, f2 text, f3 text
-- rows: key1 text, key2 text, object json
-- roles: gateway
-- Newest first. f1: kind, f2: domain, f3: name of the object.
select e.id::text, '', json_build_object(
	'apiVersion', 'aspora/v1', 'kind', 'Event',
	'metadata', json_build_object('domain', e.domain, 'name', e.id::text, 'uid', '', 'generation', 1, 'resourceVersion', '', 'labels', '{}'::json,
		'createdAt', aspora_time(e.first_at)),
	'spec', json_build_object('kind', e.kind, 'domain', e.domain, 'name', e.name),
	'status', json_build_object('type', e.type, 'reason', e.reason, 'message', e.message,
		'object', e.kind || '/' || case when e.domain <> '' and e.domain <> e.name then e.domain || '/' else '' end || e.name,
		'revision', e.revision, 'count', e.count, 'actor', e.reporter, 'lastAt', aspora_time(e.last_at), 'conditions', '[]'::json))
from event e
where e.id <= $1::bigint and e.id >= $3::bigint and ($6 = '' or e.kind = $6) and ($7 = '' or e.domain = $7) and ($8 = '' or e.name = $8)
order by e.id desc limit $5
