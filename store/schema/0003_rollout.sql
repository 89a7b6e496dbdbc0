-- What is held back, and how what is wanted becomes what serves.

create table quarantine (
	id bigint generated always as identity primary key,
	domain text collate "C" not null,
	skill text collate "C" not null,
	content bytea not null check (length(content) = 32),
	cause text not null check (cause in ('rollback', 'start', 'probe', 'health', 'crash', 'operator')),
	reason text not null check (reason <> ''),
	by text not null,
	at timestamptz not null default clock_timestamp(),
	since bigint not null,
	until bigint,
	cleared_by text,
	check ((until is null) = (cleared_by is null))
);
comment on table quarantine is 'Content that must not be deployed until somebody clears it. Desired = the newest admitted content that is not here. Only failures that the content caused are.';
create unique index quarantine_current on quarantine (domain, skill, content) where until is null;

create table suspension (
	id bigint generated always as identity primary key,
	kind text not null check (kind in ('Source', 'Domain', 'Skill')),
	domain text collate "C" not null default '',
	name text not null,
	by text not null,
	reason text not null default '',
	expires_at timestamptz,
	since bigint not null,
	until bigint,
	ended_by text,
	check ((until is null) = (ended_by is null))
);
comment on table suspension is 'A source, domain or skill that an operator holds as it is; expires by itself when asked to.';
create unique index suspension_current on suspension (kind, domain, name) where until is null;

create table rollout (
	domain text collate "C" not null,
	skill text collate "C" not null,
	content bytea not null,
	runtime bytea not null,
	slot text not null check (slot in ('stable', 'candidate', 'draining')),
	state text not null check (state in ('pending', 'starting', 'shadow', 'canary', 'stable', 'draining', 'failed', 'ended')),
	generation bigint not null,
	attempt integer not null default 0,
	reason text not null default '',
	message text not null default '',
	entered_at timestamptz not null default clock_timestamp(),
	hold_until timestamptz,
	since bigint not null,
	until bigint,
	primary key (domain, skill, content, runtime, since),
	check ((until is null) = (state <> 'ended')),
	check (slot <> 'stable' or state in ('stable', 'ended')),
	check (slot <> 'draining' or state in ('draining', 'ended')),
	foreign key (domain, skill, content, runtime) references version (domain, skill, content, runtime)
);
comment on table rollout is 'Versions on their way: candidate (pending, starting, shadow, canary, or failed), stable, draining. The machine is a table in control; the rows are here.';
comment on column rollout.generation is 'desired.generation that asked for it.';
comment on column rollout.attempt is 'How often starting it has been tried in vain for reasons of the environment.';
comment on column rollout.entered_at is 'When it entered its state.';
comment on column rollout.hold_until is 'Earliest moment at which control may move it on (canary hold, drain time, back-off).';
create unique index rollout_stable on rollout (domain, skill) where slot = 'stable' and until is null;
create unique index rollout_candidate on rollout (domain, skill) where slot = 'candidate' and until is null;
create unique index rollout_live on rollout (domain, skill, content, runtime) where until is null;

create table instance (
	id text primary key,
	domain text collate "C" not null,
	skill text collate "C" not null,
	content bytea not null,
	runtime bytea not null,
	replica integer not null default 0 check (replica >= 0),
	attempt integer not null default 1 check (attempt > 0),
	state text not null check (state in ('starting', 'ready', 'draining', 'ended', 'failed', 'lost')),
	host text not null,
	boot_id text not null,
	epoch bigint not null,
	driver text not null default '',
	isolation text not null default '',
	identity text not null default '',
	pid integer,
	start_ticks bigint,
	cause text not null default '' check (cause in ('', 'content', 'environment')),
	reason text not null default '',
	message text not null default '',
	rev bigint not null,
	uid uuid not null default gen_random_uuid(),
	created_at timestamptz not null default clock_timestamp(),
	ready_at timestamptz,
	ended_at timestamptz,
	check ((ended_at is not null) = (state in ('ended', 'failed', 'lost'))),
	foreign key (domain, skill, content, runtime) references version (domain, skill, content, runtime)
);
comment on table instance is 'Sandboxes of versions on hosts: intent first (starting), effect second, outcome third. With a pool of 0 an instance is a version prepared and probed on a host, without a process.';
comment on column instance.identity is 'Where the kernel knows it (cgroup path or unit); with boot_id, pid and start_ticks nobody else is ever taken for it.';
comment on column instance.epoch is 'Of the runner''s lease that wrote it last.';
comment on column instance.cause is 'Of a failure: content quarantines, environment backs off.';
create unique index instance_live on instance (domain, skill, content, runtime, host, replica)
	where state in ('starting', 'ready', 'draining');
create index instance_host on instance (host) where state in ('starting', 'ready', 'draining');
create index instance_version on instance (domain, skill, content, runtime);

create table route (
	domain text collate "C" not null,
	skill text collate "C" not null,
	kind text not null check (kind in ('command', 'alert', 'cron', 'always')),
	pattern text not null,
	path text not null default '',
	line integer not null default 0,
	col integer not null default 0,
	since bigint not null,
	until bigint,
	primary key (domain, skill, kind, pattern, since),
	check (until is null or until > since)
);
comment on table route is 'Triggers of promoted versions. Moved in the transaction that promotes.';
create unique index route_current on route (domain, skill, kind, pattern) where until is null;

create table route_version (
	domain text collate "C" not null,
	skill text collate "C" not null,
	content bytea not null,
	runtime bytea not null,
	weight integer not null check (weight between 0 and 1000000),
	mode text not null check (mode in ('live', 'shadow')),
	since bigint not null,
	until bigint,
	primary key (domain, skill, content, runtime, since),
	check (until is null or until > since),
	check (mode = 'live' or weight > 0),
	foreign key (domain, skill, content, runtime) references version (domain, skill, content, runtime)
);
comment on table route_version is 'Which versions of a skill answer: weights in millionths; live ones of a skill sum to 1,000,000.';
create unique index route_version_current on route_version (domain, skill, content, runtime) where until is null;

-- Live weights of a skill sum to a whole, checked when the transaction ends.
create function aspora_weights() returns trigger language plpgsql as $$
declare
	total bigint;
begin
	select sum(weight) into total from route_version v
	where v.domain = new.domain and v.skill = new.skill and v.until is null and v.mode = 'live';
	if total is not null and total <> 1000000 then
		raise exception 'live weights of %/% sum to %, not to 1000000', new.domain, new.skill, total
			using errcode = 'check_violation';
	end if;
	return null;
end $$;
create constraint trigger route_version_weights after insert or update on route_version
	deferrable initially deferred for each row execute function aspora_weights();
