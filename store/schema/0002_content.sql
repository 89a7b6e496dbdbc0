-- What is wanted: sources, domains and who owns them, versions, verdicts, releases, desired state.
-- Rows with since and until hold for revisions since <= r < until; until null means now.

create table source (
	name text collate "C" primary key check (name <> ''),
	uid uuid not null default gen_random_uuid(),
	kind text not null check (kind in ('git', 'apply')),
	url text not null default '',
	ref text not null default '',
	path text not null default '',
	platform boolean not null default false,
	declared boolean not null default true,
	spec json not null default '{}',
	observed_revision text not null default '',
	observed_tree bytea not null default '',
	observed_at timestamptz,
	released_revision text not null default '',
	refused json not null default '[]',
	conditions json not null default '[]',
	request_token bigint not null default 0,
	handled_token bigint not null default 0,
	failures integer not null default 0,
	next_try_at timestamptz,
	rev bigint not null default 0,
	generation bigint not null default 1,
	created_at timestamptz not null default clock_timestamp()
);
comment on table source is 'Where desired content comes from: Git repositories that the operator declares, and apply sets.';
comment on column source.platform is 'It may set platform policy and FIRM.md; the operator names at most one.';
comment on column source.declared is 'Still in the operator''s configuration. A source that disappears deletes nothing.';
comment on column source.spec is 'The operator''s declaration, secrets as references only.';
comment on column source.observed_revision is 'The newest revision fetched and judged, released or refused.';
comment on column source.released_revision is 'The newest revision of which something was released.';
comment on column source.refused is '[{domain, candidate, policy, surface}]: the denials of observed_revision, keys of verdicts; a domain that is not here is not refused any more.';
comment on column source.request_token is 'Sync requests count up here; handled once handled_token has reached it, so that none is lost and a caller can wait for its own.';
create unique index source_platform on source (platform) where platform and declared;

create table domain (
	name text collate "C" primary key check (name <> ''),
	uid uuid not null default gen_random_uuid(),
	source text collate "C" not null references source (name),
	rev bigint not null,
	created_at timestamptz not null default clock_timestamp()
);
comment on table domain is 'Ownership: each domain belongs to exactly one source, also while nothing of it is deployed.';
create index domain_source on domain (source);

create table version (
	domain text collate "C" not null,
	skill text collate "C" not null,
	content bytea not null check (length(content) = 32),
	runtime bytea not null check (length(runtime) = 32),
	role text not null check (role in ('manager', 'specialist', 'field')),
	title text not null default '',
	description text not null default '',
	handler text not null default '',
	manifest json not null,
	triggers json not null default '[]',
	spec json not null default '{}',
	created_at timestamptz not null default now(),
	primary key (domain, skill, content, runtime)
);
comment on table version is 'A version of a skill: what a sandbox is made of. Never changed; the bytes of its files are blobs.';
comment on column version.handler is 'Path of the handler below the folder; empty: prompt-only.';
comment on column version.manifest is '[{path, mode, size, digest}]: every file, each a blob.';
comment on column version.triggers is '[{kind, pattern, path, line, column}]: become route rows when the version is promoted.';
comment on column version.spec is 'The spec of the Skill object, as `get` shows it.';

create table context (
	context bytea primary key check (length(context) = 32),
	document json not null,
	created_at timestamptz not null default now()
);
comment on table context is 'What a context digest stands for: the effective configuration and references (blob digests) of the firm and domain knowledge a skill sees. Bound per execution.';

create table verdict (
	domain text collate "C" not null,
	candidate bytea not null check (length(candidate) = 32),
	policy bytea not null check (length(policy) = 32),
	surface bytea not null check (length(surface) = 32),
	allow boolean not null,
	source text collate "C" not null default '',
	revision text not null default '',
	rules_version integer not null,
	findings json not null default '[]',
	record text not null,
	signer bytea not null check (length(signer) = 32),
	signature bytea not null check (length(signature) = 64),
	rev bigint not null,
	uid uuid not null default gen_random_uuid(),
	created_at timestamptz not null default now(),
	primary key (domain, candidate, policy, surface),
	unique (domain, candidate, policy, surface, allow)
);
comment on table verdict is 'Admission: allow or deny for exactly one domain candidate under one policy beside what other domains expose. Never changed.';
comment on column verdict.source is 'Where the candidate was first seen, with its revision; the key is the digests alone.';
comment on column verdict.record is 'The signed text (store/receipt.h), verifiable without this database.';
create index verdict_recent on verdict (domain, created_at);
create index verdict_revision on verdict (source, revision);

create table release (
	id bigint primary key check (id > 0),
	uid uuid not null default gen_random_uuid(),
	kind text not null check (kind in ('sync', 'apply', 'rollback', 'overlay', 'expiry', 'adopt')),
	source text collate "C" not null,
	revision text not null default '',
	message text not null default '',
	actor text not null,
	created integer not null default 0,
	updated integer not null default 0,
	deleted integer not null default 0,
	record text not null,
	previous bytea not null check (length(previous) = 32),
	hash bytea not null check (length(hash) = 32),
	signer bytea not null check (length(signer) = 32),
	signature bytea not null check (length(signature) = 64),
	rev bigint not null,
	at timestamptz not null,
	unique (previous)
);
comment on table release is 'One atomic step of the deployed state: a delta, hash-chained and signed. id is dense.';
comment on column release.record is 'The signed text (store/receipt.h): previous hash, and per domain its source, revision and digests.';
comment on column release.previous is 'hash of the release before; unique, so that the chain cannot fork.';

create table release_item (
	release bigint not null references release (id),
	domain text collate "C" not null references domain (name),
	op text not null check (op in ('create', 'update', 'delete')),
	source text collate "C" not null references source (name),
	revision text not null,
	overlay boolean not null default false,
	tree bytea not null default '',
	candidate bytea,
	policy bytea,
	surface bytea,
	allow boolean not null default true check (allow),
	exposes json,
	manifest json not null default '[]',
	spec json not null default '{}',
	since bigint not null,
	until bigint,
	primary key (release, domain),
	check (op = 'delete' or (candidate is not null and policy is not null and surface is not null and exposes is not null)),
	check (until is null or until > since),
	foreign key (domain, candidate, policy, surface, allow)
		references verdict (domain, candidate, policy, surface, allow)
);
comment on table release_item is 'The state of a domain as a release set it; the foreign key lets in only candidates with an allow verdict. The one with until null is deployed now.';
comment on column release_item.overlay is 'Set by an overlay over the domain''s owner.';
comment on column release_item.exposes is 'surface_json(): what the domain exposes to others; their admission reads it.';
comment on column release_item.manifest is 'The domain''s own files (DOMAIN.md, runbooks, ...): [{path, mode, size, digest}], each a blob.';
create unique index release_item_current on release_item (domain) where until is null;
create index release_item_domain on release_item (domain, since);

create table desired (
	domain text collate "C" not null,
	skill text collate "C" not null,
	content bytea not null,
	runtime bytea not null,
	context bytea not null references context (context),
	tree bytea not null default '',
	release bigint not null,
	uid uuid not null,
	generation bigint not null check (generation > 0),
	concurrency integer,
	per_minute integer,
	per_run_microusd bigint,
	per_day_microusd bigint,
	timeout_ms bigint,
	since bigint not null,
	until bigint,
	created_at timestamptz not null,
	primary key (domain, skill, since),
	check (until is null or until > since),
	foreign key (release, domain) references release_item (release, domain),
	foreign key (domain, skill, content, runtime) references version (domain, skill, content, runtime)
);
comment on table desired is 'The skills that should run: one row per skill and stretch of revisions. Through release_item each is bound to an allow verdict.';
comment on column desired.tree is 'Id of the skill''s folder in its source: equal ids are not even read.';
comment on column desired.release is 'The release that set it; an unchanged skill keeps its row.';
comment on column desired.uid is 'Kept over updates, new after a delete.';
comment on column desired.concurrency is 'Effective limits that claiming an execution must know; null: none.';
comment on column desired.created_at is 'When the skill first appeared (kept over updates).';
create unique index desired_current on desired (domain, skill) where until is null;
create index desired_version on desired (domain, skill, content, runtime);

create table platform (
	source text collate "C" not null references source (name),
	revision text not null,
	digest bytea not null check (length(digest) = 32),
	firm bytea check (length(firm) = 32),
	config json not null default '{}',
	release bigint not null references release (id),
	since bigint primary key,
	until bigint,
	check (until is null or until > since)
);
comment on table platform is 'Platform policy and FIRM.md as released; the policy that is released admits its successor.';
comment on column platform.digest is 'Of the platform''s aspora.config.yaml; firm is the blob of FIRM.md, null when there is none.';
comment on column platform.config is 'The platform''s aspora.config.yaml as a JSON string of its text, or an object; read back by sync.';
create unique index platform_current on platform ((1)) where until is null;

create table overlay (
	id bigint generated always as identity primary key,
	domain text collate "C" not null references domain (name),
	source text collate "C" not null references source (name),
	inbox text not null,
	by text not null,
	reason text not null default '',
	expires_at timestamptz not null,
	since bigint not null,
	until bigint,
	ended text check (ended in ('expired', 'adopted', 'replaced', 'removed')),
	check ((until is null) = (ended is null))
);
comment on table overlay is 'apply --override: content laid over a domain that another source owns, until it expires, is adopted, replaced or removed.';
comment on column overlay.inbox is 'The upload that carries its files.';
create unique index overlay_current on overlay (domain) where until is null;
