-- name: context_put
-- params: context bytea[], document json[]
-- roles: sync
insert into context (context, document) select * from unnest($1, $2) on conflict do nothing
