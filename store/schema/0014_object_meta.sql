-- What people say about an object beside its content: labels over the API, and when somebody last held it or let it go on.

create table object_meta (
	kind text not null check (kind in ('Skill', 'Domain', 'Source')),
	domain text collate "C" not null default '',
	name text collate "C" not null check (name <> ''),
	uid uuid not null,
	labels jsonb not null default '{}' check (jsonb_typeof(labels) = 'object'),
	rev bigint not null default 0,
	primary key (kind, domain, name),
	check ((kind = 'Skill') = (domain <> ''))
);
comment on table object_meta is
	'Labels that were set over the API (what Git says of an object wins over them), and the revision of the last change to the object that no other table shows.';
comment on column object_meta.uid is 'Of the object that it is about: one that was deleted and came again under its name has none of the old one''s labels.';
comment on column object_meta.rev is 'Part of the object''s resourceVersion.';

grant select, insert, update on object_meta to aspora_sync, aspora_control, aspora_gateway;
grant select on object_meta to aspora_runner, aspora_reporter;
alter table object_meta enable row level security;
create policy roles on object_meta to aspora_sync, aspora_runner, aspora_control, aspora_reporter using (true) with check (true);
create policy gateway on object_meta to aspora_gateway
	using (aspora_sees(case kind when 'Domain' then name else domain end)) with check (aspora_sees(case kind when 'Domain' then name else domain end));

create function aspora_uid(of_kind text, of_domain text, of_name text) returns uuid language sql stable as $$
	select coalesce(case of_kind
		when 'Skill' then (select d.uid from aspora.desired d where d.domain = of_domain and d.skill = of_name and d.until is null)
		when 'Domain' then (select d.uid from aspora.domain d where d.name = of_name)
		else (select s.uid from aspora.source s where s.name = of_name) end, '00000000-0000-0000-0000-000000000000')
$$;
comment on function aspora_uid(text, text, text) is 'Of an object as it is now; zeros for one that is on its way out, or was only ever refused.';

create function aspora_labels(stored jsonb, of_git json) returns jsonb language sql immutable as
$$ select coalesce(stored, '{}') || coalesce(of_git::jsonb, '{}') $$;
comment on function aspora_labels(jsonb, json) is 'What an object shows: Git is the source of truth, and wins.';

create function aspora_object_rev(of_kind text, of_domain text, of_name text) returns bigint language sql stable as $$
	select greatest(
		case of_kind
		when 'Skill' then (
			select greatest(max(d.since), max(s.since), max(c.since), max(i.rev), max(q.since))
			from (select 1) one
			left join aspora.desired d on d.domain = of_domain and d.skill = of_name and d.until is null
			left join aspora.rollout s on s.domain = of_domain and s.skill = of_name and s.slot = 'stable' and s.until is null
			left join aspora.rollout c on c.domain = of_domain and c.skill = of_name and c.slot = 'candidate' and c.until is null
			left join aspora.instance i on i.domain = of_domain and i.skill = of_name
				and i.content = coalesce(d.content, s.content) and i.runtime = coalesce(d.runtime, s.runtime)
			left join aspora.quarantine q on q.domain = of_domain and q.skill = of_name and q.until is null and q.content = (
				select w.content from aspora.version w where w.domain = of_domain and w.skill = of_name order by w.created_at desc limit 1))
		when 'Domain' then coalesce((select i.since from aspora.release_item i where i.domain = of_name and i.until is null),
			(select 0 from aspora.domain d where d.name = of_name))
		when 'Source' then (select s.rev from aspora.source s where s.name = of_name)
		when 'Quarantine' then (select q.since from aspora.quarantine q where q.id = of_name::bigint and q.until is null) end,
		(select m.rev from aspora.object_meta m where m.kind = of_kind and m.domain = of_domain and m.name = of_name
			and m.uid = aspora.aspora_uid(of_kind, of_domain, of_name)))
$$;
comment on function aspora_object_rev(text, text, text) is
	'The number in the resourceVersion that store/sql/object_*.sql give the object; null when it is not there.';

create function aspora_expect_object(of_kind text, of_domain text, of_name text, want text) returns void language plpgsql as $$
declare
	have text;
	what text := lower(of_kind) || ' ' || case when of_domain = '' then '' else of_domain || '/' end || of_name;
begin
	-- A statement of its own: sync may not read keys, and plans ask for every table in them.
	if of_kind = 'Key' then
		select aspora.aspora_version(k.rev) into have from aspora.key k where k.name = of_name;
	else
		have := aspora.aspora_version(aspora.aspora_object_rev(of_kind, of_domain, of_name));
	end if;
	if have is null then
		raise exception 'there is no %', what using errcode = 'AN001';
	elsif have <> want then
		raise exception '% is at % now, not at %', what, have, want using errcode = 'AC002';
	end if;
end $$;
comment on function aspora_expect_object(text, text, text, text) is
	'Ends a transaction whose author has read the object before somebody else changed it.';

alter table inbox drop constraint inbox_kind_check;
alter table inbox add constraint inbox_kind_check check (kind in
	('apply', 'delete', 'rollback', 'sync', 'adopt', 'quarantine', 'clear', 'suspend', 'resume', 'overlay-end'));
