-- name: deployed_domains
-- params: rev int8
-- rows: domain text, source text, revision text, tree bytea, candidate bytea, policy bytea
-- roles: sync, control, gateway, reporter, runner
-- As of a revision, or now when it is null.
select domain, source, revision, tree, candidate, policy from release_item
where op <> 'delete' and case when $1 is null then until is null else since <= $1 and (until is null or until > $1) end
order by domain
