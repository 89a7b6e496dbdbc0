-- name: object_platform
-- params: from1 text, from2 text, to1 text, to2 text, limit int8, f1 text, f2 text, f3 text
-- rows: key1 text, key2 text, object json
-- roles: gateway
-- There is one, called "platform", from the first release of platform policy on.
select 'platform', '', json_build_object(
	'apiVersion', 'aspora/v1', 'kind', 'Platform',
	'metadata', json_build_object('name', 'platform', 'uid', '', 'generation', p.release, 'resourceVersion', aspora_version(p.since),
		'labels', '{}'::json, 'createdAt', aspora_time(r.at),
		'source', json_build_object('name', p.source, 'revision', p.revision, 'path', 'aspora.config.yaml')),
	'spec', json_build_object('config', p.config, 'firm', coalesce(encode(p.firm, 'hex'), '')),
	'status', json_build_object('observedGeneration', p.release, 'phase', 'Ready', 'digest', encode(p.digest, 'hex'), 'release', p.release,
		'conditions', json_build_array(aspora_condition('Ready', 'True', 'Ready', 'release ' || p.release || ' set it', '', '', r.at))))
from platform p join release r on r.id = p.release
where p.until is null and 'platform' >= $1 and 'platform' <= $3 and $5 > 0
