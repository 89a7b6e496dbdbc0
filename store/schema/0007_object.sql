-- How rows become the uniform objects that people and programs see: the words that store/sql/object_*.sql share.

create function aspora_time(t timestamptz) returns text language sql stable as
$$ select to_char(t at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$;

create function aspora_version(revision bigint) returns text language sql stable as
$$ select 'i' || (select incarnation from aspora.store) || '.' || revision $$;
comment on function aspora_version(bigint) is 'A resourceVersion, "i3.4711".';

create function aspora_condition(type text, status text, reason text, message text, blocked_by text, remedy text, at timestamptz)
returns json language sql stable as
$$ select json_build_object('type', type, 'status', status, 'reason', reason, 'message', message, 'blockedBy', blocked_by,
	'remedy', remedy, 'lastTransitionTime', aspora.aspora_time(at)) $$;

create function aspora_denial(of_domain text) returns table (revision text, at timestamptz, findings json) language sql stable as $$
	-- The newest verdict on the domain, when it was a no that its source still stands by.
	select v.revision, v.created_at, v.findings
	from (
		select * from aspora.verdict n where n.domain = of_domain order by n.created_at desc, n.rev desc limit 1
	) v
	where not v.allow and exists (
		select from aspora.source s, json_array_elements(s.conditions) c
		where s.name = v.source and c ->> 'reason' = 'AdmissionDenied'
	)
$$;
comment on function aspora_denial(text) is
	'A denial stays the newest verdict after its commit was taken back (the old content has its verdict already); the source''s conditions tell.';

create function aspora_finding(findings json, of_skill text) returns table (message text, remedy text, mine boolean) language sql stable as $$
	-- The first finding that denied, of a skill if it has one; its place in front.
	select case when f ->> 'path' is null then '' else (f ->> 'path') || coalesce(':' || (f ->> 'line') || ':' || (f ->> 'column'), '') || ': ' end
			|| (f ->> 'message'),
		coalesce(f ->> 'remedy', ''), coalesce(f ->> 'skill', '') = of_skill
	from json_array_elements(findings) with ordinality e (f, n)
	where f ->> 'severity' = 'deny'
	order by (coalesce(f ->> 'skill', '') = of_skill) desc, n
	limit 1
$$;
