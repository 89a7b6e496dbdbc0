-- name: platform_at
-- params: rev int8
-- rows: source text, revision text, digest bytea, firm bytea, config json
-- roles: sync, control, gateway, reporter, runner
select source, revision, digest, firm, config from platform
where case when $1 is null then until is null else since <= $1 and (until is null or until > $1) end
