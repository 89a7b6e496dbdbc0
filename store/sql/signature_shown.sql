-- name: signature_shown
-- params: source text, revision text
-- rows: kind text, domain text, name text
-- roles: sync
-- The objects that show it.
select 'Release', '', id::text from release where source = $1 and revision = $2
union all
select 'Admission', domain, encode(candidate, 'hex') from verdict where source = $1 and revision = $2
