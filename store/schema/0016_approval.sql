-- What people approve: one change of one domain, as it was judged, each person once.

create sequence approval_seq;
create table approval (
	id bigint primary key default nextval('approval_seq'),
	uid uuid not null default gen_random_uuid(),
	domain text collate "C" not null check (domain <> ''),
	candidate bytea not null check (length(candidate) = 32),
	base bytea not null check (length(base) = 32),
	kind text not null check (kind in ('review', 'growth', 'deletion', 'freeze')),
	person text collate "C" not null check (person <> ''),
	by text not null check (by <> ''),
	key text not null default '',
	reason text not null default '',
	revision text not null default '',
	request text unique,
	at timestamptz not null default clock_timestamp(),
	expires_at timestamptz not null,
	withdrawn_at timestamptz,
	withdrawn_by text not null default '',
	rev bigint not null,
	check (expires_at > at)
);
comment on table approval is 'Somebody''s yes to one change: candidate in place of base. Admission counts those that hold; a newer push is another candidate and has none.';
comment on column approval.candidate is 'Of the domain, as it was judged; zeros: its deletion.';
comment on column approval.base is 'What was deployed of the domain then; zeros: nothing. What grows, and what goes, depends on it.';
comment on column approval.person is 'Who: the key''s name, or issuer and subject of a login. One approval of a kind each.';
comment on column approval.key is 'The public part of the key it was given with; revoking the key withdraws it. Empty: a login.';
comment on column approval.request is 'Of an Idempotency-Key and who sent it.';
comment on column approval.withdrawn_by is 'Empty with withdrawn_at set: it had expired, and was given again.';
create unique index approval_once on approval (domain, candidate, base, kind, person) where withdrawn_at is null;
create index approval_holds on approval (expires_at) where withdrawn_at is null;
create index approval_candidate on approval (domain, candidate);

alter table verdict add column author text not null default '';
comment on column verdict.author is 'Of the change when it was judged first: the commit''s author as Git has it and nobody has checked, or who applied it. Nobody approves what he wrote.';

grant select on approval to aspora_sync, aspora_runner, aspora_control, aspora_gateway, aspora_reporter;
grant insert, update on approval to aspora_gateway;
grant usage on sequence approval_seq to aspora_gateway;
alter table approval enable row level security;
create policy roles on approval to aspora_sync, aspora_runner, aspora_control, aspora_reporter using (true) with check (true);
create policy gateway on approval to aspora_gateway using (aspora_sees(domain)) with check (aspora_sees(domain));

create function aspora_waits_for(findings json) returns text language sql stable as $$
	-- Denied for nothing but what others have not said yet: people before programs. Null: it has to change.
	select case when bool_and(f ->> 'rule' in ('AD-CHECKS-001', 'AD-REVIEW-001', 'AD-GROWTH-001'))
		then case when bool_or(f ->> 'rule' <> 'AD-CHECKS-001') then 'WaitingForApproval' else 'WaitingForChecks' end end
	from json_array_elements(findings) f where f ->> 'severity' = 'deny'
$$;
comment on function aspora_waits_for(json) is 'The reason of a denial that is a wait for others (rule_waits_for() in admission/rule.c); null where content has to change.';
drop function aspora_waits(json);

create or replace function aspora_finding(findings json, of_skill text) returns table (message text, remedy text, mine boolean) language sql stable as $$
	-- The first finding that denied, of a skill if it has one; its place in front. Where a person is waited for, what he is asked.
	select case when f ->> 'path' is null then '' else (f ->> 'path') || coalesce(':' || (f ->> 'line') || ':' || (f ->> 'column'), '') || ': ' end
			|| (f ->> 'message'),
		coalesce(f ->> 'remedy', ''), coalesce(f ->> 'skill', '') = of_skill
	from json_array_elements(findings) with ordinality e (f, n)
	where f ->> 'severity' = 'deny'
	order by (f ->> 'rule' in ('AD-REVIEW-001', 'AD-GROWTH-001') and aspora.aspora_waits_for(findings) is not null) desc,
		(coalesce(f ->> 'skill', '') = of_skill) desc, n
	limit 1
$$;

create function aspora_approvals(of_domain text, of_candidate bytea) returns json language sql stable as $$
	select coalesce(json_agg(json_build_object('name', a.id::text, 'for', a.kind, 'by', a.by, 'reason', a.reason, 'at', aspora.aspora_time(a.at),
		'expiresAt', aspora.aspora_time(a.expires_at)) order by a.id), '[]')
	from aspora.approval a
	where a.domain = of_domain and a.candidate = of_candidate and a.withdrawn_at is null and a.expires_at > now()
$$;
comment on function aspora_approvals(text, bytea) is 'Those of a candidate that hold, as objects show them.';
