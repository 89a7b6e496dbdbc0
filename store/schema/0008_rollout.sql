-- What the statements about rollouts share.

create function aspora_serving(of_domain text, of_skill text, of_content bytea, of_runtime bytea, since timestamptz)
returns table (ready bigint, starting bigint, failed bigint, cause text, message text, active bigint, quarantined boolean)
language sql stable as $$
	select n.ready, n.starting, n.failed, coalesce(f.cause, ''), coalesce(f.message, ''),
		(select count(*) from aspora.execution e where e.domain = of_domain and e.skill = of_skill and e.content = of_content
			and e.runtime = of_runtime and e.state in ('claimed', 'running')),
		exists (select from aspora.quarantine q where q.domain = of_domain and q.skill = of_skill and q.content = of_content
			and q.until is null)
	from (
		select count(*) filter (where i.state = 'ready') as ready, count(*) filter (where i.state = 'starting') as starting,
			count(*) filter (where i.state in ('failed', 'lost') and i.ended_at >= since) as failed
		from aspora.instance i
		where i.domain = of_domain and i.skill = of_skill and i.content = of_content and i.runtime = of_runtime
	) n
	left join lateral (
		select i.cause, case when i.message <> '' then i.message else i.reason end as message from aspora.instance i
		where i.domain = of_domain and i.skill = of_skill and i.content = of_content and i.runtime = of_runtime
			and i.state in ('failed', 'lost') and i.ended_at >= since
		order by i.ended_at desc limit 1
	) f on n.failed > 0
$$;
comment on function aspora_serving(text, text, bytea, bytea, timestamptz) is
	'How one version stands: its instances, those that failed since it entered its state with the newest reason, what it runs, whether it is held.
	PostgreSQL puts the body in place of the call, so that it costs what it would cost written out.';
