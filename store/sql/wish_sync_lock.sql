-- name: wish_sync_lock
-- rows: rev int8
-- roles: gateway
-- Before a request is written on a source: sync takes the revision first and the source's row after it, and so do we.
select rev from store where id = 1 for update
