-- name: route_load
-- params: rev int8, domain text, skill text
-- rows: domain text, skill text, kind text, pattern text, path text, line int4, col int4
-- roles: runner, control, gateway, sync, reporter
-- As of a revision, or now when it is null; of one skill when named.
select domain, skill, kind, pattern, path, line, col from route
where case when $1 is null then until is null else since <= $1 and (until is null or until > $1) end
	and ($2 is null or domain = $2) and ($3 is null or skill = $3)
order by domain, skill, kind, pattern collate "C"
