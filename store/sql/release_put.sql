-- name: release_put
-- params: id int8, kind text, source text, revision text, message text, author text, actor text, created int4, updated int4, deleted int4, record text, previous bytea, hash bytea, signer bytea, signature bytea, at timestamptz
-- roles: sync
insert into release (id, kind, source, revision, message, author, actor, created, updated, deleted, record, previous, hash, signer, signature, at, rev)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, aspora_rev())
