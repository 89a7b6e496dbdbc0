-- name: verdict_put
-- params: domain text, candidate bytea, policy bytea, surface bytea, allow bool, source text, revision text, rules_version int4, findings json, record text, signer bytea, signature bytea, author text
-- roles: sync
insert into verdict (domain, candidate, policy, surface, allow, source, revision, rules_version, findings, record, signer, signature, author, rev)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, aspora_rev())
on conflict do nothing
