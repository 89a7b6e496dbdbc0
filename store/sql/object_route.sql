-- name: object_route
-- params: from1 text, from2 text, to1 text, to2 text, limit int8, f1 text, f2 text, f3 text
-- rows: key1 text, key2 text, object json
-- roles: gateway
-- Named by skill, kind and pattern, "order-details.command.order-status-order-id-1a2b3c"; f1: of one skill, f2: of one kind.
with r as (
	select *, aspora_route_name(skill, kind, pattern) as name from route where until is null and domain >= $1 and domain <= $3
		and ($6 = '' or skill = $6) and ($7 = '' or kind = $7)
)
select r.domain, r.name, json_build_object(
	'apiVersion', 'aspora/v1', 'kind', 'Route',
	'metadata', json_build_object('domain', r.domain, 'name', r.name, 'uid', '', 'generation', 1, 'resourceVersion', aspora_version(r.since),
		'labels', '{}'::json, 'source', json_build_object('path', r.path, 'line', r.line, 'column', r.col)),
	'spec', json_build_object('skill', r.skill, 'kind', r.kind, 'pattern', r.pattern, 'versions', coalesce(v.versions, '[]')),
	'status', json_build_object('phase', 'Ready', 'conditions', '[]'::json))
from r
left join lateral (
	select json_agg(json_build_object('content', encode(v.content, 'hex'), 'runtime', encode(v.runtime, 'hex'), 'weightMillionths', v.weight,
		'mode', v.mode) order by v.mode, v.weight desc) as versions
	from route_version v where v.domain = r.domain and v.skill = r.skill and v.until is null
) v on true
where (r.domain, r.name collate "C") >= ($1, $2) and (r.domain, r.name collate "C") <= ($3, $4)
order by r.domain, r.name collate "C" limit $5
