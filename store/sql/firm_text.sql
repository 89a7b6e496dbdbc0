-- name: firm_text
-- rows: bytes bytea
-- roles: sync
-- FIRM.md of the platform as it is released.
select b.bytes from platform p join blob b on b.digest = p.firm where p.until is null
