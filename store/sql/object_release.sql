-- name: object_release
-- params: from1 text, from2 text, to1 text, to2 text, limit int8, f1 text, f2 text, f3 text
-- rows: key1 text, key2 text, object json
-- roles: gateway
-- Newest first: from1 is the highest number wanted, to1 the lowest. f1: that touched one domain. Only what touched a domain that the caller sees.
select r.id::text, '', json_build_object(
	'apiVersion', 'aspora/v1', 'kind', 'Release',
	'metadata', json_build_object('name', r.id::text, 'uid', r.uid, 'generation', 1, 'resourceVersion', aspora_version(greatest(r.rev, g.since)),
		'labels', '{}'::json, 'createdAt', aspora_time(r.at), 'source', json_build_object('name', r.source, 'revision', r.revision)),
	'spec', json_build_object('kind', r.kind, 'message', r.message),
	'status', json_build_object('phase', case when r.id = (select max(id) from release) then 'Current' else 'Past' end,
		'domains', coalesce(d.names, '[]'),
		'summary', concat_ws(', ', case when r.created > 0 then '+' || r.created end, case when r.updated > 0 then '~' || r.updated end,
			case when r.deleted > 0 then '-' || r.deleted end),
		'created', r.created, 'updated', r.updated, 'deleted', r.deleted, 'by', coalesce(nullif(trim(split_part(r.author, '<', 1)), ''), nullif(r.author, ''), r.actor), 'author', r.author, 'actor', r.actor,
		'signature', aspora_signature(g.state, g.kind, g.signer, g.key, g.detail),
		'digest', encode(r.hash, 'hex'), 'previous', encode(r.previous, 'hex'), 'revision', aspora_version(r.rev),
		'items', d.items, 'conditions', '[]'::json))
from release r
left join signature g on g.source = r.source and g.revision = r.revision and g.until is null
left join lateral (
	select json_agg(i.domain order by i.domain) as names, json_agg(json_build_object('domain', i.domain, 'op', i.op, 'source', i.source,
		'revision', i.revision, 'overlay', i.overlay, 'candidate', coalesce(encode(i.candidate, 'hex'), ''),
		'policy', coalesce(encode(i.policy, 'hex'), '')) order by i.domain) as items, bool_or(i.domain = $6) as touched
	from release_item i where i.release = r.id
) d on true
where r.id <= $1::bigint and r.id >= $3::bigint and ($6 = '' or d.touched)
	and (d.names is not null or not exists (select from release_item i where i.release = r.id) and current_setting('aspora.domains', true) in ('*', ''))
order by r.id desc limit $5
