-- What comes in through the gateway, and what goes out to people.

create table inbox (
	id text primary key check (id <> ''),
	uid uuid not null default gen_random_uuid(),
	kind text not null check (kind in ('apply', 'rollback', 'sync', 'adopt', 'quarantine', 'clear', 'suspend', 'resume', 'overlay-end')),
	state text not null default 'pending' check (state in ('pending', 'taken', 'done', 'failed')),
	domain text collate "C" not null default '',
	source text collate "C" not null default '',
	requested_by text not null,
	dry_run boolean not null default false,
	request_token bigint,
	body json not null default '{}',
	request_digest bytea not null check (length(request_digest) = 32),
	result json,
	error json,
	requested_at timestamptz not null default clock_timestamp(),
	taken_by text not null default '',
	taken_epoch bigint,
	handled_at timestamptz,
	check ((state in ('done', 'failed')) = (handled_at is not null)),
	check (state <> 'done' or result is not null),
	check (state <> 'failed' or error is not null)
);
comment on table inbox is 'Wishes that the gateway records and sync carries out, each with its result on the same row, so that a caller waits for exactly its own.';
comment on column inbox.domain is 'The one domain it is about; empty: several or none (body says). Row-level security goes by it.';
comment on column inbox.request_token is 'Of a sync wish: source.request_token that it raised; done when the source has handled it.';
comment on column inbox.taken_epoch is 'Of sync''s lease: a wish taken by an older epoch is taken again.';
create index inbox_open on inbox (requested_at) where state in ('pending', 'taken');
create index inbox_handled on inbox (handled_at) where handled_at is not null;

create table inbox_file (
	inbox text not null references inbox (id) on delete cascade,
	path text not null,
	mode integer not null,
	size bigint not null,
	digest bytea not null references blob (digest),
	primary key (inbox, path)
);
comment on table inbox_file is 'The files of an upload; the bytes are blobs.';

create table delivery (
	source text collate "C" not null references source (name),
	id text not null,
	body bytea not null check (length(body) = 32),
	received_at timestamptz not null default clock_timestamp(),
	primary key (source, id)
);
comment on table delivery is 'Webhook deliveries, so that a repeated one is one; each only means "go and look".';

create table posted_check (
	domain text collate "C" not null,
	skill text collate "C" not null,
	content bytea not null check (length(content) = 32),
	name text not null,
	passed boolean not null,
	summary text not null default '',
	url text not null default '',
	by text not null,
	at timestamptz not null default clock_timestamp(),
	primary key (domain, skill, content, name)
);
comment on table posted_check is 'Results that CI bots post for exactly one content digest of a skill; admission reads them as facts.';

create table key (
	id text primary key,
	uid uuid not null default gen_random_uuid(),
	hash bytea not null unique check (length(hash) = 32),
	name text not null unique check (name <> ''),
	role text not null check (role in ('viewer', 'operator', 'approver', 'ci-bot', 'admin')),
	domains text[] not null default '{*}' check (cardinality(domains) > 0),
	created_by text not null,
	created_at timestamptz not null default now(),
	expires_at timestamptz not null,
	revoked_at timestamptz,
	revoked_by text not null default '',
	last_used_at timestamptz,
	rev bigint not null default 0,
	check (expires_at <= created_at + interval '365 days 1 minute')
);
comment on table key is 'API keys. The key itself is shown once and never stored; hash is digest_tagged("aspora.key.v1", key).';
comment on column key.id is 'The public first part of the key ("aspora_1a2b3c4d"), for lists and logs.';
comment on column key.domains is 'What it may touch: domain names, or "*".';

create table event (
	id bigint generated always as identity primary key,
	kind text not null,
	domain text collate "C" not null default '',
	name text not null,
	type text not null check (type in ('Normal', 'Warning')),
	reason text not null check (reason <> ''),
	message text not null,
	revision text not null default '',
	reporter text not null,
	count bigint not null default 1 check (count > 0),
	first_at timestamptz not null default clock_timestamp(),
	last_at timestamptz not null default clock_timestamp(),
	unique (kind, domain, name, reason, revision)
);
comment on table event is 'What happened to an object, for people; the same reason on the same revision is counted, not repeated.';
create index event_recent on event (last_at);
