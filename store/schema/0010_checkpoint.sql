-- Signed checkpoints of the hash chain: who keeps one elsewhere can prove what the log said then.

create table checkpoint (
	rev bigint primary key check (rev > 0),
	incarnation bigint not null,
	at timestamptz not null default clock_timestamp(),
	record text not null,
	signer bytea not null check (length(signer) = 32),
	signature bytea not null check (length(signature) = 64)
);
comment on table checkpoint is 'The head of the hash chain at a revision, signed (store/receipt.h): rows of revision and change before it cannot be rewritten unnoticed.';

grant insert on checkpoint to aspora_sync;
grant select on checkpoint to aspora_sync, aspora_control, aspora_gateway, aspora_reporter;
