-- name: overlay_put
-- params: domain text, source text, inbox text, by text, reason text, expires timestamptz
-- roles: sync
with e as (
	update overlay set until = aspora_rev(), ended = 'replaced' where domain = $1 and until is null returning 1
)
insert into overlay (domain, source, inbox, by, reason, expires_at, since)
select $1, $2, $3, $4, $5, $6, aspora_rev() from (select count(*) from e) x
