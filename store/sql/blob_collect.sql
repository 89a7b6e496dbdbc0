-- name: blob_collect
-- params: older_ms int8, limit int8
-- rows: deleted int8
-- roles: control
-- Everything that may name a blob is listed here; the manifests are JSON, so they are taken apart.
with old as (
	select digest from blob where seen_at < now() - $1 * interval '1 millisecond' order by seen_at limit $2
), named as (
	select decode(f ->> 'digest', 'hex') as digest from version, json_array_elements(manifest) f
	union select decode(f ->> 'digest', 'hex') from release_item, json_array_elements(manifest) f
	union select firm from platform where firm is not null
	union select digest from inbox_file
	union select transcript from execution where transcript is not null
	union select decode(m [1], 'hex') from context, regexp_matches(document::text, '"([0-9a-f]{64})"', 'g') m
), gone as (
	delete from blob b using old where b.digest = old.digest and not exists (select from named n where n.digest = b.digest)
	returning 1
)
select count(*) from gone
