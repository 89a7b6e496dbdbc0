-- name: checkpoint_put
-- params: rev int8, incarnation int8, record text, signer bytea, signature bytea
-- roles: sync
insert into checkpoint (rev, incarnation, record, signer, signature) values ($1, $2, $3, $4, $5) on conflict do nothing
