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
	select v.revision, v.created_at, v.findings
	from aspora.source s
	cross join json_to_recordset(s.refused) as r (domain text, candidate text, policy text, surface text)
	join aspora.verdict v on v.domain = of_domain and v.candidate = decode(r.candidate, 'hex') and v.policy = decode(r.policy, 'hex')
		and v.surface = decode(r.surface, 'hex') and not v.allow
	where r.domain = of_domain
	order by v.created_at desc limit 1
$$;
comment on function aspora_denial(text) is
	'The denial of the domain that holds. Verdicts alone cannot tell: what was judged before is not judged again, so the newest may be of an older commit.';

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
