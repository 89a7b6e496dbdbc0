-- name: meta_touch
-- params: kind text, domain text, name text, labels json
-- roles: sync, control, gateway
-- labels as a merge patch: null takes one away.
insert into object_meta as m (kind, domain, name, uid, labels, rev)
select $1, $2, $3, aspora_uid($1, $2, $3), jsonb_strip_nulls($4::jsonb), aspora_rev()
on conflict (kind, domain, name) do update set uid = excluded.uid, rev = excluded.rev,
	labels = jsonb_strip_nulls(case when m.uid = excluded.uid then m.labels else '{}' end || $4::jsonb)
