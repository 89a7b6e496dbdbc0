-- name: object_execution
-- params: from1 text, from2 text, to1 text, to2 text, limit int8, domain text, skill text, session text, state text, mode text, requested_by text, whole bool
-- rows: key1 text, key2 text, object json
-- roles: gateway
-- Its resourceVersion tells its states and claims apart, and is no revision (execution_cancel has the same).
-- Newest first (ids begin with their time); from2 is the last one seen. whole: with input, result and trigger.
select e.id, '', json_build_object(
	'apiVersion', 'aspora/v1', 'kind', 'Execution',
	'metadata', json_build_object('domain', e.domain, 'name', e.id, 'uid', e.uid, 'generation', 1, 'resourceVersion',
		aspora_version(1 + 16 * e.claim + 2 * array_position(array['queued', 'claimed', 'running', 'succeeded', 'failed', 'cancelled'], e.state)
			+ e.cancel_requested::int),
		'labels', '{}'::json, 'createdAt', aspora_time(e.created_at)),
	'spec', case when $12 then json_build_object('skill', e.skill, 'mode', e.mode, 'session', e.session, 'parent', e.parent,
			'requestedBy', e.requested_by, 'deadline', aspora_time(e.deadline_at), 'idempotencyKey', e.idempotency_key,
			'trigger', e.trigger, 'input', e.input)
		else json_build_object('skill', e.skill, 'mode', e.mode, 'session', e.session, 'parent', e.parent,
			'requestedBy', e.requested_by, 'deadline', aspora_time(e.deadline_at)) end,
	'status', json_build_object('observedGeneration', 1, 'phase', e.state, 'attempt', e.attempt,
		'content', coalesce(encode(e.content, 'hex'), ''), 'runtime', coalesce(encode(e.runtime, 'hex'), ''),
		'context', coalesce(encode(e.context, 'hex'), ''), 'transcript', coalesce(encode(e.transcript, 'hex'), ''),
		'startedAt', aspora_time(e.started_at), 'endedAt', aspora_time(e.ended_at),
		'durationMs', (extract(epoch from e.ended_at - coalesce(e.started_at, e.created_at)) * 1000)::bigint,
		'costMicrousd', e.cost_microusd, 'cancelRequested', e.cancel_requested, 'claimedBy', e.claimed_by,
		'result', case when $12 then e.result end, 'error', e.error, 'forwarded', coalesce(e.result ->> 'forwarded', ''),
		'conditions', json_build_array(aspora_condition('Ready', case e.state when 'succeeded' then 'True' when 'failed' then 'False'
			when 'cancelled' then 'False' else 'Unknown' end,
			case e.state when 'succeeded' then 'Succeeded' when 'failed' then 'HandlerFailed' when 'cancelled' then 'Deleting' else 'Progressing' end,
			coalesce(e.error ->> 'detail', ''), '', coalesce(e.error ->> 'remedy', ''), coalesce(e.ended_at, e.started_at, e.created_at)))))
from execution e
where e.id <= $1 and e.id <> $2 and e.id >= $3 and ($6 = '' or e.domain = $6) and ($7 = '' or e.skill = $7) and ($8 = '' or e.session = $8)
	and ($9 = '' or e.state = $9) and ($10 = '' or e.mode = $10) and ($11 = '' or e.requested_by = $11)
order by e.id desc limit $5
