-- name: signature_put
-- params: source text, revision text, state text, kind text, signer text, key text, detail text
-- roles: sync
with shown as (
	update source set rev = aspora_rev() where name = $1
)
insert into signature (source, revision, state, kind, signer, key, detail, since) values ($1, $2, $3, $4, $5, $6, $7, aspora_rev())
