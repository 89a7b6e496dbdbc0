-- name: object_admission
-- params: from1 text, from2 text, to1 text, to2 text, limit int8, f1 text, f2 text, f3 text
-- rows: key1 text, key2 text, object json
-- roles: gateway
-- Newest first, paged by the revision that wrote it and the name. f1: domain, f2: "allow" or "deny", f3: one by name.
with page as (
	select v.* from (
		select *, left(encode(candidate, 'hex'), 12) || '-' || left(encode(policy, 'hex'), 6) || '-' || left(encode(surface, 'hex'), 6) as name from verdict
		where ($6 = '' or domain = $6) and ($7 = '' or allow = ($7 = 'allow'))
	) v
	where v.rev <= $1::bigint and v.rev >= $3::bigint and (v.rev < $1::bigint or v.name collate "C" >= $2)
		and ($8 = '' or v.name = $8 or encode(v.candidate, 'hex') = $8)
	order by v.rev desc, v.name collate "C" limit $5
), held as materialized (
	select r.domain, decode(r.candidate, 'hex') as candidate, decode(r.policy, 'hex') as policy, decode(r.surface, 'hex') as surface
	from source s cross join json_to_recordset(s.refused) as r (domain text, candidate text, policy text, surface text)
), seen as (
	-- A verdict that no newest commit is held by waits for nobody any more.
	select p.*, h.holds, case when not p.allow then aspora_waits_for(p.findings) end as waits
	from page p
	cross join lateral (
		select not p.allow and exists (select from held h where h.domain = p.domain and h.candidate = p.candidate and h.policy = p.policy
			and h.surface = p.surface) as holds
	) h
)
select v.rev::text, v.name, json_build_object(
	'apiVersion', 'aspora/v1', 'kind', 'Admission',
	'metadata', json_build_object('domain', v.domain, 'name', v.name, 'uid', v.uid, 'generation', 1, 'resourceVersion', aspora_version(greatest(v.rev, g.since)),
		'labels', '{}'::json, 'createdAt', aspora_time(v.created_at),
		'source', json_build_object('name', v.source, 'revision', v.revision, 'path', 'skills/' || v.domain)),
	'spec', json_build_object('candidate', encode(v.candidate, 'hex'), 'policy', encode(v.policy, 'hex'), 'surface', encode(v.surface, 'hex'),
		'rulesVersion', v.rules_version, 'author', v.author),
	'status', json_build_object('phase', case when v.allow then 'Allowed' when v.waits is null then 'Denied' when v.holds then 'Waiting' else 'Waited' end,
		'verdict', case when v.allow then 'allow' else 'deny' end,
		'holds', v.holds, 'waitsFor', case when v.holds then coalesce(v.waits, '') else '' end, 'approvals', a.approvals,
		'approvedBy', (select coalesce(json_agg(distinct x ->> 'by'), '[]') from json_array_elements(a.approvals) x),
		'findings', v.findings, 'signature', aspora_signature(g.state, g.kind, g.signer, g.key, g.detail), 'receipt', json_build_object('apiVersion', 'aspora/v1', 'kind', 'Receipt', 'text', v.record,
			'signer', encode(v.signer, 'base64'), 'signature', replace(encode(v.signature, 'base64'), E'\n', '')),
		'conditions', '[]'::json))
from seen v
cross join lateral (select aspora_approvals(v.domain, v.candidate) as approvals) a
left join signature g on g.source = v.source and g.revision = v.revision and g.until is null
order by v.rev desc, v.name collate "C"
