-- Who signed a commit, as far as the operator asked and as it was judged by whom he trusted.

create table signature (
	source text collate "C" not null references source (name),
	revision text not null check (revision <> ''),
	state text not null check (state in ('unchecked', 'good', 'unsigned', 'untrusted', 'bad', 'expired', 'revoked', 'unread')),
	kind text not null default '' check (kind in ('', 'ssh', 'openpgp', 'x509')),
	signer text not null default '',
	key text not null default '',
	detail text not null default '',
	since bigint not null,
	until bigint,
	primary key (source, revision, since),
	check (until is null or until > since)
);
comment on table signature is
	'The signature of a commit that a source was at. Looked at again when the operator trusts others: what it was taken for before stays, with its stretch of revisions.';
comment on column signature.signer is 'Principal of the operator''s allowed_signers, or user id of an OpenPGP key.';
comment on column signature.key is 'Fingerprint of the key, also where nobody trusts it.';
comment on column signature.detail is 'What is beyond the state: when a key expired, why a signature cannot be read.';
create unique index signature_current on signature (source, revision) where until is null;

grant select, insert, update on signature to aspora_sync;
grant select on signature to aspora_control, aspora_gateway, aspora_reporter;

create function aspora_signature(state text, kind text, signer text, key text, detail text) returns json language sql immutable as $$
	select json_build_object('state', coalesce(state, 'unchecked'), 'kind', coalesce(kind, ''), 'signer', coalesce(signer, ''),
		'key', coalesce(key, ''), 'detail', coalesce(detail, ''))
$$;
comment on function aspora_signature(text, text, text, text, text) is 'status.signature of sources, releases and admissions; of a commit that nobody looked at: unchecked.';
