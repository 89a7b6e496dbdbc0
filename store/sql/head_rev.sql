-- name: head_rev
-- rows: incarnation int8, rev int8
-- roles: gateway
-- Where the log stands, for who only wants to know whether it has moved: one row read, nothing else.
select incarnation, rev from store
