-- name: object_skill
-- params: from1 text, from2 text, to1 text, to2 text, limit int8, f1 text, f2 text, f3 text
-- rows: key1 text, key2 text, object json
-- roles: gateway
-- Wanted, on its way, serving: one object out of desired state, rollout, instances, quarantine, suspension and the domain's newest verdict.
with wanted as materialized (
	select domain, skill from desired
	where until is null and (domain, skill) >= ($1, $2) and (domain, skill) <= ($3, $4)
	order by domain, skill limit $5
), upto as materialized (
	-- What is beyond a full page of wanted ones need not be looked for.
	select coalesce(l.domain, $3) as domain, coalesce(l.skill, $4) as skill
	from (select 1) one left join lateral (select domain, skill from wanted order by domain, skill offset $5 - 1 limit 1) l on true
), page as materialized (
	select domain, skill from wanted
	union
	(
		select domain, skill from rollout r
		where until is null and (domain, skill) >= ($1, $2) and (domain, skill) <= ((select u.domain from upto u), (select u.skill from upto u))
			and not exists (select from desired d where d.domain = r.domain and d.skill = r.skill and d.until is null)
		order by domain, skill limit $5
	)
	order by domain, skill limit $5
), domains as materialized (
	select p.domain, i.source, i.revision, i.overlay, n.findings, n.at as denied_at, n.revision as denied_revision
	from (select distinct domain from page) p
	left join release_item i on i.domain = p.domain and i.until is null
	left join lateral aspora_denial(p.domain) n on true
), seen as (
	select p.domain, p.skill, m.source, m.revision, m.overlay, m.findings, m.denied_at, m.denied_revision,
		d.uid, d.generation, d.content, d.runtime, d.context, d.release, d.since, d.created_at, d.tree,
		s.content as stable, s.runtime as stable_runtime, s.generation as stable_generation, s.entered_at as stable_at,
		s.since as stable_since,
		c.content as candidate, c.state as candidate_state, c.attempt, c.entered_at as candidate_at, c.hold_until,
		c.since as candidate_since,
		coalesce(nullif(c.message, ''), f.message, nullif(c.reason, ''), '') as candidate_message,
		v.spec, v.handler, v.role, v.title, v.description,
		n.ready, n.starting, n.rev as instance_rev,
		o.labels, o.rev as meta_rev,
		q.cause as held_cause, q.reason as held_reason, q.by as held_by, q.at as held_at, q.content as held_content, q.since as held_since,
		u.by as suspended_by, u.reason as suspended_reason, u.at as suspended_since, u.what as suspended_what,
		x.by as paused_by, x.reason as paused_reason, x.expires_at as paused_until, x.since as paused_since
	from page p
	join domains m using (domain)
	left join desired d on d.domain = p.domain and d.skill = p.skill and d.until is null
	left join rollout s on s.domain = p.domain and s.skill = p.skill and s.until is null and s.slot = 'stable'
	left join rollout c on c.domain = p.domain and c.skill = p.skill and c.until is null and c.slot = 'candidate'
	left join object_meta o on o.kind = 'Skill' and o.domain = p.domain and o.name = p.skill
		and o.uid = coalesce(d.uid, '00000000-0000-0000-0000-000000000000')
	left join version v on v.domain = p.domain and v.skill = p.skill
		and v.content = coalesce(d.content, s.content) and v.runtime = coalesce(d.runtime, s.runtime)
	left join lateral (
		select count(*) filter (where i.state = 'ready') as ready, count(*) filter (where i.state = 'starting') as starting,
			max(i.rev) as rev
		from instance i
		where i.domain = p.domain and i.skill = p.skill and i.content = coalesce(d.content, s.content)
			and i.runtime = coalesce(d.runtime, s.runtime)
	) n on true
	left join lateral (
		select nullif(coalesce(nullif(i.message, ''), i.reason), '') as message from instance i
		where i.domain = p.domain and i.skill = p.skill and i.content = c.content and i.runtime = c.runtime
			and i.state in ('failed', 'lost')
		order by i.ended_at desc limit 1
	) f on true
	left join lateral (
		-- Of the newest content only: what was taken out before newer content came is history.
		select * from quarantine q
		where q.domain = p.domain and q.skill = p.skill and q.until is null and q.content = (
			select w.content from version w where w.domain = p.domain and w.skill = p.skill order by w.created_at desc limit 1)
		order by q.since desc limit 1
	) q on true
	left join lateral (
		select by, reason, since as at, lower(u.kind) || ' ' || case u.kind when 'Skill' then u.domain || '/' || u.name else u.name end as what
		from suspension u
		where u.until is null and ((u.kind = 'Skill' and u.domain = p.domain and u.name = p.skill)
			or (u.kind = 'Domain' and u.name = p.domain) or (u.kind = 'Source' and u.name = m.source))
		order by u.kind desc limit 1
	) u on true
	left join suspension x on x.kind = 'Rollout' and x.domain = p.domain and x.name = p.skill and x.until is null
), judged as (
	select e.*, coalesce(e.content = e.stable and e.runtime = e.stable_runtime, false) as current,
		coalesce(e.held_content = e.content, false) as held, coalesce(e.handler, '') = '' as prompt_only,
		left(encode(e.content, 'hex'), 12) as wanted12, left(encode(e.stable, 'hex'), 12) as stable12,
		case when e.findings is not null then aspora_waits_for(e.findings) end as waits, g.message as denied_message, g.remedy as denied_remedy, g.mine as denied_mine
	from seen e
	left join lateral aspora_finding(e.findings, e.skill) g on true
), told as (
	select j.*,
		case when j.content is null then 'Draining' when j.prompt_only then 'ModelNotConfigured' when j.current then 'Ready'
			when j.held then 'Quarantined' when j.candidate_state = 'failed' then 'RolloutFailed'
			when j.candidate_state is not null and j.hold_until > now() and j.attempt > 0 then 'Retrying'
			when j.candidate_state is not null then 'RolloutProgressing' else 'NewRevision' end as reason,
		case when j.stable is null or j.current then '' else '; ' || j.stable12 || ' serves on' end as meanwhile,
		case when j.denied_message is not null and j.waits is null then 'AdmissionDenied' when j.candidate_state = 'failed' then 'RolloutFailed'
			when j.held_cause = 'rollback' then 'RolledBack' when j.held_cause is not null then 'Quarantined'
			when j.suspended_by is not null then 'Suspended' when j.paused_by is not null then 'RolloutPaused' when j.content is not null and j.prompt_only then 'ModelNotConfigured'
			else '' end as stall,
		-- What was wanted last will not serve, and what was wanted before does: that is ready, and a person is needed for the rest.
		j.stable is not null and not j.current and not j.prompt_only and (j.held or j.candidate_state = 'failed') as serves_on
	from judged j
)
select t.domain, t.skill, json_build_object(
	'apiVersion', 'aspora/v1', 'kind', 'Skill',
	'metadata', json_build_object('domain', t.domain, 'name', t.skill, 'uid', coalesce(t.uid::text, ''), 'generation', coalesce(t.generation, 0),
		'resourceVersion', aspora_version(greatest(t.since, t.stable_since, t.candidate_since, t.instance_rev, t.held_since, t.meta_rev)),
		-- To read a member of json is to read all of it, ten thousand times in a list: few have this one, and have it first.
		'labels', case when left(t.spec::text, 10) = '{"labels":' then aspora_labels(t.labels, t.spec -> 'labels') else coalesce(t.labels, '{}') end, 'createdAt', aspora_time(t.created_at),
		'source', json_build_object('name', coalesce(t.source, ''), 'revision', coalesce(t.revision, ''),
			'path', 'skills/' || t.domain || '/' || t.skill)),
	'spec', case when coalesce(t.spec::text, '{}') <> '{}' then t.spec
		else json_build_object('role', t.role, 'title', t.title, 'description', t.description, 'handler', t.handler) end,
	'status', json_build_object(
		'observedGeneration', coalesce(case when t.current then t.generation end, t.stable_generation, 0),
		'phase', case when t.serves_on then 'Ready' else case t.reason when 'Draining' then 'Draining' when 'Ready' then 'Ready' when 'Quarantined' then 'Failed'
			when 'RolloutFailed' then 'Failed' when 'RolloutProgressing' then 'Starting' when 'Retrying' then 'Starting' else 'Pending' end end,
		'digest', coalesce(encode(coalesce(t.stable, t.content), 'hex'), ''),
		'desired', json_build_object('content', coalesce(encode(t.content, 'hex'), ''), 'runtime', coalesce(encode(t.runtime, 'hex'), ''),
			'context', coalesce(encode(t.context, 'hex'), ''), 'release', t.release),
		'serving', json_build_object('content', coalesce(encode(t.stable, 'hex'), ''), 'runtime', coalesce(encode(t.stable_runtime, 'hex'), '')),
		'candidate', case when t.candidate is not null then json_build_object('content', encode(t.candidate, 'hex'),
			'state', t.candidate_state, 'attempt', t.attempt, 'message', t.candidate_message) end,
		'paused', case when t.paused_by is not null then json_build_object('by', t.paused_by, 'reason', t.paused_reason,
			'expiresAt', aspora_time(t.paused_until)) end,
		'instances', json_build_object('ready', t.ready, 'starting', t.starting),
		'overlay', coalesce(t.overlay, false),
		'conditions', json_build_array(
			aspora_condition('Ready',
				case when t.serves_on then 'True' else case t.reason when 'Ready' then 'True' when 'RolloutProgressing' then 'Unknown' when 'Retrying' then 'Unknown'
					when 'NewRevision' then 'Unknown' else 'False' end end,
				case when t.serves_on then 'Ready' else t.reason end,
				case t.reason
					when 'Ready' then t.stable12 || ' serves'
					when 'Draining' then 'it was removed; what runs finishes its sessions'
					when 'ModelNotConfigured' then 'it has no handler, and no model is configured that could stand in for one'
					when 'Quarantined' then t.wanted12 || ' was taken out of service: ' || t.held_reason || t.meanwhile
					when 'RolloutFailed' then t.wanted12 || ' did not become ready: ' || t.candidate_message || t.meanwhile
					when 'NewRevision' then t.wanted12 || ' waits to be rolled out' || t.meanwhile
					else t.wanted12 || ' is ' || t.candidate_state || coalesce(': ' || nullif(t.candidate_message, ''), '') || t.meanwhile end,
				'',
				case t.reason when 'ModelNotConfigured' then 'add a handler, code/handler.py, .js or .sh' else '' end,
				case when t.current or t.serves_on then t.stable_at else coalesce(t.candidate_at, t.created_at, t.stable_at) end),
			aspora_condition('Reconciling',
				case when t.waits is not null or (t.reason in ('RolloutProgressing', 'Retrying', 'NewRevision', 'Draining') and t.paused_by is null) then 'True' else 'False' end,
				coalesce(t.waits, t.reason),
				case when t.waits is not null then case when t.denied_mine then '' else 'the domain waits: ' end || t.denied_message
					|| ' (revision ' || left(t.denied_revision, 12) || ')' else '' end,
				case when t.waits is not null then 'Admission/' || t.domain else '' end, case when t.waits is not null then t.denied_remedy else '' end,
				coalesce(t.candidate_at, t.stable_at, t.created_at)),
			aspora_condition('Stalled', case when t.stall = '' then 'False' else 'True' end,
				case when t.stall = '' then t.reason else t.stall end,
				case t.stall
					when 'AdmissionDenied' then
						case when t.denied_mine then '' else 'the domain was refused: ' end || t.denied_message
							|| ' (revision ' || left(t.denied_revision, 12) || ')'
					when 'RolloutFailed' then t.candidate_message
					when 'RolledBack' then t.held_by || ' rolled back: ' || t.held_reason
					when 'Quarantined' then t.held_reason
					when 'Suspended' then t.suspended_by || ' suspended it' || coalesce(': ' || nullif(t.suspended_reason, ''), '')
					when 'RolloutPaused' then t.paused_by || ' paused its rollout' || coalesce(': ' || nullif(t.paused_reason, ''), '') || t.meanwhile
					when 'ModelNotConfigured' then 'no model is configured'
					else '' end,
				case t.stall when 'AdmissionDenied' then 'Admission/' || t.domain else '' end,
				case t.stall
					when 'AdmissionDenied' then t.denied_remedy
					when 'RolloutFailed' then 'correct the content and push again'
					when 'RolledBack' then 'push corrected content, or clear the quarantine'
					when 'Quarantined' then 'push corrected content, or clear the quarantine'
					when 'Suspended' then 'aspora resume ' || t.suspended_what
					when 'RolloutPaused' then 'aspora rollout resume ' || t.domain || '/' || t.skill
					when 'ModelNotConfigured' then 'add a handler, code/handler.py, .js or .sh'
					else '' end,
				coalesce(case t.stall when 'AdmissionDenied' then t.denied_at when 'RolloutFailed' then t.candidate_at
					when 'RolledBack' then t.held_at when 'Quarantined' then t.held_at end, t.created_at)))))
from told t
order by t.domain, t.skill
