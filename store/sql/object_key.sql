-- name: object_key
-- params: from1 text, from2 text, to1 text, to2 text, limit int8, f1 text, f2 text, f3 text
-- rows: key1 text, key2 text, object json
-- roles: gateway
select k.name, '', json_build_object(
	'apiVersion', 'aspora/v1', 'kind', 'Key',
	'metadata', json_build_object('name', k.name, 'uid', k.uid, 'generation', 1, 'resourceVersion', aspora_version(k.rev), 'labels', '{}'::json,
		'createdAt', aspora_time(k.created_at)),
	'spec', json_build_object('id', k.id, 'role', k.role, 'domains', k.domains, 'expiresAt', aspora_time(k.expires_at), 'createdBy', k.created_by),
	'status', json_build_object('phase', case when k.revoked_at is not null then 'Revoked' when k.expires_at <= clock_timestamp() then 'Expired'
		else 'Ready' end, 'lastUsedAt', aspora_time(k.last_used_at), 'revokedAt', aspora_time(k.revoked_at), 'revokedBy', k.revoked_by,
		'conditions', '[]'::json))
from key k
where k.name collate "C" >= $1 and k.name collate "C" <= $3
order by k.name collate "C" limit $5
