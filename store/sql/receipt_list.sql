-- name: receipt_list
-- params: after int8, limit int8
-- rows: id int8, record text, signer bytea, signature bytea
-- roles: gateway
-- Of whoever sees all domains: a receipt names every domain of its release.
select id, record, signer, signature from release where id > $1 order by id limit $2
