-- name: revision_at
-- params: at timestamptz, commit text
-- rows: rev int8
-- roles: gateway
-- The last revision at a time, or that of the newest release of a commit (its first digits); 0: none. Revisions are compacted and releases are not.
select case when $2 <> '' then coalesce((select max(rev) from release where left(revision, length($2)) = $2), 0)
	else greatest(coalesce((select revision from revision where at <= $1 order by revision desc limit 1), 0),
		coalesce((select max(rev) from release where at <= $1), 0)) end
