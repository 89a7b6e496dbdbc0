-- name: quarantine_put
-- params: domain text[], skill text[], content bytea[], cause text[], reason text[], by text[]
-- roles: sync, control
insert into quarantine (domain, skill, content, cause, reason, by, since)
select u.*, aspora_rev() from unnest($1, $2, $3, $4, $5, $6) u
on conflict (domain, skill, content) where until is null do nothing
