-- name: object_approval
-- params: from1 text, from2 text, to1 text, to2 text, limit int8, f1 text, f2 text, f3 text
-- rows: key1 text, key2 text, object json
-- roles: gateway
-- Newest first, also those that hold no more. f1: of one domain, f2: of one candidate.
select a.id::text, '', json_build_object(
	'apiVersion', 'aspora/v1', 'kind', 'Approval',
	'metadata', json_build_object('domain', a.domain, 'name', a.id::text, 'uid', a.uid, 'generation', 1, 'resourceVersion', aspora_version(a.rev),
		'labels', '{}'::json, 'createdAt', aspora_time(a.at)),
	'spec', json_build_object('for', a.kind, 'digest', encode(a.candidate, 'hex'), 'base', encode(a.base, 'hex'), 'actor', a.by, 'reason', a.reason,
		'revision', a.revision, 'expiresAt', aspora_time(a.expires_at)),
	'status', json_build_object(
		'phase', case when a.withdrawn_by <> '' then 'Withdrawn' when a.withdrawn_at is not null or a.expires_at <= now() then 'Expired' else 'Holding' end,
		'withdrawnBy', a.withdrawn_by, 'withdrawnAt', case when a.withdrawn_by <> '' then aspora_time(a.withdrawn_at) end,
		'conditions', '[]'::json))
from approval a
where a.id <= $1::bigint and a.id >= $3::bigint and ($6 = '' or a.domain = $6) and ($7 = '' or a.candidate = decode(case when $7 ~ '^([0-9a-f]{2})*$' then $7 else '' end, 'hex'))
order by a.id desc limit $5
