-- name: object_skill_history
-- params: domain text, skill text, limit int8
-- rows: object json
-- roles: gateway
-- Every stretch of a skill, newest first: what was wanted from a revision on, and the release that brought it.
select json_build_object(
	'apiVersion', 'aspora/v1', 'kind', 'SkillVersion',
	'metadata', json_build_object('domain', d.domain, 'name', d.skill, 'uid', d.uid, 'generation', d.generation,
		'resourceVersion', aspora_version(d.since), 'labels', aspora_labels(null, v.spec -> 'labels'), 'createdAt', aspora_time(d.created_at),
		'source', json_build_object('name', i.source, 'revision', i.revision, 'path', 'skills/' || d.domain || '/' || d.skill)),
	'spec', jsonb_build_object('role', v.role, 'title', v.title, 'description', v.description, 'handler', v.handler) || v.spec::jsonb,
	'status', json_build_object('phase', case when d.until is null then 'Current' else 'Past' end,
		'since', aspora_version(d.since), 'until', case when d.until is not null then aspora_version(d.until) end,
		'digest', encode(d.content, 'hex'),
		'desired', json_build_object('content', encode(d.content, 'hex'), 'runtime', encode(d.runtime, 'hex'),
			'context', encode(d.context, 'hex'), 'release', d.release)),
	'release', json_build_object(
		'metadata', json_build_object('name', r.id::text, 'createdAt', aspora_time(r.at)),
		'spec', json_build_object('kind', r.kind, 'message', r.message),
		'status', json_build_object('by', coalesce(nullif(trim(split_part(r.author, '<', 1)), ''), nullif(r.author, ''), r.actor),
			'author', r.author, 'actor', r.actor)))
from desired d
join version v using (domain, skill, content, runtime)
join release_item i on i.release = d.release and i.domain = d.domain
join release r on r.id = d.release
where d.domain = $1 and d.skill = $2
order by d.since desc limit $3
