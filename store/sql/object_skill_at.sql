-- name: object_skill_at
-- params: from1 text, from2 text, to1 text, to2 text, limit int8, f1 text, f2 text, f3 text
-- rows: key1 text, key2 text, object json
-- roles: gateway
-- As it was: what was wanted, and which versions answered, at revision f1.
select d.domain, d.skill, json_build_object(
	'apiVersion', 'aspora/v1', 'kind', 'Skill',
	'metadata', json_build_object('domain', d.domain, 'name', d.skill, 'uid', d.uid, 'generation', d.generation,
		'resourceVersion', aspora_version(d.since), 'labels', aspora_labels(null, v.spec -> 'labels'), 'createdAt', aspora_time(d.created_at),
		'source', json_build_object('name', i.source, 'revision', i.revision, 'path', 'skills/' || d.domain || '/' || d.skill)),
	'spec', jsonb_build_object('role', v.role, 'title', v.title, 'description', v.description, 'handler', v.handler) || v.spec::jsonb,
	'status', json_build_object('observedGeneration', d.generation, 'phase', 'Past', 'at', aspora_version($6::bigint),
		'since', aspora_version(d.since), 'until', case when d.until is not null then aspora_version(d.until) end,
		'digest', encode(d.content, 'hex'),
		'desired', json_build_object('content', encode(d.content, 'hex'), 'runtime', encode(d.runtime, 'hex'),
			'context', encode(d.context, 'hex'), 'release', d.release),
		'versions', coalesce(r.versions, '[]'), 'conditions', '[]'::json))
from desired d
join version v using (domain, skill, content, runtime)
join release_item i on i.release = d.release and i.domain = d.domain
left join lateral (
	select json_agg(json_build_object('content', encode(r.content, 'hex'), 'runtime', encode(r.runtime, 'hex'), 'weightMillionths', r.weight,
		'mode', r.mode) order by r.mode, r.weight desc) as versions
	from route_version r
	where r.domain = d.domain and r.skill = d.skill and r.since <= $6::bigint and (r.until is null or r.until > $6::bigint)
) r on true
where (d.domain, d.skill) >= ($1, $2) and (d.domain, d.skill) <= ($3, $4) and d.since <= $6::bigint and (d.until is null or d.until > $6::bigint)
order by d.domain, d.skill limit $5
