-- name: route_version_load
-- params: rev int8, domain text, skill text
-- rows: domain text, skill text, content bytea, runtime bytea, weight int4, mode text
-- roles: runner, control, gateway, sync, reporter
select domain, skill, content, runtime, weight, mode from route_version
where case when $1 is null then until is null else since <= $1 and (until is null or until > $1) end
	and ($2 is null or domain = $2) and ($3 is null or skill = $3)
order by domain, skill, mode, weight desc, content
