-- name: release_chain
-- params: from int8, to int8
-- rows: id int8, record text, previous bytea, hash bytea, signer bytea, signature bytea
-- roles: sync, control, gateway, reporter
select id, record, previous, hash, signer, signature from release where id between $1 and $2 order by id
