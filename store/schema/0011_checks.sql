-- Results of checks, in numbers: a rate has to be told from them, and what was skipped did not run.

create sequence posted_check_seq;
grant usage on sequence posted_check_seq to aspora_gateway;

alter table posted_check
	add column tool text not null default '',
	add column version text not null default '',
	add column passed_count bigint not null default 0 check (passed_count >= 0),
	add column failed_count bigint not null default 0 check (failed_count >= 0),
	add column skipped_count bigint not null default 0 check (skipped_count >= 0),
	add column cost_microusd bigint not null default 0 check (cost_microusd >= 0),
	add column seq bigint not null default 0;
update posted_check set passed_count = passed::int, failed_count = (not passed)::int;
comment on column posted_check.seq is 'Another number with each posting, so that whoever waits sees that there was one.';

create function aspora_waits(findings json) returns boolean language sql stable as $$
	-- Denied for nothing but results that are not there yet.
	select coalesce(bool_and(f ->> 'rule' = 'AD-CHECKS-001'), false) from json_array_elements(findings) f where f ->> 'severity' = 'deny'
$$;
comment on function aspora_waits(json) is 'True when a denial is a wait for CI bots: nobody has to do anything about it.';
