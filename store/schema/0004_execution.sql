-- Executions: one run of one version of one skill. Written without the global revision (APPEND); control batches
-- their transitions into the change log.

create table execution (
	id text primary key check (id <> ''),
	uid uuid not null default gen_random_uuid(),
	mode text not null default 'live' check (mode in ('live', 'shadow', 'test', 'replay')),
	state text not null default 'queued'
		check (state in ('queued', 'claimed', 'running', 'succeeded', 'failed', 'cancelled')),
	domain text collate "C" not null,
	skill text collate "C" not null,
	content bytea,
	runtime bytea,
	context bytea,
	session text not null default '',
	parent text not null default '',
	attempt integer not null default 1 check (attempt > 0),
	priority integer not null default 0,
	pinned boolean not null default false,
	requested_by text not null,
	idempotency_key text,
	request_digest bytea not null check (length(request_digest) = 32),
	trigger json not null default '{}',
	input json not null,
	result json,
	error json,
	transcript bytea,
	reserved_microusd bigint not null default 0 check (reserved_microusd >= 0),
	cost_microusd bigint not null default 0 check (cost_microusd >= 0),
	cancel_requested boolean not null default false,
	cancelled_by text not null default '',
	claim bigint not null default 0,
	claimed_by text not null default '',
	claimed_until timestamptz,
	unlogged boolean not null default true,
	created_at timestamptz not null default clock_timestamp(),
	not_before timestamptz,
	started_at timestamptz,
	ended_at timestamptz,
	deadline_at timestamptz not null,
	check ((state in ('succeeded', 'failed', 'cancelled')) = (ended_at is not null)),
	check ((state = 'succeeded') = (result is not null)),
	check (state <> 'failed' or error is not null),
	check (state in ('queued', 'cancelled', 'failed') or content is not null),
	check ((content is null) = (runtime is null))
) with (fillfactor = 80);
comment on table execution is 'One run of one version of one skill, settled exactly once.';
comment on column execution.content is 'The three digests it ran with; null until claimed.';
comment on column execution.pinned is 'The version was asked for (replay, shadow): another attempt keeps it.';
comment on column execution.request_digest is 'Of what was asked: the same idempotency key with another digest is a conflict.';
comment on column execution.claim is 'Rises with every claim; only the holder of the current one may write or settle.';
comment on column execution.claimed_until is 'The claim lapses then unless extended; the execution is tried again or failed.';
comment on column execution.unlogged is 'Its state is not yet in the change log; control batches these.';
comment on column execution.reserved_microusd is 'Held of the budget while it runs; cost_microusd is what it came to.';
create unique index execution_idempotency on execution (requested_by, idempotency_key) where idempotency_key is not null;
-- By skill first: the heads of the queues of all skills are found without reading what waits behind them.
create index execution_queue on execution (domain, skill, priority desc, created_at) where state = 'queued';
create index execution_active on execution (domain, skill) where state in ('claimed', 'running');
create index execution_started on execution (domain, skill, started_at);
create index execution_recent on execution (created_at, id);
create index execution_session on execution (session, domain, skill, created_at) where session <> '';
create index execution_unlogged on execution (created_at) where unlogged;

create table execution_step (
	execution text not null references execution (id) on delete cascade,
	ord integer not null,
	at timestamptz not null default clock_timestamp(),
	kind text not null,
	data json not null default '{}',
	primary key (execution, ord)
);
comment on table execution_step is 'What happened during an execution, append-only.';

create table spend (
	domain text collate "C" not null,
	skill text collate "C" not null,
	day date not null,
	cost_microusd bigint not null default 0 check (cost_microusd >= 0),
	runs bigint not null default 0,
	failed bigint not null default 0,
	primary key (domain, skill, day)
) with (fillfactor = 50);
comment on table spend is 'What a skill''s executions came to, per day (UTC) of their settlement; with what running ones have reserved it is held against the daily budget.';
