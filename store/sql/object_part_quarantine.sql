-- name: object_part_quarantine
-- params: domain text, skill text, rev int8
-- rows: name text, what text
-- roles: gateway
-- The quarantines of a skill's contents that a revision put or cleared.
select id::text, case when until is null then 'made' else 'gone' end from quarantine where domain = $1 and skill = $2 and $3 in (since, until) order by id
