-- The core: one row that orders everything, the log it orders, leases, and blobs.
-- Everything lives in the schema "aspora" (search_path is set on every connection). Digests are 32 bytes of
-- BLAKE2b-256 unless said; encode(digest, 'hex') shows what people see.

create function aspora_rev() returns bigint language sql stable as
$$ select nullif(current_setting('aspora.rev', true), '')::bigint $$;
comment on function aspora_rev() is
	'The revision this transaction has taken (null before): statements after the taking refer to it, so that a whole write is one pipeline.';

create function aspora_sees(domain text) returns boolean language sql stable as
$$ select coalesce(nullif(current_setting('aspora.domains', true), ''), '*') = '*'
	or domain = '' or domain = any (string_to_array(current_setting('aspora.domains', true), ',')) $$;
comment on function aspora_sees(text) is
	'Whether the session setting aspora.domains ("*" or a comma list) covers a domain; row-level security asks it. "" is the platform, seen by all.';

create function aspora_guard() returns void language plpgsql as $$
begin
	if coalesce(current_setting('aspora.held', true), '') <> '1' then
		raise exception 'the lease has passed to another process; nothing was written' using errcode = 'AF001';
	end if;
end $$;
comment on function aspora_guard() is
	'Follows the taking of the revision in the same flight: without the lease the rest of the flight, COMMIT included, must come to nothing.';

create function aspora_expect(have bigint, want bigint, what text) returns void language plpgsql as $$
begin
	if have is distinct from want then
		raise exception '%', what using errcode = 'AC001';
	end if;
end $$;
comment on function aspora_expect(bigint, bigint, text) is
	'Ends a pipelined transaction in which a statement did not touch as many rows as it must.';

create function aspora_found(have bigint, what text) returns void language plpgsql as $$
begin
	if have = 0 then
		raise exception '%', what using errcode = 'AN001';
	end if;
end $$;
comment on function aspora_found(bigint, text) is 'Ends a pipelined transaction that was to change something that is not there.';

create table store (
	id smallint primary key default 1 check (id = 1),
	incarnation bigint not null default 1 check (incarnation > 0),
	timeline bigint not null,
	rev bigint not null default 0 check (rev >= 0),
	hash bytea not null check (length(hash) = 32),
	floor bigint not null default 0 check (floor >= 0),
	floor_hash bytea not null check (length(floor_hash) = 32),
	created_at timestamptz not null default clock_timestamp(),
	check (floor <= rev)
) with (fillfactor = 20, autovacuum_vacuum_threshold = 50, autovacuum_vacuum_scale_factor = 0);
comment on table store is 'Exactly one row: the order of all revisions, the head of the hash chain, and the bounds of the kept history.';
comment on column store.incarnation is 'The 3 of "i3.4711". Rises when committed revisions may have been lost (failover, restore), so that no revision is taken for an old one.';
comment on column store.timeline is 'Timeline of the write-ahead log when the incarnation began; another one means a failover or a restore.';
comment on column store.rev is 'The last revision: dense, one per state-changing transaction, taken late in it, so that commit order is revision order.';
comment on column store.hash is 'Head of the chain: revision.hash of rev.';
comment on column store.floor is 'Changes up to this revision have been compacted away; a watcher below it gets 410.';
comment on column store.floor_hash is 'revision.hash of floor: where verification of the kept chain begins.';

insert into store (timeline, hash, floor_hash)
select ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int::bigint,
	sha256('aspora.chain.v1'), sha256('aspora.chain.v1');

create table lease (
	name text collate "C" primary key,
	epoch bigint not null check (epoch > 0),
	holder text not null,
	until timestamptz not null,
	backend integer not null,
	acquired_at timestamptz not null default clock_timestamp()
) with (fillfactor = 50);
comment on table lease is 'Who leads, per role and shard ("sync/0", "runner/HOST"), on this database''s clock. A fenced write share-locks its row, so that a take-over waits for it.';
comment on column lease.backend is 'Process of the holder''s session: one that was stopped in the middle of a write can be ended by who takes over.';
comment on column lease.epoch is 'Rises with every take-over; a writer with an older one writes nothing.';

create table revision (
	revision bigint primary key,
	at timestamptz not null default clock_timestamp(),
	actor text not null check (actor <> ''),
	lease text,
	epoch bigint,
	token bytea not null check (length(token) = 16),
	body bytea not null check (length(body) = 32),
	hash bytea not null check (length(hash) = 32)
);
comment on table revision is 'One row per state-changing transaction: the audit chain.';
comment on column revision.actor is 'Who did it: "key:NAME", "sync@HOST", "user:NAME".';
comment on column revision.lease is 'The lease it was fenced by, with its epoch; null for a conditional write.';
comment on column revision.token is 'Random, chosen by the writer: after a lost reply to COMMIT it says whether the transaction happened.';
comment on column revision.body is 'BLAKE2b-256 over the canonical records of its change rows ("aspora.change.v1", see store/change.h), made by the writer.';
comment on column revision.hash is 'sha256(previous hash || int8send(revision) || body), made by PostgreSQL under the row lock.';
create unique index revision_token on revision (token);

create table change (
	revision bigint not null,
	ord integer not null,
	kind text not null,
	domain text collate "C" not null default '',
	name text not null,
	op text not null check (op in ('create', 'update', 'delete')),
	object json not null,
	primary key (revision, ord)
);
comment on table change is 'What each revision did: watch log, audit trail and outbox. Several rows may share a revision; ord counts them from 0.';
comment on column change.object is 'What is worth knowing of the transition; not the whole object, which a watcher reads as it is now.';
create index change_object on change (kind, domain, name, revision);

create table blob (
	digest bytea primary key check (length(digest) = 32),
	size bigint not null check (size = length(bytes)),
	seen_at timestamptz not null default now(),
	bytes bytea not null
);
comment on table blob is 'Every file, transcript and document, once, by digest_tagged("aspora.blob.v1", bytes).';
comment on column blob.seen_at is 'When somebody last stored it (again): one without a reference is collected a day after.';
