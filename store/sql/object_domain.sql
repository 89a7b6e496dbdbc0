-- name: object_domain
-- params: from1 text, from2 text, to1 text, to2 text, limit int8, f1 text, f2 text, f3 text
-- rows: key1 text, key2 text, object json
-- roles: gateway
-- A domain that was only ever refused has a verdict and nothing else: it is shown while the refusal holds, because somebody waits for it.
with page as (
	(select name from domain where name >= $1 and name <= $3 order by name limit $5)
	union
	(
		select distinct domain from verdict v
		where domain >= $1 and domain <= $3 and not allow and not exists (select from domain d where d.name = v.domain)
			and exists (select from aspora_denial(v.domain))
		order by domain limit $5
	)
	order by name limit $5
), seen as (
	select p.name, d.uid, d.created_at, d.source as owner, i.source, i.revision, i.op, i.candidate, i.policy, i.surface, i.release, i.since,
		i.spec, i.overlay, r.at as released_at, n.findings, n.at as denied_at, n.revision as denied_revision,
		k.skills, k.current, k.serving, k.failed, k.prompt_only, k.changed_at, u.by as suspended_by, u.reason as suspended_reason, o.expires_at, o.by as overlay_by, m.labels, m.rev as meta_rev
	from page p
	left join domain d using (name)
	left join release_item i on i.domain = p.name and i.until is null
	left join release r on r.id = i.release
	left join lateral aspora_denial(p.name) n on true
	left join lateral (
		select count(*) as skills, count(s.skill) as current, count(*) filter (where c.state = 'failed') as failed, count(b.skill) as serving,
			count(*) filter (where v.handler = '') as prompt_only, max(coalesce(s.entered_at, c.entered_at)) as changed_at
		from desired w
		join version v using (domain, skill, content, runtime)
		left join rollout s on s.domain = w.domain and s.skill = w.skill and s.content = w.content and s.runtime = w.runtime
			and s.slot = 'stable' and s.until is null
		left join rollout b on b.domain = w.domain and b.skill = w.skill and b.slot = 'stable' and b.until is null
		left join rollout c on c.domain = w.domain and c.skill = w.skill and c.slot = 'candidate' and c.until is null
		where w.domain = p.name and w.until is null
	) k on true
	left join suspension u on u.kind = 'Domain' and u.name = p.name and u.until is null
	left join object_meta m on m.kind = 'Domain' and m.name = p.name and m.uid = d.uid
	left join overlay o on o.domain = p.name and o.until is null
), told as (
	select s.*, g.message as denied_message, g.remedy as denied_remedy, skills - current - prompt_only - failed as moving,
		w.waits,
		case when s.candidate is null and w.waits is not null then w.waits when s.candidate is null and g.message is not null then 'AdmissionDenied' when s.candidate is null then 'Deleting'
			when failed > 0 and serving < skills - prompt_only then 'RolloutFailed' when failed = 0 and skills - current - prompt_only > 0 then 'RolloutProgressing' else 'Ready' end as reason,
		case when g.message is not null and w.waits is null then 'AdmissionDenied' when failed > 0 then 'RolloutFailed'
			when suspended_by is not null then 'Suspended' else '' end as stall
	from seen s
	left join lateral aspora_finding(s.findings, '') g on true
	cross join lateral (select case when s.findings is not null then aspora_waits_for(s.findings) end as waits) w
)
select t.name, '', json_build_object(
	'apiVersion', 'aspora/v1', 'kind', 'Domain',
	'metadata', json_build_object('name', t.name, 'uid', coalesce(t.uid::text, ''), 'generation', coalesce(t.release, 0),
		'resourceVersion', aspora_version(coalesce(greatest(t.since, t.meta_rev), 0)), 'labels', aspora_labels(t.labels, t.spec -> 'labels'), 'createdAt', aspora_time(t.created_at),
		'source', json_build_object('name', coalesce(t.source, t.owner, ''), 'revision', coalesce(t.revision, ''),
			'path', 'skills/' || t.name)),
	'spec', coalesce(t.spec, '{}'),
	'status', json_build_object(
		'observedGeneration', coalesce(t.release, 0),
		'phase', case t.reason when 'Ready' then 'Ready' when 'RolloutProgressing' then 'Starting' when 'RolloutFailed' then 'Failed'
			when 'Deleting' then 'Draining' else 'Pending' end,
		'digest', coalesce(encode(t.candidate, 'hex'), ''), 'policy', coalesce(encode(t.policy, 'hex'), ''),
		'surface', coalesce(encode(t.surface, 'hex'), ''), 'release', t.release, 'owner', coalesce(t.owner, ''),
		'findings', coalesce(t.findings, '[]'),
		'skills', t.skills, 'ready', t.current, 'failed', t.failed,
		'overlay', case when t.expires_at is not null then json_build_object('by', t.overlay_by, 'expiresAt', aspora_time(t.expires_at)) end,
		'conditions', json_build_array(
			aspora_condition('Ready', case t.reason when 'Ready' then 'True' when 'RolloutProgressing' then 'Unknown' else 'False' end, t.reason,
				case t.reason
					when 'AdmissionDenied' then 'nothing of it was ever admitted'
					when 'WaitingForChecks' then 'nothing of it was ever admitted'
					when 'WaitingForApproval' then 'nothing of it was ever admitted'
					when 'Deleting' then 'it was removed from its source'
					else t.current || ' of ' || t.skills || ' skills ready'
						|| case when t.failed > 0 then ', ' || t.failed || ' failed' else '' end
						|| case when t.prompt_only > 0 then ', ' || t.prompt_only || ' without a model' else '' end end,
				'', '', coalesce(t.changed_at, t.released_at, t.created_at, t.denied_at)),
			aspora_condition('Reconciling', case when t.waits is not null or t.reason in ('RolloutProgressing', 'Deleting') then 'True' else 'False' end,
				coalesce(t.waits, t.reason),
				case when t.waits is not null then t.denied_message || ' (revision ' || left(t.denied_revision, 12) || ')' else '' end,
				case when t.waits is not null then 'Admission/' || t.name else '' end, case when t.waits is not null then t.denied_remedy else '' end,
				coalesce(case when t.waits is not null then t.denied_at end, t.changed_at, t.released_at, t.created_at, t.denied_at)),
			aspora_condition('Stalled', case when t.stall = '' then 'False' else 'True' end, case when t.stall = '' then t.reason else t.stall end,
				case t.stall
					when 'AdmissionDenied' then t.denied_message || ' (revision ' || left(t.denied_revision, 12) || ')'
					when 'RolloutFailed' then t.failed || ' skills did not become ready'
					when 'Suspended' then t.suspended_by || ' suspended it' || coalesce(': ' || nullif(t.suspended_reason, ''), '')
					else '' end,
				case t.stall when 'AdmissionDenied' then 'Admission/' || t.name else '' end,
				case t.stall when 'AdmissionDenied' then t.denied_remedy when 'RolloutFailed' then 'aspora get skills --domain ' || t.name
					when 'Suspended' then 'aspora resume domain ' || t.name else '' end,
				coalesce(case t.stall when 'AdmissionDenied' then t.denied_at end, t.changed_at, t.released_at, t.created_at)))))
from told t
order by t.name
