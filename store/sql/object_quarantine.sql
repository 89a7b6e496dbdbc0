-- name: object_quarantine
-- params: from1 text, from2 text, to1 text, to2 text, limit int8, f1 text, f2 text, f3 text
-- rows: key1 text, key2 text, object json
-- roles: gateway
-- What holds now, newest first. f1: of one domain, f2: of one skill.
select q.id::text, '', json_build_object(
	'apiVersion', 'aspora/v1', 'kind', 'Quarantine',
	'metadata', json_build_object('domain', q.domain, 'name', q.id::text, 'uid', '', 'generation', 1, 'resourceVersion', aspora_version(q.since),
		'labels', '{}'::json, 'createdAt', aspora_time(q.at)),
	'spec', json_build_object('skill', q.skill, 'digest', encode(q.content, 'hex'), 'cause', q.cause, 'reason', q.reason, 'actor', q.by),
	'status', json_build_object('phase', 'Holding', 'conditions', '[]'::json))
from quarantine q
where q.until is null and q.id <= $1::bigint and q.id >= $3::bigint and ($6 = '' or q.domain = $6) and ($7 = '' or q.skill = $7)
order by q.id desc limit $5
