-- name: object_counts
-- rows: metric text, label text, domain text, value int8
-- roles: gateway
-- What is counted for /metrics and status, each a few index reads or one short scan.
with s as (
	select d.domain, case when v.handler = '' then 'ModelNotConfigured' when r.skill is not null then 'Ready'
		when c.state = 'failed' then 'Failed' else 'Starting' end as state
	from desired d
	join version v using (domain, skill, content, runtime)
	left join rollout r on r.domain = d.domain and r.skill = d.skill and r.content = d.content and r.runtime = d.runtime
		and r.slot = 'stable' and r.until is null
	left join rollout c on c.domain = d.domain and c.skill = d.skill and c.slot = 'candidate' and c.until is null
	where d.until is null
)
select 'skills', state, domain, count(*)::int8 from s group by state, domain
union all select 'rollouts', state, '', count(*)::int8 from rollout where until is null group by state
union all select 'instances', state, '', count(*)::int8 from instance where state in ('starting', 'ready', 'draining') group by state
union all select 'executions', state, domain, count(*)::int8 from execution group by state, domain
union all select 'queue', '', '', count(*)::int8 from execution where state = 'queued'
union all select 'queue_oldest_ms', '', '', coalesce(extract(epoch from clock_timestamp() - min(created_at)) * 1000, 0)::int8
	from execution where state = 'queued'
union all select 'cost_microusd', '', domain, sum(cost_microusd)::int8 from execution where cost_microusd > 0 group by domain
union all select 'sources', case when exists (select from json_array_elements(conditions) c where c ->> 'type' = 'Ready' and c ->> 'status' = 'True')
	then 'Ready' when observed_at is null then 'Pending' else 'Failed' end, '', count(*)::int8 from source where declared group by 2
union all select 'domains', 'owned', '', count(*)::int8 from domain
union all select 'quarantines', '', '', count(*)::int8 from quarantine where until is null
union all select 'suspensions', '', '', count(*)::int8 from suspension where until is null
union all select 'overlays', '', '', count(*)::int8 from overlay where until is null
union all select 'wishes_open', '', '', count(*)::int8 from inbox where state in ('pending', 'taken')
union all select 'leases', name, holder, (extract(epoch from until - clock_timestamp()) * 1000)::int8 from lease where until > clock_timestamp()
union all select 'revision', '', '', rev::int8 from store
union all select 'revision_floor', '', '', floor::int8 from store
union all select 'incarnation', '', '', incarnation::int8 from store
union all select 'release', '', '', coalesce(max(id), 0)::int8 from release
union all select 'database_bytes', '', '', pg_database_size(current_database())::int8
order by 1, 2, 3
