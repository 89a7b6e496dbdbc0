-- name: object_instance
-- params: from1 text, from2 text, to1 text, to2 text, limit int8, f1 text, f2 text, f3 text
-- rows: key1 text, key2 text, object json
-- roles: gateway
-- from2 is the last one seen. f1: of one domain, f2: of one skill, f3: "live" leaves ended ones out, or one state.
select i.id, '', json_build_object(
	'apiVersion', 'aspora/v1', 'kind', 'Instance',
	'metadata', json_build_object('domain', i.domain, 'name', i.id, 'uid', i.uid, 'generation', i.attempt, 'resourceVersion', aspora_version(i.rev),
		'labels', '{}'::json, 'createdAt', aspora_time(i.created_at)),
	'spec', json_build_object('skill', i.skill, 'content', encode(i.content, 'hex'), 'runtime', encode(i.runtime, 'hex'), 'replica', i.replica,
		'driver', i.driver),
	'status', json_build_object('observedGeneration', i.attempt, 'phase', i.state, 'node', i.host, 'isolation', i.isolation, 'identity', i.identity,
		'attempt', i.attempt, 'cause', i.cause, 'readyAt', aspora_time(i.ready_at), 'endedAt', aspora_time(i.ended_at),
		'conditions', json_build_array(aspora_condition('Ready', case i.state when 'ready' then 'True' when 'starting' then 'Unknown' else 'False' end,
			coalesce(nullif(i.reason, ''), case i.state when 'ready' then 'Ready' when 'starting' then 'Progressing' when 'draining' then 'Draining'
				when 'failed' then 'HandlerNotReady' else 'Deleting' end),
			i.message, '', '', coalesce(i.ended_at, i.ready_at, i.created_at)))))
from instance i
where i.id >= $1 and i.id <> $2 and i.id <= $3 and ($6 = '' or i.domain = $6) and ($7 = '' or i.skill = $7)
	and case $8 when '' then true when 'live' then i.state in ('starting', 'ready', 'draining') else i.state = $8 end
order by i.id limit $5
